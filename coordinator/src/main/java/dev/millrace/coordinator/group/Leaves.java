package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * LeaveGroup: members go, or are taken out by name. All members stand in the list, whatever the
 * version.
 */
final class Leaves implements Command<GroupMachine> {
  private final LeaveGroupRequest request;
  private final Answer<LeaveGroupResponse> answer;

  Leaves(LeaveGroupRequest request, Answer<LeaveGroupResponse> answer) {
    this.request = request;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    if (consumers != null) {
      return machine.classicMembers().leave(consumers, request, answer);
    }
    ClassicGroup group = machine.find(request.groupId());
    List<MemberResponse> members = new ArrayList<>(request.members().size());
    boolean anyLeft = false;
    for (MemberIdentity identity : request.members()) {
      ErrorCode error =
          group == null
              ? ErrorCode.UNKNOWN_MEMBER_ID
              : leave(machine.rebalances(), group, identity);
      anyLeft |= error == ErrorCode.NONE;
      members.add(
          MemberResponse.builder()
              .memberId(identity.memberId())
              .groupInstanceId(identity.groupInstanceId())
              .errorCode(error)
              .build());
    }
    LeaveGroupResponse response = LeaveGroupResponse.builder().members(members).build();
    Decision decision =
        group != null && anyLeft ? machine.rebalances().afterDeparture(group) : Decision.NOTHING;
    if (group != null && anyLeft) {
      machine.dropIfVoid(group);
    }
    if (decision.records().isEmpty()) {
      answer.give(response);
      return decision;
    }
    return Decision.write(
        decision.records(),
        error -> {
          decision.outcome().answer(error);
          if (error == ErrorCode.NONE) {
            answer.give(response);
          } else {
            refuse(error);
          }
        });
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(LeaveGroupResponse.builder().errorCode(error).build());
  }

  /** Without a member id, an administrator takes the holder of a static name out (KIP-345). */
  private static ErrorCode leave(
      Rebalances rebalances, ClassicGroup group, MemberIdentity identity) {
    String memberId = identity.memberId();
    if (memberId.isEmpty()) {
      Member holder = group.instance(identity.groupInstanceId());
      if (holder == null) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
      }
      rebalances.dismiss(group, holder, ErrorCode.UNKNOWN_MEMBER_ID);
      return ErrorCode.NONE;
    }
    if (group.isPending(memberId)) {
      group.remove(memberId);
      return ErrorCode.NONE;
    }
    ErrorCode error = group.check(memberId, identity.groupInstanceId());
    Member member = group.member(memberId);
    if (error == ErrorCode.NONE && member != null) {
      rebalances.dismiss(group, member, ErrorCode.UNKNOWN_MEMBER_ID);
    }
    return error;
  }
}
