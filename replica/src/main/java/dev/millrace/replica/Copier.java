package dev.millrace.replica;

/** Copies partitions from their leaders. Safe for any thread, and never waits. */
@FunctionalInterface
public interface Copier {
  /**
   * Begins to copy; it goes on until {@link Following#isOver}, and asks in case of doubt. Another
   * call for the same partition comes when its leader is another one, or has another epoch.
   */
  void follow(Following following);
}
