package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.REBALANCE_MS;
import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.syncing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncTest {
  private final GroupWorld world = new GroupWorld();
  private String leader = "";
  private String follower = "";

  @BeforeEach
  void twoMembersAreInCompletingRebalance() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"));
    Later<JoinGroupResponse> second = world.join(joining("", "range"));
    world.passMs(6_100);
    leader = first.get().memberId();
    follower = second.get().memberId();
  }

  private static ErrorCode errorOf(Later<SyncGroupResponse> answer) {
    return error(answer.get().errorCode());
  }

  @Test
  void aFollowerWaitsForTheLeader() {
    Later<SyncGroupResponse> waiting = world.sync(follower, 1);
    assertThat(waiting.isThere()).isFalse();
    Later<SyncGroupResponse> leading = world.sync(leader, 1, leader, "one", follower, "two");
    assertThat(leading.get().assignment()).isEqualTo(Bytes.utf8("one"));
    assertThat(waiting.get().assignment()).isEqualTo(Bytes.utf8("two"));
    assertThat(waiting.get().protocolName()).isEqualTo("range");
    assertThat(waiting.get().protocolType()).isEqualTo("consumer");
    assertThat(world.state()).isEqualTo("Stable");
  }

  @Test
  void anAssignmentIsWrittenBeforeAnybodyGetsIt() {
    world.log().hold();
    Later<SyncGroupResponse> leading = world.sync(leader, 1, leader, "one", follower, "two");
    Later<SyncGroupResponse> following = world.sync(follower, 1);
    assertThat(leading.isThere()).isFalse();
    assertThat(following.isThere()).isFalse();
    world.log().release();
    world.settle();
    assertThat(errorOf(leading)).isEqualTo(ErrorCode.NONE);
    assertThat(following.get().assignment()).isEqualTo(Bytes.utf8("two"));
  }

  @Test
  void whoGetsNothingGetsEmptyBytes() {
    world.sync(leader, 1, leader, "one", "stranger", "three");
    assertThat(world.sync(follower, 1).get().assignment()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void aStableGroupGivesTheAssignmentAgain() {
    world.sync(leader, 1, leader, "one", follower, "two");
    assertThat(world.sync(follower, 1).get().assignment()).isEqualTo(Bytes.utf8("two"));
    assertThat(world.sync(follower, 1).get().assignment()).isEqualTo(Bytes.utf8("two"));
  }

  @Test
  void strangersAndOtherGenerationsAreRefused() {
    assertThat(errorOf(world.sync("stranger", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(errorOf(world.sync(follower, 2))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(errorOf(world.sync(syncing(follower, 1).groupId("other"))))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(errorOf(world.sync(syncing(follower, 1).groupId(""))))
        .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(errorOf(world.sync(syncing(follower, 1).groupInstanceId("name"))))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void theProtocolMustBeTheOneThatWasChosen() {
    assertThat(errorOf(world.sync(syncing(follower, 1).protocolType("connect"))))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(errorOf(world.sync(syncing(follower, 1).protocolName("sticky"))))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(
            world
                .sync(syncing(follower, 1).protocolType("consumer").protocolName("range"))
                .isThere())
        .isFalse();
  }

  @Test
  void aRebalanceSendsThoseWhoWaitAway() {
    Later<SyncGroupResponse> waiting = world.sync(follower, 1);
    world.join(joining("", "range"));
    assertThat(errorOf(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(errorOf(world.sync(leader, 1, leader, "one")))
        .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void whoNeverFetchesItsAssignmentIsOut() {
    world.sync(leader, 1, leader, "one", follower, "two");
    for (int passed = 0; passed < REBALANCE_MS; passed += 5_000) {
      assertThat(world.heartbeat(leader, 1)).isEqualTo(ErrorCode.NONE);
      assertThat(world.heartbeat(follower, 1)).isEqualTo(ErrorCode.NONE);
      world.passMs(5_000);
    }
    assertThat(world.heartbeat(leader, 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(world.heartbeat(follower, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aLeaderThatNeverBringsAnAssignmentIsOut() {
    Later<SyncGroupResponse> waiting = world.sync(follower, 1);
    for (int passed = 0; passed < REBALANCE_MS; passed += 5_000) {
      world.heartbeat(leader, 1);
      world.passMs(5_000);
    }
    assertThat(errorOf(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    Later<JoinGroupResponse> again = world.join(joining(follower, "range"));
    assertThat(again.get().leader()).isEqualTo(follower);
    assertThat(again.get().generationId()).isEqualTo(2);
  }

  @Test
  void anAssignmentThatCantBeWrittenStartsARebalance() {
    Later<SyncGroupResponse> waiting = world.sync(follower, 1);
    world.log().refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
    Later<SyncGroupResponse> leading = world.sync(leader, 1, leader, "one", follower, "two");
    assertThat(errorOf(leading)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThat(errorOf(waiting)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThat(world.state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void anAssignmentThatIsLateStillCounts() {
    world.log().hold();
    Later<SyncGroupResponse> leading = world.sync(leader, 1, leader, "one", follower, "two");
    world.passMs(5_100);
    assertThat(errorOf(leading)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    world.log().release();
    world.settle();
    assertThat(world.state()).isEqualTo("Stable");
    assertThat(world.sync(follower, 1).get().assignment()).isEqualTo(Bytes.utf8("two"));
    assertThat(leading.get().assignment()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void aSecondRequestTakesThePlaceOfTheFirst() {
    Later<SyncGroupResponse> first = world.sync(follower, 1);
    Later<SyncGroupResponse> second = world.sync(follower, 1);
    assertThat(errorOf(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    world.sync(leader, 1, follower, "two");
    assertThat(second.get().assignment()).isEqualTo(Bytes.utf8("two"));
  }
}
