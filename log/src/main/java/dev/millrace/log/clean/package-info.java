/**
 * Compaction of one log: of every key only its latest record stays.
 *
 * <p>Owns: the offsets of keys in bounded memory, what stays of a batch, which segments become one,
 * the bytes of the new segment. Knows nothing of: when a log is due, locks, and how a new segment
 * takes the place of others ({@code dev.millrace.log.LogCleaning}). Start reading at {@link
 * dev.millrace.log.clean.Compaction}, then {@link dev.millrace.log.clean.BatchFilter}, {@link
 * dev.millrace.log.clean.DecidedTransactions}, {@link dev.millrace.log.clean.KeyOffsets}.
 *
 * <p>Threads: everything here belongs to one owner, which may block on the disk. Work is done in
 * steps of about a megabyte.
 *
 * <p>Limits: memory is that of {@link dev.millrace.log.clean.KeyOffsets}, two buffers, and the
 * plain bytes of one batch. docs/decisions/0013.
 */
@NullMarked
package dev.millrace.log.clean;

import org.jspecify.annotations.NullMarked;
