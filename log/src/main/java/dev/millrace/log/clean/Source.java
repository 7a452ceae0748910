package dev.millrace.log.clean;

import dev.millrace.log.segment.Segment;

/**
 * A finished segment that a compaction goes over.
 *
 * @param endOffset where the next segment begins
 */
public record Source(Segment segment, long endOffset) {}
