package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.InTransaction;
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
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TxnOffsetCommit: offsets that count when the producer's transaction commits (KIP-98, KIP-447).
 * Decided twice: first it asks whether the partition is part of the transaction, then it writes.
 * All topics carry their names; the topics' existence was checked before.
 */
final class TxnOffsetCommits implements Command<GroupMachine> {
  private final OffsetCommitRequest request;
  private final NamedOffsets offsets;
  private final InTransaction.Part part;
  private final int partition;
  private final Enlistment enlistment;
  private final Answer<OffsetCommitResponse> answer;
  private OpenEnds.@Nullable Ticket ticket;
  private ErrorCode verdict = ErrorCode.NONE;

  TxnOffsetCommits(
      OffsetCommitRequest request,
      InTransaction.Part part,
      int partition,
      Enlistment enlistment,
      Answer<OffsetCommitResponse> answer) {
    this.request = request;
    offsets = new NamedOffsets(request);
    this.part = part;
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
    ticket = machine.openEnds().begin(part.producerId());
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
    answer.give(offsets.response(Verdicts.all(error)));
  }

  private Decision refused(ErrorCode error) {
    refuse(error);
    return Decision.NOTHING;
  }

  /** Who does not speak of itself as a member may commit, whatever state the group is in. */
  private ErrorCode check(GroupMachine machine) {
    int generation = request.generationIdOrMemberEpoch();
    boolean fromMember =
        generation >= 0 || !request.memberId().isEmpty() || request.groupInstanceId() != null;
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    ClassicGroup group = machine.find(request.groupId());
    if (!fromMember) {
      return ErrorCode.NONE;
    }
    if (consumers != null) {
      return check(consumers);
    }
    StreamsGroup streams = machine.streams().find(request.groupId());
    if (streams != null) {
      return check(streams);
    }
    return group == null
        ? generation < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
        : check(group, generation);
  }

  private ErrorCode check(ClassicGroup group, int generation) {
    if (generation < 0 && group.in(GroupState.EMPTY)) {
      return ErrorCode.NONE;
    }
    ErrorCode error = group.check(request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE) {
      return error;
    }
    return generation == group.generation() ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
  }

  /** This API has no word for a stale epoch of the consumer protocol but that of a generation. */
  private ErrorCode check(ConsumerGroup group) {
    int epoch = request.generationIdOrMemberEpoch();
    ErrorCode error = Membership.mayCommit(group, request.memberId(), epoch);
    ConsumerMember member = group.member(request.memberId());
    if (error == ErrorCode.STALE_MEMBER_EPOCH || member == null) {
      return error == ErrorCode.STALE_MEMBER_EPOCH ? ErrorCode.ILLEGAL_GENERATION : error;
    }
    for (OffsetCommitRequestTopic topic : request.topics()) {
      for (OffsetCommitRequestPartition one : topic.partitions()) {
        if (!Membership.mayCommitFor(group, member, epoch, topic.topicId(), one.partitionIndex())) {
          return ErrorCode.ILLEGAL_GENERATION;
        }
      }
    }
    return error;
  }

  private ErrorCode check(StreamsGroup group) {
    int epoch = request.generationIdOrMemberEpoch();
    ErrorCode error = StreamsMembership.mayCommit(group, request.memberId(), epoch);
    StreamsMember member = group.member(request.memberId());
    if (error == ErrorCode.STALE_MEMBER_EPOCH || member == null) {
      return error == ErrorCode.STALE_MEMBER_EPOCH ? ErrorCode.ILLEGAL_GENERATION : error;
    }
    for (OffsetCommitRequestTopic topic : request.topics()) {
      for (OffsetCommitRequestPartition one : topic.partitions()) {
        if (!StreamsMembership.mayCommitFor(
            group, member, epoch, topic.name(), one.partitionIndex())) {
          return ErrorCode.ILLEGAL_GENERATION;
        }
      }
    }
    return error;
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
    Verdicts verdicts = Verdicts.ofLength(machine.settings().offsets().metadataLengthMax());
    List<KeyValue> records =
        offsets.records(verdicts, machine.clock().wallMs(), CommittedOffset.NO_EXPIRY);
    if (records.isEmpty()) {
      answer.give(offsets.response(verdicts));
      return Decision.NOTHING;
    }
    return Decision.writeIn(
        part,
        records,
        outcome ->
            answer.give(
                offsets.response(outcome == ErrorCode.NONE ? verdicts : Verdicts.all(outcome))));
  }
}
