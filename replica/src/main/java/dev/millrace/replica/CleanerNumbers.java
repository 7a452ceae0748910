package dev.millrace.replica;

/**
 * What the cleaners of a node have done since its start.
 *
 * @param compactions that were done
 * @param failures that leave a partition alone for a while
 * @param bytesMoved read and written
 * @param bytesSaved by which logs have become smaller
 * @param lastMs how long the latest compaction took
 * @param keysMax most keys that a compaction had in memory
 * @param uncleanable partitions that are left alone now
 * @param dirtiestRatio of the log that was the dirtiest at the latest look, 0 to 1
 */
public record CleanerNumbers(
    long compactions,
    long failures,
    long bytesMoved,
    long bytesSaved,
    long lastMs,
    long keysMax,
    int uncleanable,
    double dirtiestRatio) {}
