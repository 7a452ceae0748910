package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import dev.millrace.wire.message.TxnOffsetCommitResponse;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * TxnOffsetCommit: offsets that count when the producer's transaction commits (KIP-98, KIP-447).
 * Decided twice: first it asks whether the partition is part of the transaction, then it writes.
 * All topics carry their names; the topics' existence was checked before.
 */
final class TxnOffsetCommits implements Command<GroupMachine> {
  private final TxnOffsetCommitRequest request;
  private final int partition;
  private final Enlistment enlistment;
  private final Answer<TxnOffsetCommitResponse> answer;
  private OpenEnds.@Nullable Ticket ticket;
  private ErrorCode verdict = ErrorCode.NONE;

  TxnOffsetCommits(
      TxnOffsetCommitRequest request,
      int partition,
      Enlistment enlistment,
      Answer<TxnOffsetCommitResponse> answer) {
    this.request = request;
    this.partition = partition;
    this.enlistment = enlistment;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    OpenEnds.Ticket held = ticket;
    if (held != null) {
      boolean inTime = machine.openEnds().redeem(held) || enlistment.isOfOwnEpoch();
      ticket = null;
      if (verdict != ErrorCode.NONE) {
        return refused(verdict);
      }
      return inTime ? write(machine) : refused(ErrorCode.INVALID_TXN_STATE);
    }
    ErrorCode error = check(machine);
    if (error != ErrorCode.NONE) {
      return refused(error);
    }
    ticket = machine.openEnds().begin(request.producerId());
    enlistment.enlist(
        partition,
        told -> {
          verdict = told;
          machine.again(request.groupId(), this);
        });
    return Decision.NOTHING;
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(response(_ -> error));
  }

  private Decision refused(ErrorCode error) {
    refuse(error);
    return Decision.NOTHING;
  }

  private ErrorCode check(GroupMachine machine) {
    ClassicGroup group = machine.find(request.groupId());
    int generation = request.generationIdOrMemberEpoch();
    if (group == null) {
      return generation < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }
    boolean fromMember =
        generation >= 0 || !request.memberId().isEmpty() || request.groupInstanceId() != null;
    if (!fromMember || (generation < 0 && group.in(GroupState.EMPTY))) {
      return ErrorCode.NONE;
    }
    ErrorCode error = group.check(request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE) {
      return error;
    }
    return generation == group.generation() ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
  }

  private Decision write(GroupMachine machine) {
    ErrorCode error = check(machine);
    if (error != ErrorCode.NONE) {
      return refused(error);
    }
    ClassicGroup group = machine.find(request.groupId());
    if (group != null) {
      machine.sessions().heardOf(group, request.memberId());
    }
    int lengthMax = machine.settings().offsets().metadataLengthMax();
    List<KeyValue> records = records(machine.clock().wallMs(), lengthMax);
    if (records.isEmpty()) {
      answer.give(response(one -> verdict(one, lengthMax)));
      return Decision.NOTHING;
    }
    return Decision.writeIn(
        new InTransaction.Part(request.producerId(), request.producerEpoch()),
        records,
        outcome ->
            answer.give(
                response(one -> outcome == ErrorCode.NONE ? verdict(one, lengthMax) : outcome)));
  }

  private List<KeyValue> records(long nowMs, int lengthMax) {
    List<KeyValue> records = new ArrayList<>();
    for (TxnOffsetCommitRequestTopic topic : request.topics()) {
      for (TxnOffsetCommitRequestPartition one : topic.partitions()) {
        if (verdict(one, lengthMax) == ErrorCode.NONE) {
          OffsetCommitValue value =
              OffsetCommitValue.builder()
                  .offset(one.committedOffset())
                  .leaderEpoch(one.committedLeaderEpoch())
                  .metadata(metadata(one))
                  .commitTimestamp(nowMs)
                  .expireTimestamp(CommittedOffset.NO_EXPIRY)
                  .topicId(topic.topicId())
                  .build();
          records.add(
              GroupRecords.offset(
                  request.groupId(),
                  topic.name(),
                  one.partitionIndex(),
                  CommittedOffset.unwritten(value)));
        }
      }
    }
    return records;
  }

  private static ErrorCode verdict(TxnOffsetCommitRequestPartition one, int lengthMax) {
    return metadata(one).length() > lengthMax
        ? ErrorCode.OFFSET_METADATA_TOO_LARGE
        : ErrorCode.NONE;
  }

  private static String metadata(TxnOffsetCommitRequestPartition one) {
    String metadata = one.committedMetadata();
    return metadata == null ? "" : metadata;
  }

  private TxnOffsetCommitResponse response(
      Function<TxnOffsetCommitRequestPartition, ErrorCode> errors) {
    List<TxnOffsetCommitResponseTopic> topics = new ArrayList<>(request.topics().size());
    for (TxnOffsetCommitRequestTopic topic : request.topics()) {
      List<TxnOffsetCommitResponsePartition> partitions = new ArrayList<>();
      for (TxnOffsetCommitRequestPartition one : topic.partitions()) {
        partitions.add(
            TxnOffsetCommitResponsePartition.builder()
                .partitionIndex(one.partitionIndex())
                .errorCode(errors.apply(one))
                .build());
      }
      topics.add(
          TxnOffsetCommitResponseTopic.builder()
              .name(topic.name())
              .topicId(topic.topicId())
              .partitions(partitions)
              .build());
    }
    return TxnOffsetCommitResponse.builder().topics(topics).build();
  }
}
