package dev.millrace.server.http;

import java.net.InetAddress;

/** An open connection, as seen by who decides which of them stay. Any thread. */
interface Visitor {
  /**
   * What a connection does, and how long it may. Who does less goes first when there is no room.
   */
  enum Stage {
    /** Nothing of a request has come. */
    SILENT(30_000),
    /** A head has begun and not ended. */
    HEAD(10_000),
    /** A body comes. */
    BODY(20_000),
    /** An answer leaves. */
    ANSWER(120_000),
    /** A request is worked on. */
    WORK(Long.MAX_VALUE);

    private final long limitMs;

    Stage(long limitMs) {
      this.limitMs = limitMs;
    }

    long limitMs() {
      return limitMs;
    }
  }

  InetAddress address();

  Stage stage();

  /** Since when it is in this stage, monotonic milliseconds. */
  long sinceMs();

  /** Ends the connection at once. */
  void cut();
}
