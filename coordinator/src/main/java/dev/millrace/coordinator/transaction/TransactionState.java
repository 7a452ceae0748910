package dev.millrace.coordinator.transaction;

import org.jspecify.annotations.Nullable;

/**
 * Where a transactional id stands.
 *
 * <pre>
 *   EMPTY --first partition--> ONGOING --EndTxn--> PREPARE_x --all markers written--> COMPLETE_x
 *     ^                           |  new producer, or its time is over     ^            |    |
 *     |                           +------> PREPARE_ABORT, epoch bumped ----+            |    |
 *     +------ InitProducerId -----------------------------------------------------------+    |
 *                                 ONGOING <--------------- first partition ------------------+
 * </pre>
 *
 * The numbers are those of the log.
 */
public enum TransactionState {
  /** A producer is there and has begun nothing. */
  EMPTY(0, "Empty"),
  /** Partitions are part of a transaction that is not decided. */
  ONGOING(1, "Ongoing"),
  /** Decided: it commits, whatever happens; markers are on their way. */
  PREPARE_COMMIT(2, "PrepareCommit"),
  /** Decided: it aborts, whatever happens; markers are on their way. */
  PREPARE_ABORT(3, "PrepareAbort"),
  /** Committed, and every partition knows it. */
  COMPLETE_COMMIT(4, "CompleteCommit"),
  /** Aborted, and every partition knows it. */
  COMPLETE_ABORT(5, "CompleteAbort"),
  /** Kafka's name for an id that is being forgotten; nothing is in this state here. */
  DEAD(6, "Dead"),
  /**
   * Kafka's name for a transaction whose abort with a bumped epoch is being written; here the write
   * is the transition.
   */
  PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

  private final byte id;
  private final String title;

  TransactionState(int id, String title) {
    this.id = (byte) id;
    this.title = title;
  }

  byte id() {
    return id;
  }

  /** Its name in tools and requests: {@code PrepareCommit}. */
  public String title() {
    return title;
  }

  /** Whether it is decided and markers have to be written. */
  boolean isPrepared() {
    return this == PREPARE_COMMIT || this == PREPARE_ABORT;
  }

  /** Whether no partition knows of an undecided transaction: the next one may begin. */
  boolean isIdle() {
    return this == EMPTY || this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
  }

  static @Nullable TransactionState of(byte id) {
    return id >= 0 && id < values().length ? values()[id] : null;
  }

  static @Nullable TransactionState named(String title) {
    for (TransactionState state : values()) {
      if (state.title.equals(title)) {
        return state;
      }
    }
    return null;
  }
}
