package dev.millrace.coordinator.transaction;

import dev.millrace.coordinator.transaction.Transaction.Producers;
import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transactional id allows in its state (KIP-98, KIP-360, KIP-890). Pure functions: what they
 * know is what they are given.
 */
final class TransactionRules {
  private TransactionRules() {}

  /**
   * A producer begins, or begins again (InitProducerId).
   *
   * @param known null for an id that nobody used, or that was forgotten
   * @param ask what it says; see {@link InitRequest}
   * @param lastEpoch the epoch before the last bump if its own producer asked for that, else −1
   * @param freshId a producer id that nobody had, or −1
   */
  static Verdict init(
      @Nullable Transaction known, InitRequest ask, short lastEpoch, long freshId, long nowMs) {
    if (known == null) {
      if (freshId == ProducerIdentity.NO_ID) {
        return new Verdict.NeedsProducerId();
      }
      Producers first = Producers.first(freshId);
      return started(ask, first, (short) 0, ProducerIdentity.NO_EPOCH, nowMs);
    }
    ProducerIdentity expected = ask.expected();
    if (expected.id() != ProducerIdentity.NO_ID && !mayContinue(known, expected, lastEpoch)) {
      return Verdict.refused(ErrorCode.PRODUCER_FENCED);
    }
    return switch (known.state()) {
      case PREPARE_COMMIT, PREPARE_ABORT -> new Verdict.Busy();
      case ONGOING -> new Verdict.Fence(fenced(known, nowMs));
      default -> next(known, ask, lastEpoch, freshId, nowMs);
    };
  }

  /**
   * Whether a producer that names itself is the current one, or repeats the request that made the
   * current one of it. While a transaction is open a repetition comes too late: it would abort it.
   */
  private static boolean mayContinue(
      Transaction known, ProducerIdentity expected, short lastEpoch) {
    if (expected.equals(known.producer()) || known.state().isPrepared()) {
      return true;
    }
    if (known.state() == TransactionState.ONGOING) {
      return false;
    }
    boolean isKin =
        expected.id() == known.producer().id()
            || (expected.id() == known.producers().previousId() && expected.isExhausted());
    return (isKin && expected.epoch() == lastEpoch) || isRepeated(known, expected);
  }

  private static Verdict next(
      Transaction known, InitRequest ask, short lastEpoch, long freshId, long nowMs) {
    ProducerIdentity current = known.producer();
    boolean isNamed = ask.expected().id() != ProducerIdentity.NO_ID;
    if (isNamed && !ask.expected().equals(current) && !current.isForMarkersOnly()) {
      return started(ask, settled(known.producers()), known.version(), lastEpoch, nowMs);
    }
    short last = isNamed ? current.epoch() : ProducerIdentity.NO_EPOCH;
    if (!current.isExhausted()) {
      Producers bumped = settled(known.producers()).bumped(ProducerIdentity.NO_ID);
      return started(ask, bumped, known.version(), last, nowMs);
    }
    return freshId == ProducerIdentity.NO_ID
        ? new Verdict.NeedsProducerId()
        : started(ask, known.producers().rotated(freshId), known.version(), last, nowMs);
  }

  private static Producers settled(Producers producers) {
    return new Producers(producers.current(), producers.previousId(), ProducerIdentity.NO_ID);
  }

  private static Verdict started(
      InitRequest ask, Producers producers, short version, short lastEpoch, long nowMs) {
    Transaction next =
        Transaction.empty(ask.transactionalId(), producers, ask.timeoutMs(), version, nowMs);
    return new Verdict.Write(next, producers.current(), lastEpoch);
  }

  /** The abort that a producer does not know of: its epoch is not the current one any more. */
  static Transaction fenced(Transaction ongoing, long nowMs) {
    Producers bumped = ongoing.producers().bumped(ProducerIdentity.NO_ID);
    return ongoing.prepared(false, bumped, ongoing.version(), nowMs);
  }

  /** Partitions become part of the transaction (AddPartitionsToTxn, Produce from version 12 on). */
  static Verdict add(
      @Nullable Transaction known,
      ProducerIdentity producer,
      Collection<PartitionName> partitions,
      short version,
      long nowMs) {
    ErrorCode error = identify(known, producer);
    if (known == null || error != ErrorCode.NONE) {
      return Verdict.refused(error);
    }
    if (known.state().isPrepared()) {
      return new Verdict.Busy();
    }
    if (known.state() == TransactionState.ONGOING && known.partitions().containsAll(partitions)) {
      return new Verdict.Done(producer);
    }
    Transaction next = known.with(partitions, version, nowMs);
    return new Verdict.Write(next, producer, ProducerIdentity.NO_EPOCH);
  }

  /**
   * Whether partitions are part of the transaction, for a partition's leader that is about to let
   * records of it in.
   */
  static List<ErrorCode> verify(
      @Nullable Transaction known, ProducerIdentity producer, List<PartitionName> partitions) {
    ErrorCode error = identify(known, producer);
    if (known == null || error != ErrorCode.NONE) {
      return partitions.stream().map(_ -> error).toList();
    }
    if (known.state().isPrepared()) {
      return partitions.stream().map(_ -> ErrorCode.CONCURRENT_TRANSACTIONS).toList();
    }
    return partitions.stream()
        .map(one ->
            known.partitions().contains(one) ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE)
        .toList();
  }

