package dev.millrace.log.producer;

import java.util.Arrays;

/**
 * What keeps the last stable offset back: transactions that are open, and those that ended at a
 * marker which is not yet below the high watermark. Immutable; safe for any thread.
 */
public final class OpenTransactions {
  /** None at all: the usual case. */
  public static final OpenTransactions NONE = new OpenTransactions(Long.MAX_VALUE, new long[0]);

  private final long firstOpen;

  /** Pairs: first offset of a transaction that ended, offset of its marker; markers rise. */
  private final long[] ended;

  OpenTransactions(long firstOpen, long[] ended) {
    this.firstOpen = firstOpen;
    this.ended = ended;
  }

  /** Where the earliest open transaction began; {@link Long#MAX_VALUE} when none is open. */
  public long firstOpenOffset() {
    return firstOpen;
  }

  /** Below it every transaction is decided and its decision committed: at most the watermark. */
  public long lastStableOffset(long highWatermark) {
    long stable = Math.min(highWatermark, firstOpen);
    for (int i = 0; i < ended.length; i += 2) {
      if (ended[i + 1] >= highWatermark) {
        stable = Math.min(stable, ended[i]);
      }
    }
    return stable;
  }

  /** Whether {@link #without} would forget something. */
  public boolean hasEndedBelow(long highWatermark) {
    return ended.length > 0 && ended[1] < highWatermark;
  }

  /** Without the ended transactions whose marker is below the high watermark. */
  OpenTransactions without(long highWatermark) {
    int from = 0;
    while (from < ended.length && ended[from + 1] < highWatermark) {
      from += 2;
    }
    return of(firstOpen, from == 0 ? ended : Arrays.copyOfRange(ended, from, ended.length));
  }

  OpenTransactions withFirstOpen(long offset) {
    return offset == firstOpen ? this : of(offset, ended);
  }

  OpenTransactions withEnded(long firstOffset, long markerOffset) {
    long[] more = Arrays.copyOf(ended, ended.length + 2);
    more[ended.length] = firstOffset;
    more[ended.length + 1] = markerOffset;
    return of(firstOpen, more);
  }

  private static OpenTransactions of(long firstOpen, long[] ended) {
    return firstOpen == Long.MAX_VALUE && ended.length == 0
        ? NONE
        : new OpenTransactions(firstOpen, ended);
  }
}
