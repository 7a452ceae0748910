package dev.millrace.coordinator.transaction;

import dev.millrace.coordinator.transaction.Markers.Marker;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition that follows the rules for transactional producers, in the smallest form: epochs,
 * sequences, the admission of a transaction's first batch, markers.
 */
final class SimulatedPartition {
  /** What lies at an offset. */
  sealed interface Slot {
    /** A record of somebody's attempt at a transaction. */
    record Data(ProducerIdentity producer, int sequence, String attempt) implements Slot {}

    record End(ProducerIdentity producer, boolean commit) implements Slot {}
  }

  /** Where a producer stands. */
  private static final class State {
    short epoch = -1;
    int lastSequence = -1;
    int openSince = -1;
    int markers;
    int coordinatorEpoch = -1;
  }

  final PartitionName name;
  final List<Slot> log = new ArrayList<>();
  private final Map<Long, State> producers = new HashMap<>();
  private int stable;

  SimulatedPartition(PartitionName name) {
    this.name = name;
  }

  boolean isOpen(ProducerIdentity producer) {
    State state = producers.get(producer.id());
    return state != null && state.openSince >= 0 && state.epoch == producer.epoch();
  }

  /** How many markers of a producer are here: what an admission remembers. */
  int markers(ProducerIdentity producer) {
    State state = producers.get(producer.id());
    return state == null ? 0 : state.markers;
  }

  /**
   * Appends a record.
   *
   * @param admitted {@link #markers} when the coordinator was asked
   * @param fromZero whether an unknown producer must begin with sequence 0
   */
  ErrorCode append(Slot.Data record, int admitted, boolean fromZero) {
    ProducerIdentity from = record.producer();
    if (!fromZero && !isOpen(from) && markers(from) != admitted) {
      return ErrorCode.INVALID_TXN_STATE;
    }
    State state = producers.get(from.id());
    if (state == null) {
      if (fromZero && record.sequence() != 0) {
        return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
      }
      state = new State();
      state.epoch = from.epoch();
      state.lastSequence = record.sequence() - 1;
      producers.put(from.id(), state);
    }
    if (from.epoch() < state.epoch) {
      return ErrorCode.INVALID_PRODUCER_EPOCH;
    }
    int last = from.epoch() == state.epoch ? state.lastSequence : -1;
    if (record.sequence() <= last) {
      return ErrorCode.NONE;
    }
    if (record.sequence() != last + 1) {
      return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    }
    state.epoch = from.epoch();
    state.lastSequence = record.sequence();
    if (state.openSince < 0) {
      state.openSince = log.size();
    }
    log.add(record);
    return ErrorCode.NONE;
  }

  ErrorCode end(Marker marker) {
    ProducerIdentity from = marker.producer();
    State state = producers.computeIfAbsent(from.id(), _ -> new State());
    boolean isBelow = from.epoch() < state.epoch;
    boolean isOfRecords =
        marker.version() >= 2 && from.epoch() == state.epoch && state.openSince >= 0;
    if (isBelow || isOfRecords) {
      return ErrorCode.INVALID_PRODUCER_EPOCH;
    }
    if (marker.coordinatorEpoch() < state.coordinatorEpoch) {
      return ErrorCode.TRANSACTION_COORDINATOR_FENCED;
    }
    if (from.epoch() > state.epoch) {
      state.lastSequence = -1;
    }
    state.epoch = from.epoch();
    state.coordinatorEpoch = marker.coordinatorEpoch();
    state.openSince = -1;
    state.markers++;
    log.add(new Slot.End(from, marker.commit()));
    return ErrorCode.NONE;
  }

  /** The last stable offset, which must never go back. */
  int lastStable() {
    int now = log.size();
    for (State state : producers.values()) {
      now = state.openSince < 0 ? now : Math.min(now, state.openSince);
    }
    if (now < stable) {
      throw new AssertionError("last stable offset goes back, from=" + stable + " to=" + now);
    }
    stable = now;
    return now;
  }

  /** The fate of each attempt's records: for each record whether it was committed, or null. */
  Map<String, List<@Nullable Boolean>> fates() {
    Map<String, List<@Nullable Boolean>> fates = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i) instanceof Slot.Data data) {
        fates.computeIfAbsent(data.attempt(), _ -> new ArrayList<>()).add(fate(i, data));
      }
    }
    return fates;
  }

  private @Nullable Boolean fate(int from, Slot.Data data) {
    for (int i = from; i < log.size(); i++) {
      if (log.get(i) instanceof Slot.End end && end.producer().id() == data.producer().id()) {
        return end.commit();
      }
    }
    return null;
  }
}
