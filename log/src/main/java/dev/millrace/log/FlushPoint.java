package dev.millrace.log;

import dev.millrace.log.segment.Segment;

/**
 * An end of a log, as an offset and as a place.
 *
 * @param segment the active one then
 * @param position behind the last byte
 */
record FlushPoint(long offset, Segment segment, int position) {}
