package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.NEWEST;
import static dev.millrace.coordinator.group.GroupWorld.OLDEST;
import static dev.millrace.coordinator.group.GroupWorld.SESSION_MS;
import static dev.millrace.coordinator.group.GroupWorld.committing;
import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.protocol;
import static dev.millrace.coordinator.group.GroupWorld.subscription;
import static dev.millrace.coordinator.group.GroupWorld.syncing;
import static dev.millrace.coordinator.group.GroupWorld.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members that keep their place over a restart (KIP-345). */
class StaticMemberTest {
  private final GroupWorld world = new GroupWorld();
  private String leader = "";
  private String follower = "";

  private static JoinGroupRequest.Builder named(String name, String memberId) {
    return joining(memberId, "range").groupInstanceId(name);
  }

  @BeforeEach
  void twoNamedMembersAreStable() {
    Later<JoinGroupResponse> first = world.join(named("one", ""), NEWEST);
    Later<JoinGroupResponse> second = world.join(named("two", ""), NEWEST);
    world.passMs(6_100);
    leader = first.get().memberId();
    follower = second.get().memberId();
    world.sync(leader, 1, leader, "1", follower, "2");
    world.sync(follower, 1);
  }

  @Test
  void aNamedMemberGetsItsIdAtOnce() {
    assertThat(leader).startsWith("one-");
    assertThat(follower).startsWith("two-");
    assertThat(world.describe().members())
        .extracting(member -> member.groupInstanceId())
        .containsExactly("one", "two");
  }

