/**
 * The metadata log: an ordered, agreed list of records, each in Kafka's own frame.
 *
 * <p>{@link dev.millrace.quorum.log.MetadataLog} is the port: append, commit, leadership,
 * snapshots. {@link dev.millrace.quorum.log.SoloLog} is the implementation for one voter, on the
 * local disk, acknowledged after an fsync; {@link dev.millrace.quorum.log.AgreedLog} is the one for
 * several voters; {@link dev.millrace.quorum.log.MemoryLog} keeps everything in memory, for
 * embedded use and tests. What stands above cannot tell them apart. The package knows the framing
 * of records ({@link dev.millrace.quorum.log.RecordFrame}) and the files, but not what records
 * mean.
 *
 * <p>All methods are called in turns of the quorum's owner, and all calls back come in its turns.
 */
@NullMarked
package dev.millrace.quorum.log;

import org.jspecify.annotations.NullMarked;
