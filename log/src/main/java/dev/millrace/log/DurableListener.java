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
}
