package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static dev.millrace.coordinator.group.GroupWorld.committing;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.group.GroupCoordinator.Listing;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.ShareGroupDescribeResponse;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GroupListTest {
  private final GroupWorld world = new GroupWorld();

  private Listing list(List<String> states, List<String> types) {
    Later<Listing> answer = new Later<>();
    world.coordinator().list(states, types, answer);
    world.settle();
    return answer.get();
  }

  private int count(List<String> states, List<String> types) {
    return list(states, types).groups().size();
  }

  @Test
  void groupsAreListedWithTheirStateAndType() {
    assertThat(list(List.of(), List.of()).groups()).isEmpty();
    world.stableMember();
    assertThat(list(List.of(), List.of()).groups())
        .singleElement()
        .satisfies(group -> {
          assertThat(group.groupId()).isEqualTo(GROUP);
          assertThat(group.protocolType()).isEqualTo("consumer");
          assertThat(group.groupState()).isEqualTo("Stable");
          assertThat(group.groupType()).isEqualTo("classic");
        });
  }

  /** Else it would be listed for a moment without the type of its protocol. */
  @Test
  void aGroupThatSomebodyIsOnlyAboutToJoinIsNotListed() {
    Later<JoinGroupResponse> first = world.join(joining("", "range"), GroupWorld.NEWEST);
    assertThat(ErrorCode.of(first.get().errorCode())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    assertThat(list(List.of(), List.of()).groups()).isEmpty();
    world.join(joining(first.get().memberId(), "range"), GroupWorld.NEWEST);
    assertThat(list(List.of(), List.of()).groups())
        .singleElement()
        .satisfies(group -> assertThat(group.protocolType()).isEqualTo("consumer"));
  }

  @Test
  void filtersDoNotMindCaseAndUnknownOnesMatchNothing() {
    world.stableMember();
    assertThat(count(List.of("sTABLE"), List.of())).isEqualTo(1);
    assertThat(count(List.of("Empty", "Stable"), List.of("Classic"))).isEqualTo(1);
    assertThat(count(List.of("Empty"), List.of())).isZero();
    assertThat(count(List.of("nonsense"), List.of())).isZero();
    assertThat(count(List.of(), List.of("consumer"))).isZero();
    assertThat(count(List.of(), List.of("nonsense"))).isZero();
  }

  @Test
  void aGroupOfANewKindNeedsAName() {
    Later<List<ConsumerGroupDescribeResponse.DescribedGroup>> consumers = new Later<>();
    Later<List<ShareGroupDescribeResponse.DescribedGroup>> shares = new Later<>();
    world.coordinator().describeConsumers(List.of("", "unknown"), consumers);
    world.coordinator().shares().describe(List.of(""), shares);
    world.settle();
    assertThat(consumers.get().stream().map(group -> ErrorCode.of(group.errorCode())))
        .containsExactly(ErrorCode.INVALID_GROUP_ID, ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(ErrorCode.of(shares.get().getFirst().errorCode()))
        .isEqualTo(ErrorCode.INVALID_GROUP_ID);
  }

  @Test
  void groupsOfAllPartitionsAreListed() {
    SimOwners owners = new SimOwners(3);
    GroupCoordinator coordinator =
        new GroupCoordinator(
            GroupSettings.DEFAULTS,
            owners.clock(),
            List.of(owners.owner("coordinator-0"), owners.owner("coordinator-1")),
            () -> 5,
            owners.random("ids"),
            ConsumerRules.DEFAULTS);
    for (int partition = 0; partition < 5; partition++) {
      coordinator.elected(partition, 1, new MemoryLog(owners.owner("disk"), List.of()));
    }
    owners.runMs(1);
    for (int i = 0; i < 20; i++) {
      Later<OffsetCommitResponse> committed = new Later<>();
      coordinator.commit(
          committing("", -1, "topic", 0, i).groupId("group" + i).build(), true, committed);
      owners.runMs(1);
      assertThat(GroupWorld.error(committed.get())).isEqualTo(ErrorCode.NONE);
    }
    Later<Listing> all = new Later<>();
    coordinator.list(List.of(), List.of(), all);
    owners.runMs(1);
    assertThat(all.get().groups()).hasSize(20);

    coordinator.resigned(coordinator.partitionOf("group0"), 2);
    Later<Listing> fewer = new Later<>();
    coordinator.list(List.of(), List.of(), fewer);
    owners.runMs(1);
    assertThat(fewer.get().error()).isEqualTo(ErrorCode.NONE);
    assertThat(fewer.get().groups()).hasSizeLessThan(20);
  }

  @Test
  void aPartitionThatLoadsHasNoListYet() {
    SimOwners owners = new SimOwners(3);
    GroupCoordinator coordinator =
        new GroupCoordinator(
            GroupSettings.DEFAULTS,
            owners.clock(),
            List.of(owners.owner("coordinator")),
            () -> 1,
            owners.random("ids"),
            ConsumerRules.DEFAULTS);
    SimOwners.Machine silent = owners.machine("silent");
    Turns disk = silent.owner("disk");
    silent.crash();
    coordinator.elected(0, 1, new MemoryLog(disk, List.of()));
    Later<Listing> listing = new Later<>();
    coordinator.list(List.of(), List.of(), listing);
    Later<HeartbeatResponse> beat = new Later<>();
    coordinator.heartbeat(HeartbeatRequest.builder().groupId(GROUP).build(), beat);
    owners.runMs(1);
    assertThat(listing.get().error()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    assertThat(beat.get().errorCode()).isZero();
  }

  @Test
  void groupsHashAsInKafka() {
    GroupCoordinator coordinator =
        new GroupCoordinator(
            GroupSettings.DEFAULTS,
            new SimOwners(1).clock(),
            List.of(new SimOwners(1).owner("c")),
            () -> 50,
            new SplittableRandom(1),
            ConsumerRules.DEFAULTS);
    assertThat(coordinator.partitionOf("group")).isEqualTo(98_629_247 % 50);
    assertThat(coordinator.partitionOf("polygenelubricants")).isZero();
    assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
  }

  @Test
  void anOlderElectionIsIgnored() {
    world.commit("", -1, "topic", 0, 5);
    world.coordinator().elected(0, 0, new MemoryLog(world.owners.owner("other"), List.of()));
    world.coordinator().resigned(0, -1);
    world.settle();
    assertThat(world.offset("topic", 0)).isEqualTo(5);
  }

  @Test
  void groupsOfOtherNodesAreSentThere() {
    world.coordinator().close();
    world.settle();
    assertThat(world.commit("", -1, "topic", 0, 5)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(world.heartbeat("m", 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(world.fetch(false, "topic", 0).errorCode())
        .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    assertThat(world.describe().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
  }
}
