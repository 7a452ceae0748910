package dev.millrace.broker.data;

import dev.millrace.replica.AppendOutcome;
import dev.millrace.replica.AppendOutcome.Appended;
import dev.millrace.replica.CommitListener;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Waiting;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ProduceResponse.BatchIndexAndErrorMessage;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchVerdict;
import dev.millrace.wire.records.BatchVerdict.RecordError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one partition's batch in a Produce request. Lives in the turns of the connection's
 * loop, but for {@link #settled}, which the partition calls on any thread.
 */
final class Slot implements CommitListener {
  private static final long NONE = -1;

  private final int index;
  private ErrorCode error = ErrorCode.NONE;
  private @Nullable String message;
  private List<RecordError> recordErrors = List.of();
  private long baseOffset = NONE;
  private long endOffset = NONE;
  private long logAppendTimeMs = NONE;
  private long logStartOffset = NONE;
  private @Nullable Runnable whenSettled;
  private @Nullable Waiting place;
  private volatile @Nullable ErrorCode settledError;

  /**
   * The slot of a partition.
   *
   * @param index of the partition in its topic
   */
  Slot(int index) {
    this.index = index;
  }

  void refused(ErrorCode why, @Nullable String text) {
    error = why;
    message = text;
  }

  void refused(BatchVerdict.Refused verdict) {
    refused(verdict.error(), verdict.message());
    recordErrors = verdict.records();
  }

  void took(AppendOutcome outcome) {
    switch (outcome) {
      case Appended appended -> {
        baseOffset = appended.baseOffset();
        endOffset = appended.endOffset();
        logAppendTimeMs = appended.logAppendTimeMs();
        logStartOffset = appended.logStartOffset();
      }
      case AppendOutcome.Refused refused -> refused(refused.error(), refused.message());
    }
  }

  boolean isAppended() {
    return error == ErrorCode.NONE;
  }

  ErrorCode error() {
    return error;
  }

  /** Waits until the batch is committed; {@code settled} is run once, on any thread. */
  void await(Partition partition, Runnable settled) {
    whenSettled = settled;
    place = partition.whenCommitted(endOffset, this);
  }

  @Override
  public void settled(ErrorCode outcome) {
    settledError = outcome;
    if (whenSettled != null) {
      whenSettled.run();
    }
  }

  /** Stops waiting: what is not committed by now has timed out. */
  void giveUp() {
    if (place != null) {
      place.cancel();
    }
  }

  PartitionProduceResponse response() {
    ErrorCode last = error;
    if (place != null) {
      ErrorCode outcome = settledError;
      last = outcome == null ? ErrorCode.REQUEST_TIMED_OUT : outcome;
    }
    if (last == ErrorCode.NONE && baseOffset == NONE) {
      last = ErrorCode.DUPLICATE_SEQUENCE_NUMBER; // clients take it for success without an offset
    }
    boolean good = last == ErrorCode.NONE;
    return PartitionProduceResponse.builder()
        .index(index)
        .errorCode(last)
        .errorMessage(message)
        .recordErrors(recordErrors.isEmpty() ? List.of() : recordErrors())
        .baseOffset(good ? baseOffset : NONE)
        .logAppendTimeMs(good ? logAppendTimeMs : NONE)
        .logStartOffset(good ? logStartOffset : NONE)
        .build();
  }

  private List<BatchIndexAndErrorMessage> recordErrors() {
    return recordErrors.stream()
        .map(one -> new BatchIndexAndErrorMessage(one.index(), one.message()))
        .toList();
  }
}
