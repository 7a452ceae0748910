/**
 * The small files of a log directory and of a partition, each replaced as a whole.
 *
 * <p>Owns their formats, which are Apache Kafka's: offset checkpoints, leader epochs, partition
 * metadata, the identity of a directory, the mark of a clean stop. It knows no segment. {@link
 * dev.millrace.log.checkpoint.WholeFile} writes each of them so that a crash leaves the old or the
 * new content, never a mixture. Calls block on the disk; the classes hold no state. A file that is
 * not what its format says is a {@link dev.millrace.log.checkpoint.CorruptFileException}.
 */
@NullMarked
package dev.millrace.log.checkpoint;

import org.jspecify.annotations.NullMarked;
