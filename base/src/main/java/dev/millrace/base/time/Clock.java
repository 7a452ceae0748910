package dev.millrace.base.time;

/** The two clocks a node reads. Safe for any thread. */
public interface Clock {
  /**
   * Milliseconds since the Unix epoch: record timestamps, retention. May jump in either direction.
   */
  long wallMs();

  /** Nanoseconds since an arbitrary origin: timeouts, sessions. Never goes back. */
  long monotonicNanos();

  /** Milliseconds since the same arbitrary origin as {@link #monotonicNanos()}. */
  default long monotonicMs() {
    return monotonicNanos() / 1_000_000;
  }

  /** Tells a watcher whenever somebody sets the clock forward. It is not kept alive for that. */
  default void watch(Watcher watcher) {}

  /** Sleeps until a deadline, and has to look again when the clock was moved. */
  interface Watcher {
    /** The clock was set forward. On any thread. */
    void clockMoved();
  }
}
