package dev.millrace.net;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Loops and one listener for a test, and the log lines that they wrote. */
final class House implements AutoCloseable {
  final Loops loops;
  final Listener listener;

  House(FrameHandler handler) {
    this(handler, ListenerLimits.DEFAULT);
  }

  House(FrameHandler handler, ListenerLimits limits) {
    this(LoopLimits.ofMachine().withThreads(2), handler, limits);
  }

  House(LoopLimits loopLimits, FrameHandler handler, ListenerLimits limits) {
    CapturedLog.clear();
    loops = Loops.start(loopLimits);
    listener = Listener.open(loops, new ListenerAddress("TEST", "127.0.0.1", 0), handler, limits);
  }

  RawClient client() {
    return new RawClient(listener);
  }

  /** Lines that were logged. */
  List<String> lines() {
    return CapturedLog.lines();
  }

  /** Lines that were logged, once there are so many. */
  List<String> lines(int count) {
    return CapturedLog.await(count);
  }

  /** Returns after the loop of {@code connection} has done all that was there to do. */
  static void settle(Connection connection) {
    for (int i = 0; i < 5; i++) {
      CountDownLatch turn = new CountDownLatch(1);
      connection.loop().submit(turn::countDown);
      try {
        turn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
  }
}
