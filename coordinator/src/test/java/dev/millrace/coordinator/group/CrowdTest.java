package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.syncing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Very many members of the classic protocol at once: one generation takes them all. */
class CrowdTest {
  private static final int MEMBERS = 10_000;

  private final GroupWorld world = new GroupWorld();

  private List<JoinGroupResponse> join(int count) {
    List<Later<JoinGroupResponse>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Later<JoinGroupResponse> answer = new Later<>();
      world
          .coordinator()
          .join(joining("", "range").build(), GroupWorld.CLIENT, GroupWorld.OLDEST, answer);
      answers.add(answer);
    }
    world.passMs(2L * GroupSettings.DEFAULTS.membership().initialRebalanceDelayMs() + 100);
    return answers.stream().map(Later::get).toList();
  }

  /** All ask for their assignments, the leader, who is the first, with everybody's. */
  private List<ErrorCode> sync(List<JoinGroupResponse> joined) {
    List<Later<SyncGroupResponse>> answers = new ArrayList<>();
    for (JoinGroupResponse one : joined) {
      Later<SyncGroupResponse> answer = new Later<>();
      world.coordinator().sync(syncing(one.memberId(), 1, one.leader(), "all").build(), answer);
      answers.add(answer);
    }
    world.passMs(100);
    return answers.stream().map(answer -> error(answer.get().errorCode())).toList();
  }

  @Test
  void tenThousandMembersJoinAtOnce() {
    List<JoinGroupResponse> joined = join(MEMBERS);
    assertThat(joined)
        .allMatch(one -> error(one.errorCode()) == ErrorCode.NONE && one.generationId() == 1);
    JoinGroupResponse leader =
        joined.stream()
            .filter(one -> one.leader().equals(one.memberId()))
            .findFirst()
            .orElseThrow();
    assertThat(leader.members()).hasSize(MEMBERS);
    assertThat(sync(joined)).containsOnly(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("Stable");

    // and none of them is heard of again
    world.passMs(GroupWorld.SESSION_MS + GroupWorld.REBALANCE_MS);
    assertThat(world.state()).isEqualTo("Empty");
  }

  /** A group that is too large for a record is told so, and does not hang. */
  @Test
  void aGroupThatNoRecordHoldsIsRefused() {
    world.log().batchBytesMax(10_000);
    List<JoinGroupResponse> joined = join(200);
    assertThat(sync(joined)).doesNotContain(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("PreparingRebalance");
    world.passMs(GroupWorld.SESSION_MS + GroupWorld.REBALANCE_MS);
    assertThat(world.state()).isEqualTo("Empty");
  }
}
