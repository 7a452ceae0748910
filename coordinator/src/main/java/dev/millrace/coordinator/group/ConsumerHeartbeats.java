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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ConsumerGroupHeartbeat: members of the consumer protocol come, stay and go (KIP-848). Heartbeats
 * that wait behind a write of their group are decided together.
 */
final class ConsumerHeartbeats implements Command<GroupMachine> {
  /** Most heartbeats that are decided together. */
  static final int TOGETHER_MAX = 500;

  private final String groupId;
  private final List<Waiting> waiting = new ArrayList<>();

  private record Waiting(Beat beat, Answer<ConsumerGroupHeartbeatResponse> answer) {}

  ConsumerHeartbeats(Beat beat, Answer<ConsumerGroupHeartbeatResponse> answer) {
    this.groupId = beat.request().groupId();
    waiting.add(new Waiting(beat, answer));
  }

  @Override
  public boolean absorb(Command<GroupMachine> later) {
    if (!(later instanceof ConsumerHeartbeats others)
        || waiting.size() + others.waiting.size() > TOGETHER_MAX) {
      return false;
    }
    waiting.addAll(others.waiting);
    return true;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    Draft draft = draft(machine);
    if (draft == null) {
      return Decision.NOTHING;
    }
    HeartbeatRound round = machine.consumers().round(draft);
    waiting.forEach(each -> round.take(each.beat()));
    List<HeartbeatRound.Reply> replies = round.finish();
    if (draft.records().isEmpty() || replies.stream().noneMatch(HeartbeatRound.Reply::isWell)) {
      reply(machine, replies);
      return Decision.NOTHING;
    }
    machine.consumers().migrations().downgradeIfDue(draft);
    return Decision.write(
        draft.records(),
        new Decision.Outcome() {
          @Override
          public void answer(ErrorCode error) {
            refuse(error);
          }

          @Override
          public void committed() {
            reply(machine, replies);
          }
        });
  }

  @Override
  public void refuse(ErrorCode error) {
    ConsumerGroupHeartbeatResponse response =
        ConsumerGroupHeartbeatResponse.builder().errorCode(error).build();
    waiting.forEach(each -> each.answer().give(response));
  }

  private void reply(GroupMachine machine, List<HeartbeatRound.Reply> replies) {
    ConsumerGroup group = machine.consumers().find(groupId);
    for (int i = 0; i < replies.size(); i++) {
      HeartbeatRound.Reply reply = replies.get(i);
      ConsumerMember member = group == null ? null : group.member(reply.memberId());
      if (reply.isWell() && member != null && !member.isAway()) {
        machine.consumers().heardOf(groupId, member);
      }
      waiting.get(i).answer().give(reply.response());
    }
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
      refuseAll(
          new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, "group is a share group, group=" + groupId));
      return null;
    }
    if (machine.streams().find(groupId) != null) {
      refuseAll(
          new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, "group is a streams group, group=" + groupId));
      return null;
    }
    refuseUntilJoin();
    if (waiting.isEmpty()) {
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
        new Refusal(
            ErrorCode.GROUP_ID_NOT_FOUND,
            obstacle == null
                ? "members of the classic group say what can't be read, group=" + groupId
                : obstacle));
    return null;
  }

  /** Only who joins makes a group. */
  private void refuseUntilJoin() {
    while (!waiting.isEmpty() && waiting.getFirst().beat().request().memberEpoch() != 0) {
      waiting
          .removeFirst()
          .answer()
          .give(
              HeartbeatRound.refused(
                  new Refusal(
                      ErrorCode.GROUP_ID_NOT_FOUND, "there is no such group, group=" + groupId)));
    }
  }

  private void refuseAll(Refusal refusal) {
    waiting.forEach(each -> each.answer().give(HeartbeatRound.refused(refusal)));
  }
}
