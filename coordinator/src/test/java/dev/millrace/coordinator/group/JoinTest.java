package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static dev.millrace.coordinator.group.GroupWorld.NEWEST;
import static dev.millrace.coordinator.group.GroupWorld.SESSION_MS;
import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.protocol;
import static dev.millrace.coordinator.group.GroupWorld.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinTest {
  private static final int DELAY_MS = 3_000;

  private final GroupWorld world = new GroupWorld();

  private static ErrorCode errorOf(Later<JoinGroupResponse> answer) {
    return error(answer.get().errorCode());
  }

  @Test
  void aGroupNeedsAName() {
    assertThat(errorOf(world.join(joining("", "range").groupId(""))))
        .isEqualTo(ErrorCode.INVALID_GROUP_ID);
  }

  @Test
  void theSessionTimeoutHasLimits() {
    assertThat(errorOf(world.join(joining("", "range").sessionTimeoutMs(5_999))))
        .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
    assertThat(errorOf(world.join(joining("", "range").sessionTimeoutMs(1_800_001))))
        .isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
  }

  @Test
  void aMemberCantSayTooMuchAboutItself() {
    Bytes half = Bytes.copyOf(new byte[GroupCoordinator.MEMBER_METADATA_BYTES_MAX / 2 + 1]);
    assertThat(
            errorOf(
                world.join(
                    joining("").protocols(List.of(protocol("a", half), protocol("b", half))))))
        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
  }

  @Test
  void aLongNameMakesNoLongId() {
    Later<JoinGroupResponse> answer = new Later<>();
    world
        .coordinator()
        .join(
            joining("", "range").build(),
            new GroupClient("x".repeat(32_767), "/h"),
            NEWEST,
            answer);
    world.settle();
    assertThat(answer.get().memberId()).hasSizeLessThan(300).startsWith("xxx");
  }

  @Test
  void aMemberOfNoGroupIsUnknown() {
    Later<JoinGroupResponse> answer = world.join(joining("stranger", "range"));
    assertThat(errorOf(answer)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(answer.get().protocolName()).isNull();
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void aJoinWithoutProtocolsLeavesNoGroup() {
    assertThat(errorOf(world.join(joining("")))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(errorOf(world.join(joining("", "range").protocolType(""))))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void aNewMemberGetsItsIdFirst() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"), NEWEST);
    assertThat(errorOf(first)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    String id = first.get().memberId();
    assertThat(id).matches("client-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-.{12}");

    Later<JoinGroupResponse> second = world.join(joining(id, "range"), NEWEST);
    world.passMs(DELAY_MS);
    assertThat(errorOf(second)).isEqualTo(ErrorCode.NONE);
    assertThat(second.get().memberId()).isEqualTo(id);
    assertThat(second.get().leader()).isEqualTo(id);
    assertThat(second.get().generationId()).isEqualTo(1);
    assertThat(second.get().protocolName()).isEqualTo("range");
    assertThat(second.get().protocolType()).isEqualTo("consumer");
    assertThat(second.get().skipAssignment()).isFalse();
    assertThat(second.get().members()).hasSize(1);
  }

  @Test
  void anIdThatNobodyJoinsWithIsForgotten() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"), NEWEST);
    assertThat(world.state()).isEqualTo("Empty");
    world.passMs(SESSION_MS);
    assertThat(world.state()).isEqualTo("Dead");
    assertThat(errorOf(world.join(joining(first.get().memberId(), "range"), NEWEST)))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.log().entries()).isEmpty();
  }

  @Test
  void aRebalanceWaitsForIdsThatWereGivenOut() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> pending = world.join(joining("", "range"), NEWEST);
    Later<JoinGroupResponse> leader = world.join(joining(pair.get(0), "range"));
    Later<JoinGroupResponse> follower = world.join(joining(pair.get(1), "range"));
    assertThat(leader.isThere()).isFalse();

    Later<JoinGroupResponse> third = world.join(joining(pending.get().memberId(), "range"), NEWEST);
    assertThat(leader.get().members()).hasSize(3);
    assertThat(follower.get().generationId()).isEqualTo(2);
    assertThat(third.get().generationId()).isEqualTo(2);
  }

  @Test
  void aRebalanceGoesOnWhenAnIdIsForgotten() {
    List<String> pair = world.stablePair();
    world.join(joining("", "range").sessionTimeoutMs(6_000), NEWEST);
    Later<JoinGroupResponse> leader = world.join(joining(pair.get(0), "range"));
    Later<JoinGroupResponse> follower = world.join(joining(pair.get(1), "range"));
    world.passMs(5_900);
    assertThat(leader.isThere()).isFalse();
    world.passMs(200);
    assertThat(leader.get().members()).hasSize(2);
    assertThat(follower.get().members()).isEmpty();
  }

  @Test
  void oldVersionsJoinAtOnce() {
    Later<JoinGroupResponse> answer = world.join(joining("", "range"));
    assertThat(answer.isThere()).isFalse();
    assertThat(world.state()).isEqualTo("PreparingRebalance");
    world.passMs(DELAY_MS);
    assertThat(errorOf(answer)).isEqualTo(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("CompletingRebalance");
  }

  @Test
  void aNewGroupWaitsLongerForEachNewcomer() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"));
    world.passMs(DELAY_MS - 500);
    Later<JoinGroupResponse> second = world.join(joining("", "range"));
    world.passMs(1_000);
    assertThat(first.isThere()).isFalse();
    world.passMs(DELAY_MS);
    assertThat(first.get().generationId()).isEqualTo(1);
    assertThat(second.get().generationId()).isEqualTo(1);
    assertThat(first.get().members()).hasSize(2);
    assertThat(second.get().members()).isEmpty();
    assertThat(second.get().leader()).isEqualTo(first.get().memberId());
  }

  @Test
  void aNewGroupWaitsNoLongerThanTheRebalanceTimeout() {
    Later<JoinGroupResponse> first = world.join(joining("", "range").rebalanceTimeoutMs(7_000));
    for (int passed = 0; passed < 7_000; passed += 500) {
      assertThat(first.isThere()).isFalse();
      world.join(joining("", "range").rebalanceTimeoutMs(7_000));
      world.passMs(500);
    }
    world.passMs(10);
    assertThat(errorOf(first)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aGroupThatEverybodyLeftWhileItGatheredIsEmpty() {
    Later<JoinGroupResponse> pending = world.join(joining("", "range"), NEWEST);
    Later<JoinGroupResponse> joined = world.join(joining(pending.get().memberId(), "range"));
    assertThat(world.leave(pending.get().memberId())).isEqualTo(ErrorCode.NONE);
    assertThat(errorOf(joined)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    world.passMs(DELAY_MS);
    assertThat(world.state()).isEqualTo("Empty");
  }

  @Test
  void aMemberWithNothingInCommonIsRefused() {
    world.stableMember();
    assertThat(errorOf(world.join(joining("", "sticky"))))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(errorOf(world.join(joining("", "range").protocolType("connect"))))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  @Test
  void theProtocolWithMostVotesIsChosen() {
    Later<JoinGroupResponse> a = world.join(joining("", "range", "sticky"));
    Later<JoinGroupResponse> b = world.join(joining("", "sticky", "range"));
    Later<JoinGroupResponse> c = world.join(joining("", "other", "sticky", "range"));
    world.passMs(3 * DELAY_MS);
    assertThat(List.of(a, b, c))
        .allSatisfy(answer -> assertThat(answer.get().protocolName()).isEqualTo("sticky"));
  }

  @Test
  void aNameThatIsGivenTwiceCountsOnce() {
    Later<JoinGroupResponse> a =
        world.join(
            joining("")
                .protocols(
                    List.of(
                        protocol("range", subscription("one")),
                        protocol("range", subscription("two")))));
    world.passMs(DELAY_MS);
    assertThat(a.get().members().getFirst().metadata()).isEqualTo(subscription("one"));
    Later<JoinGroupResponse> b = world.join(joining("", "range"));
    world.join(joining(a.get().memberId(), "range"));
    assertThat(errorOf(b)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void theLeaderGetsEverybodysMetadata() {
    Later<JoinGroupResponse> a = world.join(joining("", "range"));
    Later<JoinGroupResponse> b =
        world.join(joining("").protocols(List.of(protocol("range", Bytes.utf8("b's")))));
    world.passMs(2 * DELAY_MS);
    assertThat(a.get().members())
        .extracting(JoinGroupResponse.JoinGroupResponseMember::memberId)
        .containsExactly(a.get().memberId(), b.get().memberId());
    assertThat(a.get().members().get(1).metadata()).isEqualTo(Bytes.utf8("b's"));
  }

  @Test
  void aFollowerThatJoinsAgainUnchangedGetsTheCurrentGeneration() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> again = world.join(joining(pair.get(1), "range"));
    assertThat(again.get().generationId()).isEqualTo(1);
    assertThat(again.get().members()).isEmpty();
    assertThat(world.state()).isEqualTo("Stable");
  }

  @Test
  void aFollowerThatChangedStartsARebalance() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> again =
        world.join(joining(pair.get(1)).protocols(List.of(protocol("range", subscription("new")))));
    assertThat(again.isThere()).isFalse();
    assertThat(world.state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void aLeaderThatJoinsAgainStartsARebalance() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> leader = world.join(joining(pair.get(0), "range"));
    assertThat(leader.isThere()).isFalse();
    assertThat(world.heartbeat(pair.get(1), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    Later<JoinGroupResponse> follower = world.join(joining(pair.get(1), "range"));
    assertThat(leader.get().generationId()).isEqualTo(2);
    assertThat(leader.get().leader()).isEqualTo(pair.get(0));
    assertThat(follower.get().generationId()).isEqualTo(2);
  }

  @Test
  void aMemberThatMissedItsAnswerGetsItAgain() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"));
    world.passMs(DELAY_MS);
    String id = first.get().memberId();
    Later<JoinGroupResponse> again = world.join(joining(id, "range"));
    assertThat(again.get().generationId()).isEqualTo(1);
    assertThat(again.get().members()).hasSize(1);

    Later<JoinGroupResponse> changed =
        world.join(joining(id).protocols(List.of(protocol("range", Bytes.utf8("x")))));
    assertThat(changed.get().generationId()).isEqualTo(2);
  }

  @Test
  void aSecondRequestTakesThePlaceOfTheFirst() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> first = world.join(joining(pair.get(0), "range"));
    Later<JoinGroupResponse> second = world.join(joining(pair.get(0), "range"));
    assertThat(errorOf(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(second.isThere()).isFalse();
    world.join(joining(pair.get(1), "range"));
    assertThat(errorOf(second)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void whoDoesNotJoinAgainInTimeIsOut() {
    List<String> pair = world.stablePair();
    Later<JoinGroupResponse> follower =
        world.join(joining(pair.get(1)).protocols(List.of(protocol("range", subscription("new")))));
    for (int passed = 0; passed < GroupWorld.REBALANCE_MS; passed += 5_000) {
      assertThat(follower.isThere()).isFalse();
      assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
      world.passMs(5_000);
    }
    world.passMs(100);
    assertThat(follower.get().leader()).isEqualTo(pair.get(1));
    assertThat(follower.get().members()).hasSize(1);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aNewMemberThatNeverHearsOfItsGenerationIsGivenUp() {
    GroupWorld patient = new GroupWorld();
    List<String> pair = patient.stablePair();
    Later<JoinGroupResponse> lost =
        patient.join(joining("", "range").rebalanceTimeoutMs(1_000_000));
    for (int passed = 0; passed < 300_000; passed += 5_000) {
      patient.heartbeat(pair.get(0), 1);
      patient.heartbeat(pair.get(1), 1);
      assertThat(lost.isThere()).isFalse();
      patient.passMs(5_000);
    }
    patient.passMs(100);
    assertThat(errorOf(lost)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aFullGroupRefusesMore() {
    GroupWorld small = new GroupWorld(1, withSizeMax(2));
    List<String> pair = small.stablePair();
    Later<JoinGroupResponse> third = small.join(joining("", "range"));
    assertThat(errorOf(third)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    assertThat(third.get().memberId()).isEmpty();
    assertThat(small.join(joining(pair.get(1), "range")).get().generationId()).isEqualTo(1);
  }

  @Test
  void theLastOnesOfAGroupThatIsTooLargeAreSentAway() {
    GroupWorld small = new GroupWorld(1, withSizeMax(1));
    Later<JoinGroupResponse> first = small.join(joining("", "range"));
    Later<JoinGroupResponse> second = small.join(joining("", "range"));
    assertThat(errorOf(second)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    small.passMs(DELAY_MS);
    assertThat(first.get().members()).hasSize(1);
  }

  @Test
  void membersShowWhoTheyAre() {
    String id = world.stableMember();
    var group = world.describe();
    assertThat(group.groupId()).isEqualTo(GROUP);
    assertThat(group.protocolType()).isEqualTo("consumer");
    assertThat(group.protocolData()).isEqualTo("range");
    assertThat(group.members())
        .singleElement()
        .satisfies(member -> {
          assertThat(member.memberId()).isEqualTo(id);
          assertThat(member.clientId()).isEqualTo("client");
          assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
          assertThat(member.memberMetadata()).isEqualTo(subscription("topic"));
          assertThat(member.memberAssignment()).isEqualTo(Bytes.utf8("all"));
        });
  }

  static GroupSettings withSizeMax(int sizeMax) {
    return new GroupSettings(
        new GroupSettings.Membership(6_000, 1_800_000, sizeMax, DELAY_MS, 300_000),
        GroupSettings.DEFAULTS.offsets());
  }
}
