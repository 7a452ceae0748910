package dev.millrace.log;

/** Is told how far the logs of a directory are on disk. */
@FunctionalInterface
public interface DurableListener {
  /**
   * A sync ended well.
   *
   * <p>Called in a turn of the directory's disk owner, without any lock held.
   *
   * @param durableEnd records below it are on disk; see {@link PartitionLog#durableEnd}
   */
  void onDurable(PartitionLog log, long durableEnd);

  /**
   * Bytes of a log were found to be damaged: it is not served any more. Called on the thread that
   * found it, perhaps with locks held: it hands over and returns.
   */
  default void onDamaged(PartitionLog log) {}
}
