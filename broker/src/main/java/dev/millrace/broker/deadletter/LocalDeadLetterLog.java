package dev.millrace.broker.deadletter;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.AppendOutcome;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchCheck;
import dev.millrace.wire.records.BatchVerdict;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The partitions that this node leads. What the topic's settings refuse of a producer, they refuse
 * here.
 */
public record LocalDeadLetterLog(Partitions partitions, Clock clock) implements DeadLetterLog {
  /** The batches are as in this version of Produce. */
  private static final short PRODUCE_VERSION = 9;

  @Override
  public void append(Uuid topicId, int index, ByteBuffer batch, Consumer<ErrorCode> answer) {
    Partition partition = partitions.find(topicId, index);
    if (partition == null) {
      answer.accept(partitions.whyAbsent(topicId, index));
      return;
    }
    ErrorCode refusal = partition.appendRefusal(true);
    if (refusal != ErrorCode.NONE) {
      answer.accept(refusal);
      return;
    }
    switch (BatchCheck.check(batch, partition.batchRules(), PRODUCE_VERSION, clock.wallMs())) {
      case BatchVerdict.Refused refused -> answer.accept(refused.error());
      case BatchVerdict.Accepted accepted -> {
        switch (partition.append(accepted.batch(), AppendOrigin.CLIENT, true)) {
          case AppendOutcome.Refused refused -> answer.accept(refused.error());
          case AppendOutcome.Appended appended ->
              partition.whenCommitted(appended.endOffset(), answer::accept);
        }
      }
    }
  }
}
