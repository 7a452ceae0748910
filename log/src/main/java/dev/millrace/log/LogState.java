package dev.millrace.log;

import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.Segment;
import java.util.List;

/**
 * A log as it was found, or made.
 *
 * @param segments oldest first, at least one
 * @param flushedEnd records below it are on disk for certain
 * @param unsynced segments that have bytes from there on
 * @param epochsChanged whether the epochs are others than those on disk
 * @param isNameUnsynced whether the names of its files, and its own, may not be on disk yet
 */
record LogState(
    List<Segment> segments,
    long startOffset,
    long endOffset,
    long flushedEnd,
    List<Segment> unsynced,
    ProducerStates producers,
    LeaderEpochs epochs,
    boolean epochsChanged,
    boolean isNameUnsynced) {}
