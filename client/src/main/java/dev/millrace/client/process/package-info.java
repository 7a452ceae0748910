/**
 * Records worked on by virtual threads, with the order of each key kept.
 *
 * <p>{@link dev.millrace.client.process.Processor} reads topics as a member of a group, hands each
 * record to a handler on a virtual thread of its own, and commits only what is done. Records with
 * the same key are handled one after the other, whichever partition they come from; others side by
 * side, far beyond the number of partitions. {@link dev.millrace.client.process.Progress} is the
 * bookkeeping of what may be committed, pure.
 */
@NullMarked
package dev.millrace.client.process;

import org.jspecify.annotations.NullMarked;