  private static ErrorCode identify(@Nullable Transaction known, ProducerIdentity producer) {
    if (known == null || known.producer().id() != producer.id()) {
      return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
    }
    return known.producer().epoch() == producer.epoch() && !producer.isForMarkersOnly()
        ? ErrorCode.NONE
        : ErrorCode.PRODUCER_FENCED;
  }

  /**
   * A producer ends its transaction, in the manner of clients whose transactions share an epoch
   * (EndTxn below version 5).
   */
  static Verdict end(
      @Nullable Transaction known, ProducerIdentity producer, boolean commit, long nowMs) {
    ErrorCode error = identify(known, producer);
    if (known == null || error != ErrorCode.NONE) {
      return Verdict.refused(error);
    }
    return switch (known.state()) {
      case ONGOING -> {
        Transaction next = known.prepared(commit, known.producers(), (short) 0, nowMs);
        yield new Verdict.Write(next, producer, ProducerIdentity.NO_EPOCH);
      }
      case COMPLETE_COMMIT -> commit ? new Verdict.Done(producer) : invalid();
      case COMPLETE_ABORT -> commit ? invalid() : new Verdict.Done(producer);
      case PREPARE_COMMIT -> commit ? new Verdict.Busy() : invalid();
      case PREPARE_ABORT -> commit ? invalid() : new Verdict.Busy();
      default -> invalid();
    };
  }

  /**
   * A producer ends its transaction and gets the epoch of its next one (EndTxn from version 5 on).
   * An abort is good without a transaction too: the client may not know whether one began.
   *
   * @param freshId a producer id that nobody had, or −1
   */
  static Verdict endAndBump(
      @Nullable Transaction known,
      ProducerIdentity producer,
      boolean commit,
      long freshId,
      long nowMs) {
    if (known == null) {
      return Verdict.refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }
    if (isRepeated(known, producer)) {
      return repeated(known, commit);
    }
    ErrorCode error = identify(known, producer);
    if (error != ErrorCode.NONE) {
      return Verdict.refused(error);
    }
    return switch (known.state()) {
      case ONGOING -> ended(known, commit, freshId, nowMs);
      case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT ->
          commit ? invalid() : ended(known, false, freshId, nowMs);
      // the client has the epoch of its next transaction while the markers of this one are on
      // their way: it aborts that one, into which nothing was written yet
      case PREPARE_COMMIT, PREPARE_ABORT -> new Verdict.Busy();
      default -> Verdict.refused(ErrorCode.PRODUCER_FENCED);
    };
  }

  /** Whether the producer ended the transaction before: its epoch is the one before the bump. */
  private static boolean isRepeated(Transaction known, ProducerIdentity producer) {
    ProducerIdentity current = known.producer();
    boolean isOpen =
        known.state() == TransactionState.EMPTY || known.state() == TransactionState.ONGOING;
    if (isOpen || known.version() < Transaction.EPOCH_PER_TRANSACTION) {
      return false;
    }
    boolean isRotated =
        producer.id() == known.producers().previousId()
            && producer.epoch() == ProducerIdentity.LAST_EPOCH
            && current.epoch() == 0;
    return isRotated || (producer.id() == current.id() && producer.epoch() == current.epoch() - 1);
  }

  /**
   * The answer is that of the first time. An abort that a commit runs into was the coordinator's,
   * since no client ends a transaction both ways: the producer was too late.
   */
  private static Verdict repeated(Transaction known, boolean commit) {
    return switch (known.state()) {
      case PREPARE_COMMIT -> commit ? new Verdict.Busy() : invalid();
      case COMPLETE_COMMIT -> commit ? new Verdict.Done(known.successor()) : invalid();
      case PREPARE_ABORT ->
          commit ? Verdict.refused(ErrorCode.PRODUCER_FENCED) : new Verdict.Busy();
      default ->
          commit ? Verdict.refused(ErrorCode.PRODUCER_FENCED) : new Verdict.Done(known.successor());
    };
  }

  private static Verdict ended(Transaction known, boolean commit, long freshId, long nowMs) {
    ProducerIdentity current = known.producer();
    boolean isExhausted = current.isExhausted();
    if (isExhausted && freshId == ProducerIdentity.NO_ID) {
      return new Verdict.NeedsProducerId();
    }
    Producers afterwards = known.producers().bumped(isExhausted ? freshId : ProducerIdentity.NO_ID);
    Transaction next = known.prepared(commit, afterwards, Transaction.EPOCH_PER_TRANSACTION, nowMs);
    return new Verdict.Write(next, next.successor(), current.epoch());
  }

  private static Verdict invalid() {
    return Verdict.refused(ErrorCode.INVALID_TXN_STATE);
  }
}
