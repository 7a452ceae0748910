package dev.millrace.net.loop;

/** What a socket is for its loop. Called in the loop's turns only. */
public interface Port {
  /** The socket is ready for some of the operations it waits for. */
  void ready();

  /**
   * Comes about once a second.
   *
   * @param nowMs monotonic milliseconds
   */
  void sweep(long nowMs);

  /** Closes the socket. After {@link #ready} or {@link #sweep} threw, and when the loop ends. */
  void fail(Throwable fault);
}
