package dev.millrace.coordinator.transaction;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A transactional id and its current transaction, as they stand in the log. Immutable; each
 * transition gives the next value, which counts once it is written.
 *
 * @param producers who writes, wrote and will write under the id
 * @param timeoutMs longest duration of a transaction
 * @param partitions those that are part of the transaction; none once it is complete
 * @param times when it began and last changed
 * @param version the transaction version of the client that made the last step: 2 is KIP-890
 */
record Transaction(
    String id,
    Producers producers,
    int timeoutMs,
    TransactionState state,
    SortedSet<PartitionName> partitions,
    Times times,
    short version) {
  /** The version in which each transaction has an epoch of its own (KIP-890). */
  static final short EPOCH_PER_TRANSACTION = 2;

  /**
   * The producers of a transactional id.
   *
   * @param current who may write
   * @param previousId the id before the current one, or −1
   * @param nextId given to the client already for the time after this transaction, or −1
   */
  record Producers(ProducerIdentity current, long previousId, long nextId) {
    static Producers first(long id) {
      return new Producers(
          new ProducerIdentity(id, (short) 0), ProducerIdentity.NO_ID, ProducerIdentity.NO_ID);
    }

    Producers bumped(long nextId) {
      return new Producers(current.bumped(), previousId, nextId);
    }

    /** Another id, from epoch 0 on. */
    Producers rotated(long id) {
      return new Producers(
          new ProducerIdentity(id, (short) 0), current.id(), ProducerIdentity.NO_ID);
    }

    Producers completed() {
      return nextId == ProducerIdentity.NO_ID ? this : rotated(nextId);
    }
  }

  /**
   * Wall-clock milliseconds.
   *
   * @param startedMs when the transaction began, or −1
   * @param updatedMs when the last record was written
   */
  record Times(long startedMs, long updatedMs) {
    static final long NONE = -1;
  }

  ProducerIdentity producer() {
    return producers.current();
  }

  /** Who writes after this transaction: what a client is told that ended it. */
  ProducerIdentity successor() {
    return producers.completed().current();
  }

  /** A producer that has begun nothing. */
  static Transaction empty(
      String id, Producers producers, int timeoutMs, short version, long nowMs) {
    return new Transaction(
        id,
        producers,
        timeoutMs,
        TransactionState.EMPTY,
        new TreeSet<>(),
        new Times(Times.NONE, nowMs),
        version);
  }

  Transaction with(Collection<PartitionName> more, short ofVersion, long nowMs) {
    SortedSet<PartitionName> all = new TreeSet<>(partitions);
    all.addAll(more);
    long startedMs = state == TransactionState.ONGOING ? times.startedMs() : nowMs;
    Times then = new Times(startedMs, nowMs);
    return new Transaction(
        id, producers, timeoutMs, TransactionState.ONGOING, all, then, ofVersion);
  }

  /** Decided. */
  Transaction prepared(boolean commit, Producers afterwards, short ofVersion, long nowMs) {
    long startedMs = state == TransactionState.ONGOING ? times.startedMs() : nowMs;
    return new Transaction(
        id,
        afterwards,
        timeoutMs,
        commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT,
        partitions,
        new Times(startedMs, nowMs),
        ofVersion);
  }

  /** Known to all its partitions. */
  Transaction completed(long nowMs) {
    boolean commit = state == TransactionState.PREPARE_COMMIT;
    return new Transaction(
        id,
        producers.completed(),
        timeoutMs,
        commit ? TransactionState.COMPLETE_COMMIT : TransactionState.COMPLETE_ABORT,
        new TreeSet<>(),
        new Times(times.startedMs(), nowMs),
        version);
  }
}
