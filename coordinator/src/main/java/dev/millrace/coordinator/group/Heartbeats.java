package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;

/** Heartbeat: a member is alive and hears whether it has to join again. */
final class Heartbeats implements Command<GroupMachine> {
  private final HeartbeatRequest request;
  private final Answer<HeartbeatResponse> answer;

  Heartbeats(HeartbeatRequest request, Answer<HeartbeatResponse> answer) {
    this.request = request;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    reply(beat(machine));
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
