package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.streams.StreamsBeat;
import dev.millrace.coordinator.streams.StreamsDraft;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsReply;
import dev.millrace.coordinator.streams.StreamsRound;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * StreamsGroupHeartbeat: members of streams groups come, stay and go (KIP-1071). Heartbeats that
 * wait behind a write of their group are decided together.
 */
final class StreamsHeartbeats implements Command<GroupMachine> {
  private final String groupId;
  private final WaitingBeats<StreamsBeat, StreamsGroupHeartbeatResponse> waiting;

  StreamsHeartbeats(StreamsBeat beat, Answer<StreamsGroupHeartbeatResponse> answer) {
    this.groupId = beat.request().groupId();
    this.waiting = new WaitingBeats<>(beat, answer);
  }

  @Override
  public boolean absorb(Command<GroupMachine> later) {
    return later instanceof StreamsHeartbeats others && waiting.absorb(others.waiting);
  }

  @Override
  public Decision decide(GroupMachine machine) {
    StreamsDraft draft = draft(machine);
    if (draft == null) {
      return Decision.NOTHING;
    }
    StreamsRound round = machine.streams().round(draft);
    waiting.beats().forEach(round::take);
    List<StreamsReply> replies = round.finish();
    if (draft.records().isEmpty() || replies.stream().noneMatch(StreamsReply::isWell)) {
      reply(machine, round, replies);
      return Decision.NOTHING;
    }
    return Decision.write(
        draft.records(), Decision.Outcome.of(() -> reply(machine, round, replies), this::refuse));
  }

  @Override
  public void refuse(ErrorCode error) {
    waiting.answerAll(StreamsGroupHeartbeatResponse.builder().errorCode(error).build());
  }

  private void reply(GroupMachine machine, StreamsRound round, List<StreamsReply> replies) {
    waiting.answerEach(machine.streams().responses(groupId, round, replies));
  }

  /**
   * The group as it is, or as it becomes when somebody joins it with this protocol. Null when all
   * are answered: there is no group, or it is of another kind.
   */
  private @Nullable StreamsDraft draft(GroupMachine machine) {
    StreamsGroup group = machine.streams().find(groupId);
    if (group != null) {
      return new StreamsDraft(group);
    }
    ClassicGroup classic = machine.find(groupId);
    boolean isOther =
        machine.consumers().find(groupId) != null
            || machine.shares().find(groupId) != null
            || (classic != null && !classic.in(GroupState.EMPTY));
    if (isOther) {
      refuseAll("Group " + groupId + " is not a streams group.");
      return null;
    }
    waiting.dismissUntil(StreamsBeat::joins, missing("Streams group " + groupId + " not found."));
    if (waiting.isEmpty()) { // only who joins makes a group
      return null;
    }
    StreamsDraft draft = new StreamsDraft(StreamsGroup.empty(groupId));
    if (classic != null && classic.isStored()) {
      draft.add(GroupRecords.groupGone(groupId));
    }
    return draft;
  }

  private void refuseAll(String message) {
    waiting.answerAll(missing(message));
  }

  private static StreamsGroupHeartbeatResponse missing(String message) {
    return StreamsRound.refused(new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, message));
  }
}
