package dev.millrace.wire.records;

import java.util.ArrayDeque;

/**
 * Memory that compressed batches are read through. All readers of the process share a few windows,
 * because a window is needed for microseconds and is often larger than the batch; what is more than
 * that is left to the collector. A window holds two blocks of what Kafka's clients write with LZ4:
 * one that is read and one that comes behind it. Safe for any thread.
 */
final class Windows {
  static final int BYTES = 128 << 10;

  private static final int IDLE_MAX = 8;

  private static final ArrayDeque<byte[]> IDLE = new ArrayDeque<>(IDLE_MAX);

  private Windows() {}

  /** Memory with anything in it. */
  static byte[] take() {
    byte[] found;
    synchronized (IDLE) {
      found = IDLE.pollLast();
    }
    return found == null ? new byte[BYTES] : found;
  }

  /** Nobody reads or writes it any more. */
  static void give(byte[] window) {
    if (window.length == BYTES) {
      synchronized (IDLE) {
        if (IDLE.size() < IDLE_MAX) {
          IDLE.addLast(window);
        }
      }
    }
  }
}
