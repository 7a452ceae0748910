package dev.millrace.replica;

/** A place on a partition that can be given up. Safe for any thread. */
@FunctionalInterface
public interface Waiting {
  /** Gives the place up; nothing happens when the wait is over already. */
  void cancel();
}
