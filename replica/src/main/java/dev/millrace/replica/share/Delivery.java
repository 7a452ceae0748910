package dev.millrace.replica.share;

import org.jspecify.annotations.Nullable;

/**
 * The state of a record's delivery.
 *
 * @param count deliveries so far
 * @param lock who has it, while it is acquired
 * @param next what it becomes once that is saved, or null
 * @param change the number of the write that saves its last change, or {@link #SAVED}
 */
record Delivery(
    RecordState state, int count, @Nullable Lock lock, @Nullable RecordState next, long change) {
  /** There is nothing to save. */
  static final long SAVED = 0;

  /** Never delivered. */
  static final Delivery FRESH = new Delivery(RecordState.AVAILABLE, 0, null, null, SAVED);

  /**
   * Who has a record.
   *
   * @param dueMs monotonic milliseconds at which the lock runs out
   */
  record Lock(String member, long dueMs) {}

  /** Loaded from what was saved. */
  static Delivery loaded(RecordState state, int count) {
    return new Delivery(state, count, null, null, SAVED);
  }

  boolean isAvailable() {
    return state == RecordState.AVAILABLE;
  }

  boolean isAcquired() {
    return state == RecordState.ACQUIRED;
  }

  /** Whether a member has it that has said nothing of it yet. */
  boolean isHeld() {
    return isAcquired() && next == null;
  }

  boolean isHeldBy(String member) {
    return isHeld() && lock != null && lock.member().equals(member);
  }

  Delivery acquired(String member, long dueMs) {
    return new Delivery(RecordState.ACQUIRED, count + 1, new Lock(member, dueMs), null, change);
  }

  Delivery renewed(long dueMs) {
    return lock == null
        ? this
        : new Delivery(state, count, new Lock(lock.member(), dueMs), next, change);
  }

  /** Becomes {@code target} when write {@code number} succeeds. */
  Delivery becoming(RecordState target, long number) {
    return new Delivery(state, count, lock, target, number);
  }

  /** Is {@code target} now, and write {@code number} tells of it. */
  Delivery now(RecordState target, long number) {
    return new Delivery(target, count, null, null, number);
  }

  /** A write succeeded. */
  Delivery saved(long number) {
    if (change != number) {
      return this;
    }
    return next == null
        ? new Delivery(state, count, lock, null, SAVED)
        : new Delivery(next, count, null, null, SAVED);
  }

  /** A write failed: what depended on it is taken back, what it told of is told by the next one. */
  Delivery unsaved(long number, long nextNumber) {
    if (change != number) {
      return this;
    }
    return new Delivery(state, count, lock, null, next == null ? nextNumber : SAVED);
  }

  /**
   * The state that write {@code number} saves: a record in delivery is available to a successor.
   */
  RecordState stateIn(long number) {
    if (next != null) {
      return change == number ? next : RecordState.AVAILABLE;
    }
    return isAcquired() ? RecordState.AVAILABLE : state;
  }

  /** The deliveries that are saved: the one that goes on is not over. */
  int countIn(long number) {
    return isAcquired() && (next == null || change != number) ? count - 1 : count;
  }
}
