package dev.millrace.broker.coordinator;

import dev.millrace.coordinator.InTransaction;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;

/** The control batch that ends a producer's transaction on a partition. */
public final class MarkerBatch {
  private MarkerBatch() {}

  /** A batch of one control record. */
  public static BatchBuilder of(InTransaction.End end, long nowMs) {
    ControlRecord.EndTransaction record =
        new ControlRecord.EndTransaction(end.commit(), end.coordinatorEpoch());
    return BatchBuilder.from(0)
        .producer(end.producerId(), end.producerEpoch(), RecordBatch.NONE)
        .transactional()
        .control()
        .append(nowMs, record.key(), record.value(), List.of());
  }
}
