package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Beat;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.consumer.HeartbeatRound;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupHeartbeat: members of the consumer protocol come, stay and go (KIP-848). Heartbeats
 * that wait behind a write of their group are decided together.
 */
final class ConsumerHeartbeats implements Command<GroupMachine> {
  private final String groupId;
  private final WaitingBeats<Beat, ConsumerGroupHeartbeatResponse> waiting;

  ConsumerHeartbeats(Beat beat, Answer<ConsumerGroupHeartbeatResponse> answer) {
    this.groupId = beat.request().groupId();
    this.waiting = new WaitingBeats<>(beat, answer);
  }

  @Override
  public boolean absorb(Command<GroupMachine> later) {
    return later instanceof ConsumerHeartbeats others && waiting.absorb(others.waiting);
  }

  @Override
  public Decision decide(GroupMachine machine) {
    Draft draft = draft(machine);
    if (draft == null) {
      return Decision.NOTHING;
    }
    HeartbeatRound round = machine.consumers().round(draft);
    waiting.beats().forEach(round::take);
    List<HeartbeatRound.Reply> replies = round.finish();
    if (draft.records().isEmpty() || replies.stream().noneMatch(HeartbeatRound.Reply::isWell)) {
      reply(machine, replies);
      return Decision.NOTHING;
    }
    machine.consumers().migrations().downgradeIfDue(draft);
    return Decision.write(
        draft.records(), Decision.Outcome.of(() -> reply(machine, replies), this::refuse));
  }

  @Override
  public void refuse(ErrorCode error) {
    waiting.answerAll(ConsumerGroupHeartbeatResponse.builder().errorCode(error).build());
  }

  private void reply(GroupMachine machine, List<HeartbeatRound.Reply> replies) {
    ConsumerGroup group = machine.consumers().find(groupId);
    for (HeartbeatRound.Reply reply : replies) {
      ConsumerMember member = group == null ? null : group.member(reply.memberId());
      if (reply.isWell() && member != null && !member.isAway()) {
        machine.consumers().heardOf(groupId, member);
      }
    }
    waiting.answerEach(replies.stream().map(HeartbeatRound.Reply::response).toList());
  }

  /**
   * The group as it is, or as it becomes when somebody joins it with this protocol. Null when all
   * are answered: there is no group, or it has another protocol.
   */
  private @Nullable Draft draft(GroupMachine machine) {
    ConsumerGroup group = machine.consumers().find(groupId);
    if (group != null) {
      return new Draft(group);
    }
    if (machine.shares().find(groupId) != null) {
      refuseAll("group is a share group, group=" + groupId);
      return null;
    }
    if (machine.streams().find(groupId) != null) {
      refuseAll("group is a streams group, group=" + groupId);
      return null;
    }
    waiting.dismissUntil(Beat::joins, missing("there is no such group, group=" + groupId));
    if (waiting.isEmpty()) { // only who joins makes a group
      return null;
    }
    ClassicGroup classic = machine.find(groupId);
    if (classic == null || classic.in(GroupState.EMPTY)) {
      Draft draft = new Draft(ConsumerGroup.empty(groupId));
      if (classic != null && classic.isStored()) {
        draft.add(GroupRecords.groupGone(groupId));
      }
      return draft;
    }
    Migrations migrations = machine.consumers().migrations();
    String obstacle = migrations.obstacle(classic);
    Draft upgraded = obstacle == null ? migrations.upgrade(classic) : null;
    if (upgraded != null) {
      return upgraded;
    }
    refuseAll(
        obstacle == null
            ? "members of the classic group say what can't be read, group=" + groupId
            : obstacle);
    return null;
  }

  private void refuseAll(String message) {
    waiting.answerAll(missing(message));
  }

  private static ConsumerGroupHeartbeatResponse missing(String message) {
    return HeartbeatRound.refused(new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, message));
  }
}
