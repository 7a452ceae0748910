package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SyncGroup: members fetch their assignment, and the leader brings it. */
final class Syncs implements Command<GroupMachine> {
  private final SyncGroupRequest request;
  private final Answer<SyncGroupResponse> answer;

  Syncs(SyncGroupRequest request, Answer<SyncGroupResponse> answer) {
    this.request = request;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    if (consumers != null) {
      return machine.classicMembers().sync(consumers, request, answer);
    }
    ClassicGroup group = machine.find(request.groupId());
    Member member = group == null ? null : group.member(request.memberId());
    if (group == null || group.in(GroupState.EMPTY)) {
      return reply(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    ErrorCode error = check(group);
    if (error != ErrorCode.NONE || member == null) {
      return reply(error);
    }
    return switch (group.state()) {
      case PREPARING_REBALANCE -> reply(ErrorCode.REBALANCE_IN_PROGRESS);
      case COMPLETING_REBALANCE -> await(machine.rebalances(), group, member);
      case STABLE -> {
        group.unsynced().remove(member.id());
        answer.give(Rebalances.synced(group, member));
        yield Decision.NOTHING;
      }
      case EMPTY, DEAD -> reply(ErrorCode.UNKNOWN_MEMBER_ID);
    };
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(Rebalances.failedSync(error));
  }

  private ErrorCode check(ClassicGroup group) {
    ErrorCode error = group.check(request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE) {
      return error;
    }
    if (request.generationId() != group.generation()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    return contradicts(request.protocolType(), group.protocolType())
            || contradicts(request.protocolName(), group.protocol())
        ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL
        : ErrorCode.NONE;
  }

  private static boolean contradicts(@Nullable String said, @Nullable String known) {
    return said != null && known != null && !said.equals(known);
  }

  private Decision await(Rebalances rebalances, ClassicGroup group, Member member) {
    rebalances.awaitSync(group, member, answer);
    if (!group.isLeader(member.id())) {
      return Decision.NOTHING;
    }
    Map<String, Bytes> assignments = new HashMap<>();
    request.assignments().forEach(each -> assignments.put(each.memberId(), each.assignment()));
    return Decision.write(
        List.of(
            GroupRecords.group(group, each -> assignments.getOrDefault(each.id(), Bytes.EMPTY))),
        new Assigning(rebalances, group));
  }

  private Decision reply(ErrorCode error) {
    refuse(error);
    return Decision.NOTHING;
  }

  /** What becomes of an assignment that is being written. Applying the record assigns it. */
  private record Assigning(Rebalances rebalances, ClassicGroup group) implements Decision.Outcome {
    @Override
    public void answer(ErrorCode error) {
      rebalances.failSyncs(group, error);
    }

    @Override
    public void committed() {
      rebalances.answerSyncs(group);
    }

    @Override
    public void refused(ErrorCode error) {
      rebalances.failSyncs(group, error);
      // nobody has joined yet, so the next generation can't begin here and nothing is to be written
      rebalances.prepare(group);
    }
  }
}
