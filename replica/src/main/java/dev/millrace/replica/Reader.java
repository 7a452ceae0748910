package dev.millrace.replica;

/**
 * A request that waits for partitions to have something for it. Called under a partition's lock, on
 * whatever thread caused the news: it counts, hands itself over to its own turns when it has
 * enough, and returns; it never calls back into a partition.
 */
public interface Reader {
  /**
   * More bytes became readable.
   *
   * @param bytes how many more than it knew of
   */
  void grew(long bytes);

  /** High watermark or log start moved under a follower, who waits for the log to grow. */
  default void committed() {}

  /**
   * Waiting longer makes no sense here: the partition moved away, was deleted, failed, lost its
   * end, or began a new segment (one answer ends at a segment's end).
   */
  void disturbed();
}
