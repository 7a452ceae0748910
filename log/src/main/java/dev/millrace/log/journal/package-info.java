/**
 * The bytes of a flush journal: one file of fixed size in a log directory that takes the newest
 * batches of many partitions with one write, before their own files are synced at leisure. Format:
 * {@code docs/formats/flush-journal.md}, choice: {@code docs/decisions/0130}.
 *
 * <p>Owns: the file's layout ({@link dev.millrace.log.journal.JournalHeader}, {@link
 * dev.millrace.log.journal.Frame}), making and writing it ({@link
 * dev.millrace.log.journal.JournalFile}), reading it back after a crash ({@link
 * dev.millrace.log.journal.JournalReader}). Knows nothing of logs, of when their files are synced,
 * or of what a replay may do: those are {@code FlushJournal} and {@code JournalReplay} of the
 * package above.
 *
 * <p>Threads: each object belongs to one thread at a time. Limits: a frame is at most a megabyte.
 */
@NullMarked
package dev.millrace.log.journal;

import org.jspecify.annotations.NullMarked;
