/**
 * One segment of a partition: its {@code .log} file and the indexes beside it.
 *
 * <p>{@link dev.millrace.log.segment.Segment} appends, finds offsets and times, cuts its tail;
 * {@link dev.millrace.log.segment.BatchWalk} goes from batch header to batch header in a file;
 * {@link dev.millrace.log.segment.SegmentFiles} knows the names. It knows no other segment, no
 * producer and no policy. Writes come from one thread at a time (the partition's lock); readers
 * take no lock and stay below the end that the partition published.
 */
@NullMarked
package dev.millrace.log.segment;

import org.jspecify.annotations.NullMarked;
