package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Appends of one partition that wait for the high watermark, lowest offset first. Guarded by the
 * partition's lock; listeners are called after it was given back.
 */
final class CommitWaits {
  private final Chain<Wait> chain = new Chain<>();

  /** One append that waits. */
  static final class Wait extends Chain.Link<Wait> {
    private final long endOffset;
    private final CommitListener listener;
    private ErrorCode error = ErrorCode.NONE;

    Wait(long endOffset, CommitListener listener) {
      this.endOffset = endOffset;
      this.listener = listener;
    }

    /** Tells the listener; the partition's lock is not held. */
    void settle() {
      listener.settled(error);
    }
  }

  /** Enters {@code wait}; nearly always it is the one with the highest offset. */
  void add(Wait wait) {
    Wait before = chain.last();
    while (before != null && before.endOffset > wait.endOffset) {
      before = before.previous();
    }
    chain.addAfter(before, wait);
  }

  /** Takes {@code wait} out; false when it was settled before. */
  boolean remove(Wait wait) {
    return chain.remove(wait);
  }

  /** Takes out the next append that ends at or below {@code highWatermark}, or returns null. */
  @Nullable Wait poll(long highWatermark) {
    Wait first = chain.first();
    if (first == null || first.endOffset > highWatermark) {
      return null;
    }
    chain.remove(first);
    return first;
  }

  /** Takes out the next append, whatever it waits for, to be settled with {@code error}. */
  @Nullable Wait pollFailed(ErrorCode error) {
    Wait first = poll(Long.MAX_VALUE);
    if (first != null) {
      first.error = error;
    }
    return first;
  }

  int size() {
    return chain.size();
  }
}
