package dev.millrace.base.turns;

/** A task that waits for its time. Safe for any thread. */
public interface Timeout {
  /** Forgets the task. Returns false when it ran already, is running, or was cancelled before. */
  boolean cancel();
}
