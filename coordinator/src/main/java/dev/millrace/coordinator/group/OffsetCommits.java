package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.Membership;
import dev.millrace.coordinator.group.NamedOffsets.Verdicts;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsMember;
import dev.millrace.coordinator.streams.StreamsMembership;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit: who may commit, and the records of a commit. All topics carry their names; the
 * topics' existence was checked before.
 */
final class OffsetCommits implements Command<GroupMachine> {
  private static final long RETENTION_OF_BROKER = -1;

  private final OffsetCommitRequest request;
  private final NamedOffsets offsets;
  private final boolean groupMustExist;
  private final Answer<OffsetCommitResponse> answer;

  /**
   * @param groupMustExist whether the request's version knows {@link ErrorCode#GROUP_ID_NOT_FOUND}
   */
  OffsetCommits(
      OffsetCommitRequest request, boolean groupMustExist, Answer<OffsetCommitResponse> answer) {
    this.request = request;
    offsets = new NamedOffsets(request);
    this.groupMustExist = groupMustExist;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    if (machine.shares().find(request.groupId()) != null) {
      refuse(ErrorCode.GROUP_ID_NOT_FOUND);
      return Decision.NOTHING;
    }
    ClassicGroup group = machine.find(request.groupId());
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    StreamsGroup streams = machine.streams().find(request.groupId());
    ErrorCode error =
        streams != null
            ? check(streams)
            : consumers != null
                ? check(consumers)
                : group == null ? checkWithoutGroup() : check(group);
    if (error != ErrorCode.NONE) {
      refuse(error);
      return Decision.NOTHING;
    }
    if (group != null) {
      machine.sessions().heardOf(group, request.memberId());
    }
    Verdicts verdicts = streams == null ? verdicts(machine, consumers) : verdicts(machine, streams);
    long nowMs = machine.clock().wallMs();
    List<KeyValue> records = offsets.records(verdicts, nowMs, expiresMs(nowMs));
    if (records.isEmpty()) {
      answer.give(offsets.response(verdicts));
      return Decision.NOTHING;
    }
    return Decision.writeShared(
        records,
        outcome ->
            answer.give(
                offsets.response(outcome == ErrorCode.NONE ? verdicts : Verdicts.all(outcome))));
  }

  private Verdicts verdicts(GroupMachine machine, @Nullable ConsumerGroup consumers) {
    Verdicts lengths = Verdicts.ofLength(machine.settings().offsets().metadataLengthMax());
    ConsumerMember member = consumers == null ? null : consumers.member(request.memberId());
    int epoch = request.generationIdOrMemberEpoch();
    return (topic, partition) ->
        consumers == null
                || member == null
                || Membership.mayCommitFor(
                    consumers, member, epoch, topic.topicId(), partition.partitionIndex())
            ? lengths.of(topic, partition)
            : ErrorCode.STALE_MEMBER_EPOCH;
  }

  private Verdicts verdicts(GroupMachine machine, StreamsGroup streams) {
    Verdicts others = verdicts(machine, (ConsumerGroup) null);
    StreamsMember member = streams.member(request.memberId());
    int epoch = request.generationIdOrMemberEpoch();
    return (topic, partition) ->
        member == null
                || StreamsMembership.mayCommitFor(
                    streams, member, epoch, topic.name(), partition.partitionIndex())
            ? others.of(topic, partition)
            : ErrorCode.STALE_MEMBER_EPOCH;
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(offsets.response(Verdicts.all(error)));
  }

  /** A commit without a generation makes a group that only holds offsets. */
  private ErrorCode checkWithoutGroup() {
    if (request.generationIdOrMemberEpoch() < 0) {
      return ErrorCode.NONE;
    }
    return groupMustExist ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  }

  private ErrorCode check(ConsumerGroup group) {
    ConsumerMember member = group.member(request.memberId());
    boolean tooOld = member != null && !member.isClassic() && !groupMustExist;
    return tooOld
        ? ErrorCode.UNSUPPORTED_VERSION
        : Membership.mayCommit(group, request.memberId(), request.generationIdOrMemberEpoch());
  }

  private ErrorCode check(StreamsGroup group) {
    boolean tooOld = group.member(request.memberId()) != null && !groupMustExist;
    return tooOld
        ? ErrorCode.UNSUPPORTED_VERSION
        : StreamsMembership.mayCommit(
            group, request.memberId(), request.generationIdOrMemberEpoch());
  }

  private ErrorCode check(ClassicGroup group) {
    int generation = request.generationIdOrMemberEpoch();
    if (generation < 0 && group.in(GroupState.EMPTY)) {
      return ErrorCode.NONE;
    }
    boolean fromMember =
        generation >= 0 || !request.memberId().isEmpty() || request.groupInstanceId() != null;
    if (!fromMember) {
      return group.in(GroupState.EMPTY) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }
    ErrorCode error = group.check(request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE) {
      return error;
    }
    if (generation != group.generation()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    return group.in(GroupState.COMPLETING_REBALANCE)
        ? ErrorCode.REBALANCE_IN_PROGRESS
        : ErrorCode.NONE;
  }

  /** Versions 2 to 4 may say how long the offsets are to be kept. */
  private long expiresMs(long nowMs) {
    long retentionMs = request.retentionTimeMs();
    if (retentionMs == RETENTION_OF_BROKER) {
      return CommittedOffset.NO_EXPIRY;
    }
    return retentionMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : Math.max(0, nowMs + retentionMs);
  }
}
