package dev.millrace.broker;

/** Tells when this node acts on what the cluster's metadata says. Safe for any thread. */
@FunctionalInterface
public interface AppliedMetadata {
  /**
   * Runs {@code then}, on any thread where it must not block, once this node acts on everything in
   * the metadata up to {@code offset}: partitions that were made are open, those that are gone are
   * closed, settings count. What cannot be done, as a log that does not open, is not waited for.
   */
  void whenApplied(long offset, Runnable then);
}
