package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.replica.Partition;
import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchVerdict;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The batches of one Produce request for topics whose records must fit schemas. What the gate knows
 * enters at once; the others wait until the newest schemas are there, for which time their bytes
 * are copied. Lives in the turns of the connection's loop.
 */
final class Gating {
  private static final String REFUSED = "records do not fit the schemas of the topic";

  private final RecordGate gate;
  private final Call call;
  private final List<Waiting> waiting = new ArrayList<>(0);

  /** A batch that waits, and how it enters. */
  private record Waiting(
      Slot slot, Partition partition, SchemaDemand demand, RecordBatch batch, Entrance entrance) {}

  /** Takes a batch to its partition. */
  interface Entrance extends BiConsumer<RecordBatch, Slot> {}

  Gating(RecordGate gate, Call call) {
    this.gate = gate;
    this.call = call;
  }

  /** Lets a checked batch in, now or later, or refuses it. */
  void take(
      Partition partition, SchemaDemand demand, RecordBatch batch, Slot slot, Entrance entrance) {
    RecordGate.Judgement judgement = judge(partition, demand, batch, false);
    if (judgement instanceof RecordGate.Judgement.Unknown) {
      ByteBuffer bytes = batch.slice();
      RecordBatch copy = RecordBatch.at(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
      waiting.add(new Waiting(slot, partition, demand, copy, entrance));
    } else {
      settle(judgement, batch, slot, entrance);
    }
  }

  /** Whether batches wait for the newest schemas. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Waits for the newest schemas, lets in what fits, and goes on with {@code then} on the loop. */
  void ask(Runnable then) {
    gate.refresh(() ->
        call.connection()
            .loop()
            .submit(() -> {
              for (Waiting one : waiting) {
                settle(
                    judge(one.partition(), one.demand(), one.batch(), true),
                    one.batch(),
                    one.slot(),
                    one.entrance());
              }
              then.run();
            }));
  }

  private RecordGate.Judgement judge(
      Partition partition, SchemaDemand demand, RecordBatch batch, boolean isFinal) {
    try {
      return gate.judge(partition.id().topic(), demand, batch, isFinal);
    } catch (CorruptRecordsException e) {
      return new RecordGate.Judgement.Refused(
          List.of(new BatchVerdict.RecordError(0, String.valueOf(e.getMessage()))));
    }
  }

  private static void settle(
      RecordGate.Judgement judgement, RecordBatch batch, Slot slot, Entrance entrance) {
    switch (judgement) {
      case RecordGate.Judgement.Fits fits -> entrance.accept(batch, slot);
      case RecordGate.Judgement.Refused refused ->
          slot.refused(
              new BatchVerdict.Refused(
                  ErrorCode.INVALID_RECORD,
                  REFUSED + ": " + refused.records().getFirst().message(),
                  refused.records()));
      case RecordGate.Judgement.Unknown unknown ->
          slot.refused(ErrorCode.NOT_ENOUGH_REPLICAS, "the schema registry cannot be asked now");
    }
  }
}