  @Test
  void aFollowerThatRestartsKeepsItsAssignmentWithoutARebalance() {
    Later<JoinGroupResponse> again = world.join(named("two", ""), NEWEST);
    String successor = again.get().memberId();
    assertThat(successor).startsWith("two-").isNotEqualTo(follower);
    assertThat(again.get().generationId()).isEqualTo(1);
    assertThat(again.get().leader()).isEqualTo(leader);
    assertThat(again.get().skipAssignment()).isFalse();
    assertThat(world.sync(successor, 1).get().assignment()).isEqualTo(Bytes.utf8("2"));
    assertThat(world.heartbeat(leader, 1)).isEqualTo(ErrorCode.NONE);
    assertThat(world.heartbeat(successor, 1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aLeaderThatRestartsIsToldToKeepTheAssignment() {
    Later<JoinGroupResponse> again = world.join(named("one", ""), NEWEST);
    assertThat(again.get().skipAssignment()).isTrue();
    assertThat(again.get().leader()).isEqualTo(again.get().memberId());
    assertThat(again.get().members()).hasSize(2);
    assertThat(world.sync(again.get().memberId(), 1).get().assignment()).isEqualTo(Bytes.utf8("1"));
  }

  @Test
  void anOldLeaderThatRestartsIsToldThatSomebodyElseLeads() {
    Later<JoinGroupResponse> again = world.join(named("one", ""), OLDEST);
    assertThat(again.get().leader()).isEqualTo(leader);
    assertThat(again.get().members()).isEmpty();
    assertThat(again.get().skipAssignment()).isFalse();
  }

  @Test
  void thePredecessorIsFenced() {
    String successor = world.join(named("two", ""), NEWEST).get().memberId();
    assertThat(world.heartbeat(follower, 1, "two")).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(world.heartbeat(follower, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    Later<SyncGroupResponse> sync = world.sync(syncing(follower, 1).groupInstanceId("two"));
    assertThat(error(sync.get().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(
            GroupWorld.error(
                world.send(committing(follower, 1, "topic", 0, 1).groupInstanceId("two")).get()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    Later<JoinGroupResponse> join = world.join(named("two", follower), NEWEST);
    assertThat(error(join.get().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(error(world.leave(who(follower, "two")).members().getFirst().errorCode()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(world.heartbeat(successor, 1, "two")).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void theSuccessionIsWrittenBeforeItCounts() {
    world.log().hold();
    Later<JoinGroupResponse> again = world.join(named("two", ""), NEWEST);
    assertThat(again.isThere()).isFalse();
    world.log().release();
    world.settle();
    String successor = again.get().memberId();
    world.failOver();
    assertThat(world.heartbeat(successor, 1, "two")).isEqualTo(ErrorCode.NONE);
    assertThat(world.heartbeat(follower, 1, "two")).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(world.sync(successor, 1).get().assignment()).isEqualTo(Bytes.utf8("2"));
  }

  @Test
  void aSuccessionThatCantBeWrittenDidNotHappen() {
    world.log().refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
    Later<JoinGroupResponse> again = world.join(named("two", ""), NEWEST);
    assertThat(error(again.get().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThat(world.heartbeat(follower, 1, "two")).isEqualTo(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("Stable");
  }

  @Test
  void everythingThatASuccessorSaysIsTakenOver() {
    Later<JoinGroupResponse> answer = new Later<>();
    world
        .coordinator()
        .join(
            named("two", "").sessionTimeoutMs(20_000).build(),
            new GroupClient("renamed", "/10.0.0.1"),
            NEWEST,
            answer);
    world.settle();
    assertThat(world.describe().members().get(1))
        .satisfies(member -> {
          assertThat(member.memberId()).isEqualTo(answer.get().memberId());
          assertThat(member.clientId()).isEqualTo("renamed");
          assertThat(member.clientHost()).isEqualTo("/10.0.0.1");
        });
    world.heartbeat(leader, 1);
    world.passMs(SESSION_MS - 500);
    world.heartbeat(leader, 1);
    world.passMs(SESSION_MS - 500);
    assertThat(world.heartbeat(answer.get().memberId(), 1)).isEqualTo(ErrorCode.NONE);
    world.failOver();
    assertThat(world.describe().members())
        .anySatisfy(member -> assertThat(member.clientHost()).isEqualTo("/10.0.0.1"));
  }

  @Test
  void aSuccessorWithOtherTopicsStartsARebalance() {
    Later<JoinGroupResponse> again =
        world.join(
            named("two", "").protocols(List.of(protocol("range", subscription("other")))), NEWEST);
    assertThat(again.isThere()).isFalse();
    assertThat(world.state()).isEqualTo("PreparingRebalance");
    Later<JoinGroupResponse> first = world.join(named("one", leader), NEWEST);
    assertThat(first.get().generationId()).isEqualTo(2);
    assertThat(again.get().generationId()).isEqualTo(2);
  }

  @Test
  void aSuccessorInAnUnfinishedGenerationStartsAnother() {
    world.join(named("one", leader), NEWEST);
    world.join(named("two", follower), NEWEST);
    assertThat(world.state()).isEqualTo("CompletingRebalance");
    Later<SyncGroupResponse> waiting = world.sync(follower, 2);
    Later<JoinGroupResponse> again = world.join(named("two", ""), NEWEST);
    assertThat(error(waiting.get().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(world.state()).isEqualTo("PreparingRebalance");
    world.join(named("one", leader), NEWEST);
    assertThat(again.get().generationId()).isEqualTo(3);
  }

  @Test
  void aSuccessorWhileOthersJoinTakesThePlaceInTheQueue() {
    world.join(named("one", leader), NEWEST);
    assertThat(world.state()).isEqualTo("PreparingRebalance");
    Later<JoinGroupResponse> again = world.join(named("two", ""), NEWEST);
    assertThat(again.get().generationId()).isEqualTo(2);
  }

  @Test
  void namedMembersStayWhenTheyAreLate() {
    world.join(joining("", "range"));
    Later<JoinGroupResponse> one = world.join(named("one", leader), NEWEST);
    for (int passed = 0; passed < GroupWorld.REBALANCE_MS; passed += 5_000) {
      world.heartbeat(follower, 1);
      world.passMs(5_000);
    }
    world.passMs(100);
    assertThat(one.get().members()).hasSize(3);
    assertThat(one.get().generationId()).isEqualTo(2);
  }

  @Test
  void anAdministratorTakesANamedMemberOut() {
    assertThat(error(world.leave(who("", "two")).members().getFirst().errorCode()))
        .isEqualTo(ErrorCode.NONE);
    assertThat(world.heartbeat(follower, 1, "two")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.heartbeat(leader, 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void aNameThatNobodyHoldsIsNoMember() {
    Later<JoinGroupResponse> join = world.join(named("three", "id"), NEWEST);
    assertThat(error(join.get().errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }
}
