package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.SESSION_MS;
import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heartbeats, session expiry and leaving. */
class SessionTest {
  private final GroupWorld world = new GroupWorld();

  @Test
  void heartbeatsOfStrangersAreRefused() {
    assertThat(world.heartbeat("stranger", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    String id = world.stableMember();
    assertThat(world.heartbeat("stranger", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.heartbeat(id, 0)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(world.heartbeat(id, 1, "name")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void heartbeatsAreWelcomeBeforeTheAssignmentIsThere() {
    Later<JoinGroupResponse> joined = world.join(joining("", "range"));
    world.passMs(3_100);
    assertThat(world.state()).isEqualTo("CompletingRebalance");
    assertThat(world.heartbeat(joined.get().memberId(), 1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aMemberLivesAsLongAsItIsHeardOf() {
    String id = world.stableMember();
    for (int i = 0; i < 10; i++) {
      world.passMs(SESSION_MS - 500);
      assertThat(world.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE);
    }
    world.passMs(SESSION_MS - 500);
    assertThat(world.commit(id, 1, "topic", 0, 5)).isEqualTo(ErrorCode.NONE);
    world.passMs(SESSION_MS - 500);
    assertThat(world.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE);
    world.passMs(SESSION_MS + 100);
    assertThat(world.heartbeat(id, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.state()).isEqualTo("Empty");
  }

  @Test
  void aMemberThatIsNotHeardOfStartsARebalance() {
    List<String> pair = world.stablePair();
    world.passMs(SESSION_MS / 2);
    world.heartbeat(pair.get(0), 1);
    world.passMs(SESSION_MS / 2 + 100);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    Later<JoinGroupResponse> alone = world.join(joining(pair.get(0), "range"));
    assertThat(alone.get().generationId()).isEqualTo(2);
    assertThat(alone.get().members()).hasSize(1);
  }

  @Test
  void aMemberWhoseRequestWaitsDoesNotExpire() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> waiting = world.join(joining(pair.get(0), "range"));
    for (int i = 0; i < 5; i++) {
      world.passMs(SESSION_MS - 1_000);
      assertThat(world.heartbeat(pair.get(1), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }
    world.join(joining(pair.get(1), "range"));
    assertThat(waiting.get().members()).hasSize(2);
  }

  @Test
  void theSessionBeginsAnewWithTheAnswer() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> waiting = world.join(joining(pair.get(0), "range"));
    world.passMs(SESSION_MS - 1_000);
    world.join(joining(pair.get(1), "range"));
    assertThat(waiting.isThere()).isTrue();
    world.passMs(SESSION_MS - 1_000);
    assertThat(world.heartbeat(pair.get(0), 2)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void whoLeavesStartsARebalance() {
    List<String> pair = world.stablePair();
    assertThat(world.leave(pair.get(0))).isEqualTo(ErrorCode.NONE);
    assertThat(world.heartbeat(pair.get(1), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.leave(pair.get(0))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aGroupThatTheLastOneLeftIsEmptyAndWrittenSo() {
    String id = world.stableMember();
    assertThat(world.leave(id)).isEqualTo(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("Empty");
    world.failOver();
    assertThat(world.state()).isEqualTo("Empty");
    Later<JoinGroupResponse> next = world.join(joining("", "range"));
    world.passMs(3_100);
    assertThat(next.get().generationId()).isEqualTo(3);
  }

  @Test
  void leavingLetsARebalanceGoOn() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> waiting = world.join(joining(pair.get(0), "range"));
    world.leave(pair.get(1));
    assertThat(waiting.get().members()).hasSize(1);
  }

  @Test
  void eachOfSeveralLeavingMembersHasItsOwnError() {
    List<String> pair = world.stablePair();
    LeaveGroupResponse response =
        world.leave(who(pair.get(0), null), who("stranger", null), who("", null), who("", "name"));
    assertThat(response.errorCode()).isZero();
    assertThat(response.members())
        .extracting(member -> error(member.errorCode()))
        .containsExactly(
            ErrorCode.NONE,
            ErrorCode.UNKNOWN_MEMBER_ID,
            ErrorCode.UNKNOWN_MEMBER_ID,
            ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void nobodyLeavesAGroupThatIsNotThere() {
    assertThat(world.leave("stranger")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aPendingMemberMayLeave() {
    Later<JoinGroupResponse> pending = world.join(joining("", "range"), GroupWorld.NEWEST);
    assertThat(world.leave(pending.get().memberId())).isEqualTo(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void requestsWithoutAGroupAreRefused() {
    Later<HeartbeatResponse> beat = new Later<>();
    Later<LeaveGroupResponse> left = new Later<>();
    world.coordinator().heartbeat(HeartbeatRequest.builder().memberId("m").build(), beat);
    world.coordinator().leave(LeaveGroupRequest.builder().build(), left);
    assertThat(error(beat.get().errorCode())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(error(left.get().errorCode())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
  }
}
