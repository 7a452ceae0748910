/**
 * One partition's bytes on disk, and the directories they lie in.
 *
 * <p>Owns: segments, indexes, producer states, leader epochs, recovery, retention, the group sync,
 * the flush journal. Knows nothing of: other copies, the high watermark (it is told), requests,
 * topics' settings by name. Start reading at {@link dev.millrace.log.PartitionLog}, then {@link
 * dev.millrace.log.LogView} (reads), {@link dev.millrace.log.LogTail} (appends), {@link
 * dev.millrace.log.LogRecovery}, {@link dev.millrace.log.LogKeeping}.
 *
 * <p>How to use it:
 *
 * <pre>
 *   LogDirectory directory = LogDirectory.open(path, new Environment(disk, clock, diskOwner,
 *       (log, durableEnd) -> ..., fault -> ...));
 *   switch (directory.open(partition, topicId, LogSettings.DEFAULT)) {
 *     case OpenResult.Opened(PartitionLog log, boolean isNew) -> ...
 *     ...
 *   }
 *   log.startEpoch(leaderEpoch);
 *   log.append(batches, leaderEpoch, AppendOrigin.CLIENT)   // Appended, Duplicate or Refused
 *   log.read(offset, maxBytes, minOneBatch, highWatermark)  // Batches, Nothing, OutOfRange, Failed
 *   log.lastStableOffset(highWatermark), log.abortedTransactions(from, upTo)
 *   log.offsetForTime(ms), log.epochEnd(epoch)
 *   log.committed(highWatermark)                     // when it moves
 *   log.keeping().deleteOldSegments(highWatermark)   // retention, every few minutes
 *   directory.checkpoint()                           // about once a minute
 *   directory.close(brokerEpoch)
 * </pre>
 *
 * <p>Threads: appends and reads may come from any thread; they block on the page cache only. Syncs
 * and file deletions run in turns of the directory's disk owner, which calls {@link
 * dev.millrace.log.DurableListener}; the settler syncs what the flush journal stands for ({@link
 * dev.millrace.log.Journaling}). {@link dev.millrace.log.LogKeeping} and {@link
 * dev.millrace.log.LogDirectory} block on the disk: call them from the keeper. No thread, clock or
 * file is reached but through the ports of {@code base}.
 *
 * <p>Limits: a segment is below 2 GiB; a batch is not larger than {@code segment.bytes}; five
 * batches a producer are remembered. File formats: {@code docs/formats/}.
 */
@NullMarked
package dev.millrace.log;

import org.jspecify.annotations.NullMarked;
