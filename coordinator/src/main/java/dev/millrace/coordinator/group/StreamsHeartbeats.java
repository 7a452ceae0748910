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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * StreamsGroupHeartbeat: members of streams groups come, stay and go (KIP-1071). Heartbeats that
 * wait behind a write of their group are decided together.
 */
final class StreamsHeartbeats implements Command<GroupMachine> {
  /** Most heartbeats that are decided together. */
  private static final int TOGETHER_MAX = 500;

  private final String groupId;
  private final List<StreamsBeat> beats = new ArrayList<>();
  private final List<Answer<StreamsGroupHeartbeatResponse>> answers = new ArrayList<>();

  StreamsHeartbeats(StreamsBeat beat, Answer<StreamsGroupHeartbeatResponse> answer) {
    this.groupId = beat.request().groupId();
    beats.add(beat);
    answers.add(answer);
  }

  @Override
  public boolean absorb(Command<GroupMachine> later) {
    if (!(later instanceof StreamsHeartbeats others)
        || beats.size() + others.beats.size() > TOGETHER_MAX) {
      return false;
    }
    beats.addAll(others.beats);
    answers.addAll(others.answers);
    return true;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    StreamsDraft draft = draft(machine);
    if (draft == null) {
      return Decision.NOTHING;
    }
    StreamsRound round = machine.streams().round(draft);
    beats.forEach(round::take);
    List<StreamsReply> replies = round.finish();
    if (draft.records().isEmpty() || replies.stream().noneMatch(StreamsReply::isWell)) {
      machine.streams().reply(groupId, round, replies, answers);
      return Decision.NOTHING;
    }
    return Decision.write(
        draft.records(),
        new Decision.Outcome() {
          @Override
          public void answer(ErrorCode error) {
            refuse(error);
          }

          @Override
          public void committed() {
            machine.streams().reply(groupId, round, replies, answers);
          }
        });
  }

  @Override
  public void refuse(ErrorCode error) {
    StreamsGroupHeartbeatResponse response =
        StreamsGroupHeartbeatResponse.builder().errorCode(error).build();
    answers.forEach(answer -> answer.give(response));
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
    refuseUntilJoin();
    if (beats.isEmpty()) {
      return null;
    }
    StreamsDraft draft = new StreamsDraft(StreamsGroup.empty(groupId));
    if (classic != null && classic.isStored()) {
      draft.add(GroupRecords.groupGone(groupId));
    }
    return draft;
  }

  /** Only who joins makes a group. */
  private void refuseUntilJoin() {
    while (!beats.isEmpty() && beats.getFirst().request().memberEpoch() != 0) {
      beats.removeFirst();
      answers.removeFirst().give(missing("Streams group " + groupId + " not found."));
    }
  }

  private void refuseAll(String message) {
    answers.forEach(answer -> answer.give(missing(message)));
  }

  private static StreamsGroupHeartbeatResponse missing(String message) {
    return StreamsRound.refused(new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, message));
  }
}
