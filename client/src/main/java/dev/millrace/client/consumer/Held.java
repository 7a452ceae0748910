package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A partition that this consumer reads. Plain fields belong to the owner; volatile ones are written
 * by the owner or, where it says so, by the polling thread, and read by both.
 */
final class Held {
  static final long UNKNOWN = -1;

  private static final VarHandle POSITION = field("position");
  private static final VarHandle LAST_TIMESTAMP = field("lastTimestampMs");

  final TopicPartition partition;

  /** Counts seeks: what was fetched before the last one is not handed out. */
  volatile int seeks;

  /** False once it is revoked. */
  volatile boolean isHeld = true;

  volatile boolean isPaused;

  /** Set by the polling thread: its listener hears that it goes, nothing more is handed out. */
  volatile boolean isLeaving;

  /** The next offset to hand out; {@link #UNKNOWN} until there is one. Polling thread and seeks. */
  volatile long position = UNKNOWN;

  /** Timestamp of the last record that was handed out, -1 when none was. Polling thread. */
  volatile long lastTimestampMs = -1;

  /** As the last fetch had them; -1 before. */
  volatile long end = UNKNOWN;

  volatile long beginning = UNKNOWN;

  /** Whether reading may begin: its listener has been told. */
  boolean isReady;

  /** The next offset to fetch. */
  long fetchOffset = UNKNOWN;

  /** Whether an answer about its offset is awaited. */
  boolean isResolving;

  /** Whether its position must come from the reset rule and not from what is committed. */
  boolean wantsReset;

  /** Whether a fetch is in work that names it. */
  boolean isFetching;

  int bufferedBytes;
  long notBeforeMs = Long.MIN_VALUE;

  /** A follower that the leader told us to read from, -1 for none (KIP-392). */
  int preferredNode = -1;

  Held(TopicPartition partition) {
    this.partition = partition;
  }

  /**
   * A record was handed out. The polling thread's; others may see it a little later, which spares a
   * fence for each record.
   */
  void handedOut(long offset, long timestampMs) {
    POSITION.setRelease(this, offset + 1);
    LAST_TIMESTAMP.setRelease(this, timestampMs);
  }

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(Held.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Goes on at an offset; in the owner's turns. */
  void moveTo(long offset) {
    seeks += 1; // one owner writes
    fetchOffset = offset;
    position = offset;
    wantsReset = false;
    bufferedBytes = 0;
  }

  /** Forgets where it is; it will be looked up by the reset rule. */
  void forgetPosition() {
    moveTo(UNKNOWN);
    wantsReset = true;
  }
}
