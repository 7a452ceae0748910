package dev.millrace.base.turns;

/**
 * One owner's queue of work. Tasks run one at a time and never overlap; tasks that one thread
 * submitted run in the order of their submission. {@link #submit} and {@link #after} may be called
 * from any thread. A task that throws is a programmer fault: the owner reports it and goes on with
 * the next task.
 */
public interface Turns {
  /** Runs {@code task} in a later turn of this owner, soon. */
  void submit(Runnable task);

  /**
   * Runs {@code task} in a turn of this owner once {@code delayMs} milliseconds of monotonic time
   * have passed. A delay of zero or less means soon.
   */
  Timeout after(long delayMs, Runnable task);

  /** Whether the calling code runs inside a turn of this owner. */
  boolean inTurn();
}
