package dev.millrace.client.producer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The records of a batch in their order: when each was made, and who is told what becomes of it, a
 * {@link Fate}, a {@link Callback} or nobody. Not safe for threads.
 */
final class Roster {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.producer");
  private static final int EXPECTED = 16;

  private long[] timestamps = new long[EXPECTED];
  private @Nullable Object[] tellers = new @Nullable Object[EXPECTED];
  private int size;

  int size() {
    return size;
  }

  void add(long timestampMs, @Nullable Object teller) {
    if (size == timestamps.length) {
      timestamps = Arrays.copyOf(timestamps, size * 2);
      tellers = Arrays.copyOf(tellers, size * 2);
    }
    timestamps[size] = timestampMs;
    tellers[size++] = teller;
  }

  /** The records from one index to before another. */
  Roster part(int from, int to) {
    Roster part = new Roster();
    for (int i = from; i < to; i++) {
      part.add(timestamps[i], tellers[i]);
    }
    return part;
  }

  long timestampMs(int index) {
    return timestamps[index];
  }

  boolean hasTeller(int index) {
    return tellers[index] != null;
  }

  void tell(int index, Delivered delivered) {
    Object teller = tellers[index];
    if (teller instanceof Fate fate) {
      fate.complete(delivered);
    } else if (teller instanceof Callback callback) {
      call(callback, delivered, null);
    }
  }

  void tell(int index, ProducerException fault) {
    Object teller = tellers[index];
    if (teller instanceof Fate fate) {
      fate.completeExceptionally(fault);
    } else if (teller instanceof Callback callback) {
      call(callback, null, fault);
    }
  }

  /** Forgets all, to be used again. */
  void clear() {
    Arrays.fill(tellers, 0, size, null);
    size = 0;
  }

  private static void call(
      Callback callback, @Nullable Delivered delivered, @Nullable ProducerException fault) {
    try {
      callback.done(delivered, fault);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "callback of a sent record failed", e);
    }
  }
}
