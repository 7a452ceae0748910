package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import org.jspecify.annotations.Nullable;

/** Heartbeat: a member is alive and hears whether it has to join again. */
final class Heartbeats implements Command<GroupMachine> {
  private final HeartbeatRequest request;
  private final Answer<HeartbeatResponse> answer;
  private final @Nullable Runnable waits;

  Heartbeats(HeartbeatRequest request, Answer<HeartbeatResponse> answer) {
    this(request, answer, null);
  }

  /**
   * @param waits told when the answer waits for news; null when it must not
   */
  Heartbeats(HeartbeatRequest request, Answer<HeartbeatResponse> answer, @Nullable Runnable waits) {
    this.request = request;
    this.answer = answer;
    this.waits = waits;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ErrorCode error = beat(machine);
    ClassicGroup group = machine.find(request.groupId());
    Member member = group == null ? null : group.member(request.memberId());
    if (error == ErrorCode.NONE
        && waits != null
        && group != null
        && member != null
        && group.in(GroupState.STABLE)) {
      member.awaitNews(answer);
      waits.run();
    } else {
      reply(error);
    }
    return Decision.NOTHING;
  }

  /** A coordinator that still loads does not know who is alive, and lets members go on. */
  @Override
  public void refuse(ErrorCode error) {
    reply(error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : error);
  }

  private ErrorCode beat(GroupMachine machine) {
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    if (consumers != null) {
      return machine.classicMembers().heartbeat(consumers, request);
    }
    ClassicGroup group = machine.find(request.groupId());
    Member member = group == null ? null : group.member(request.memberId());
    if (group == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    ErrorCode error = group.check(request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE || member == null) {
      return error;
    }
    if (request.generationId() != group.generation()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    machine.sessions().restart(group, member);
    return group.in(GroupState.PREPARING_REBALANCE)
        ? ErrorCode.REBALANCE_IN_PROGRESS
        : ErrorCode.NONE;
  }

  private void reply(ErrorCode error) {
    answer.give(HeartbeatResponse.builder().errorCode(error).build());
  }
}
