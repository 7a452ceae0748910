package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.Admission;
import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transactional batches of one Produce request. A batch whose transaction is open on its
 * partition is appended at once. The others begin it there, and wait until the coordinator has said
 * that the partition is part of the transaction: for that time their bytes are copied. Lives in the
 * turns of the connection's loop.
 */
final class Joining {
  private static final short JOINS_SINCE = 12;
  private static final short ABORTABLE_SINCE = 11;

  private final Enlisting enlisting;
  private final Call call;
  private final @Nullable String transactionalId;
  private final boolean acksAll;
  private final List<Entrant> entrants = new ArrayList<>(0);
  private ProducerIdentity producer = ProducerIdentity.NONE;

  private record Entrant(Slot slot, Partition partition, Admission admission, RecordBatch batch) {}

  /**
   * @param transactionalId what the request says, or null
   */
  Joining(Enlisting enlisting, Call call, @Nullable String transactionalId, boolean acksAll) {
    this.enlisting = enlisting;
    this.call = call;
    this.transactionalId = transactionalId;
    this.acksAll = acksAll;
  }

  /** Appends a checked batch, now or when the coordinator has spoken. */
  void take(Partition partition, RecordBatch batch, Slot slot) {
    ProducerIdentity from = new ProducerIdentity(batch.producerId(), batch.producerEpoch());
    if (transactionalId == null || transactionalId.isEmpty()) {
      slot.refused(
          ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
          "transactional records need a transactional.id in the request");
    } else if (!entrants.isEmpty() && !producer.equals(from)) {
      slot.refused(
          ErrorCode.INVALID_PRODUCER_ID_MAPPING, "a request is of one transactional producer");
    } else {
      Admission admission = partition.admission(from.id());
      if (partition.isInTransaction(from.id(), from.epoch())) {
        slot.took(partition.append(batch, origin(), acksAll, admission));
      } else {
        producer = from;
        entrants.add(new Entrant(slot, partition, admission, copy(batch)));
      }
    }
  }

  private static RecordBatch copy(RecordBatch batch) {
    ByteBuffer bytes = batch.slice();
    return RecordBatch.at(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
  }

  /** Whether batches wait for the coordinator. */
  boolean isWaiting() {
    return !entrants.isEmpty();
  }

  /** Asks the coordinator, appends what may enter, and goes on with {@code then} on the loop. */
  void ask(Runnable then) {
    List<PartitionName> partitions =
        entrants.stream()
            .map(one -> one.partition.id())
            .map(id -> new PartitionName(id.topic(), id.index()))
            .toList();
    Participation asked =
        new Participation(
            transactionalId == null ? "" : transactionalId,
            producer,
            partitions,
            (short) (joins() ? 2 : 0));
    enlisting.enlist(
        asked,
        errors ->
            call.connection()
                .loop()
                .submit(() -> {
                  for (int i = 0; i < entrants.size(); i++) {
                    enter(entrants.get(i), errors.get(i));
                  }
                  then.run();
                }));
  }

  private void enter(Entrant one, ErrorCode error) {
    if (error == ErrorCode.NONE) {
      one.slot.took(one.partition.append(one.batch, origin(), acksAll, one.admission));
    } else {
      one.partition.giveUp(one.admission);
      one.slot.refused(told(error), "transaction does not take the partition, cause=" + error);
    }
  }

  private AppendOrigin origin() {
    return joins() ? AppendOrigin.BUMPING_CLIENT : AppendOrigin.CLIENT;
  }

  private boolean joins() {
    return call.version() >= JOINS_SINCE;
  }

  /** Producers retry what they know of partitions; the words of coordinators are not for them. */
  private ErrorCode told(ErrorCode error) {
    return switch (error) {
      case PRODUCER_FENCED -> ErrorCode.INVALID_PRODUCER_EPOCH;
      case COORDINATOR_LOAD_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          NOT_COORDINATOR,
          CONCURRENT_TRANSACTIONS ->
          ErrorCode.NOT_ENOUGH_REPLICAS;
      case TRANSACTION_ABORTABLE ->
          call.version() >= ABORTABLE_SINCE ? error : ErrorCode.INVALID_TXN_STATE;
      default -> error;
    };
  }
}
