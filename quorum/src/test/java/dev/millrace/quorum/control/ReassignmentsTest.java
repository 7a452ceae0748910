package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.AlterPartition.Member;
import dev.millrace.quorum.control.AlterPartition.Proposal;
import dev.millrace.quorum.control.AlterReassignments.Move;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.PartitionImage.Reassignment;
import dev.millrace.wire.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Partitions on the move, and replicas that change their log directory. */
class ReassignmentsTest {
  private final Bench bench = Bench.cluster(5);
  private final Uuid topic = bench.createOn("t", 1, 2);

  private PartitionImage partition() {
    return bench.partition("t", 0);
  }

  private Outcome<PartitionImage> move(@Nullable List<Integer> replicas) {
    return move(replicas, true);
  }

  private Outcome<PartitionImage> move(@Nullable List<Integer> replicas, boolean anyFactor) {
    return value(bench.ask(new AlterReassignments(List.of(new Move("t", 0, replicas)), anyFactor)))
        .getFirst();
  }

  private Outcome<PartitionImage> propose(Integer... isr) {
    PartitionImage now = partition();
    List<Member> members = Arrays.stream(isr).map(id -> new Member(id, -1)).toList();
    Proposal proposal =
        new Proposal(topic, 0, now.leaderEpoch(), now.partitionEpoch(), members, (byte) 0);
    int leader = now.leader();
    return value(
            bench.ask(new AlterPartition(leader, bench.broker(leader).epoch(), List.of(proposal))))
        .getFirst();
  }

  @Test
  void aMoveIsCompleteWhenEverybodyHasCaughtUp() {
    PartitionImage begun = value(move(List.of(3, 4)));
    assertThat(begun.replicas()).containsExactly(3, 4, 1, 2);
    assertThat(begun.reassignment()).isEqualTo(new Reassignment(List.of(3, 4), List.of(1, 2)));
    assertThat(begun.leader()).isEqualTo(1);
    assertThat(begun.leaderEpoch()).isZero();
    assertThat(Reassignments.ongoing(bench.image(), (_, _) -> true)).hasSize(1);
    assertThat(value(propose(1, 2, 3)).isMoving()).isTrue();
    assertRefused(propose(1, 2, 3, 4), ErrorCode.NEW_LEADER_ELECTED, "leader=3");
    assertThat(partition().replicas()).containsExactly(3, 4);
    assertThat(partition().isr()).containsExactly(3, 4);
    assertThat(partition().isMoving()).isFalse();
    assertThat(partition().leaderEpoch()).isEqualTo(1);
    assertThat(partition().directories()).containsExactly(new Uuid(1, 1003), new Uuid(1, 1004));
    assertThat(Reassignments.ongoing(bench.image(), (_, _) -> true)).isEmpty();
  }

  @Test
  void aLeaderThatStaysBeginsAnotherEpochWhenSomebodyDropsOut() {
    value(move(List.of(1, 3)));
    PartitionImage done = value(propose(1, 2, 3));
    assertThat(done.replicas()).containsExactly(1, 3);
    assertThat(done.leader()).isEqualTo(1);
    assertThat(done.leaderEpoch()).isEqualTo(1);
  }

  @Test
  void fewerReplicasNeedNoCatchingUp() {
    assertRefused(move(List.of(2), false), ErrorCode.INVALID_REPLICATION_FACTOR, "from 2 to 1");
    PartitionImage done = value(move(List.of(2)));
    assertThat(done.replicas()).containsExactly(2);
    assertThat(done.leader()).isEqualTo(2);
    assertThat(done.isMoving()).isFalse();
    assertThat(value(move(List.of(2))).partitionEpoch()).isEqualTo(done.partitionEpoch());
  }

  @Test
  void aMoveIsTakenBack() {
    assertRefused(move(null), ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "does not move");
    value(move(List.of(3, 4)));
    value(propose(1, 2, 3));
    PartitionImage back = value(move(null));
    assertThat(back.replicas()).containsExactly(1, 2);
    assertThat(back.isr()).containsExactly(1, 2);
    assertThat(back.isMoving()).isFalse();
  }

  @Test
  void aMoveIsNotTakenBackAtThePriceOfRecords() {
    value(move(List.of(3, 4)));
    value(propose(1, 3));
    value(propose(1, 2, 3));
    bench.beat(2, Wants.FENCE);
    bench.beat(1, Wants.FENCE);
    assertThat(partition().leader()).isEqualTo(3);
    assertRefused(move(null), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "would be lost");
    bench.beat(4);
    assertThat(value(propose(3, 4)).replicas()).containsExactly(3, 4);
  }

  @Test
  void anotherMoveReplacesTheFirst() {
    value(move(List.of(3, 4)));
    value(propose(1, 2, 3));
    PartitionImage other = value(move(List.of(4, 5)));
    assertThat(other.replicas()).as("3 is not wanted").containsExactly(4, 5, 1, 2);
    assertThat(other.reassignment()).isEqualTo(new Reassignment(List.of(4, 5), List.of(1, 2)));
    assertThat(other.isr()).containsExactly(1, 2);
    assertThat(value(move(List.of(2, 1))).isMoving()).isFalse();
    assertThat(partition().replicas()).containsExactly(2, 1);
  }

  @Test
  void anAssignmentIsChecked() {
    ErrorCode wrong = ErrorCode.INVALID_REPLICA_ASSIGNMENT;
    assertRefused(move(List.of()), wrong, "an empty replica list");
    assertRefused(move(List.of(3, 3)), wrong, "broker 3 more than once");
    assertRefused(move(List.of(3, 9)), wrong, "broker 9, but no such broker");
    BrokerHeartbeat cordoned =
        new BrokerHeartbeat(
            3,
            bench.broker(3).epoch(),
            bench.image().offset(),
            Wants.WORK,
            List.of(),
            bench.broker(3).directories());
    value(bench.ask(cordoned));
    assertRefused(move(List.of(3, 4)), wrong, "cordoned");
    Outcome<PartitionImage> unknown =
        value(bench.ask(new AlterReassignments(List.of(new Move("x", 0, null)), true))).getFirst();
    assertRefused(unknown, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no such partition");
  }

  @Test
  void aCopyThatWasBegunAnewHasNothing() {
    Uuid fresh = new Uuid(7, 7);
    long epoch =
        value(
            bench.ask(
                new RegisterBroker(
                    1,
                    new Uuid(5, 5),
                    List.of(),
                    null,
                    List.of(fresh),
                    new RegisterBroker.Predecessor(true, -1))));
    bench.beat(1);
    assertThat(partition().leader()).isEqualTo(2);
    assertRefused(propose(2, 1), ErrorCode.INELIGIBLE_REPLICA, "lost the log directory");
    bench.beat(2, Wants.FENCE);
    assertThat(partition().eligible()).containsExactly(2);
    value(value(bench.ask(AssignDirectories.one(1, epoch, fresh, topic, 0))).getFirst());
    assertThat(partition().directories().getFirst()).isEqualTo(fresh);
    assertThat(partition().hasLeader()).isFalse();
    bench.beat(2);
    assertThat(value(propose(2, 1)).isr()).containsExactly(2, 1);
  }

  @Test
  void theOnlyCopyThatWasBegunAnewIsNotServedUnasked() {
    Uuid one = bench.createOn("u", 1);
    Uuid fresh = new Uuid(7, 7);
    long epoch =
        value(
            bench.ask(
                new RegisterBroker(
                    1,
                    new Uuid(5, 5),
                    List.of(),
                    null,
                    List.of(fresh),
                    new RegisterBroker.Predecessor(true, -1))));
    bench.beat(1);
    value(value(bench.ask(AssignDirectories.one(1, epoch, fresh, one, 0))).getFirst());
    assertThat(bench.partition("u", 0).hasLeader()).isFalse();
    assertThat(bench.partition("u", 0).eligible()).isEmpty();
    ElectLeaders.Partition u = new ElectLeaders.Partition("u", 0);
    value(bench.ask(new ElectLeaders(ElectLeaders.Type.UNCLEAN, List.of(u))));
    assertThat(bench.partition("u", 0).leader()).isEqualTo(1);
  }

  @Test
  void aMoveDoesNotEndWithWhoIsGone() {
    Bench old = Bench.cluster(3, Map.of("feature:eligible.leader.replicas.version", "0"));
    old.createOn("u", 3);
    List<ElectLeaders.Partition> u = List.of(new ElectLeaders.Partition("u", 0));
    old.beat(3, Wants.FENCE);
    value(old.ask(new AlterReassignments(List.of(new Move("u", 0, List.of(1, 3))), true)));
    value(old.ask(new ElectLeaders(ElectLeaders.Type.UNCLEAN, u)));
    assertThat(old.partition("u", 0).isr()).containsExactly(1);
    old.beat(1, Wants.FENCE);
    old.beat(3);
    assertThat(old.partition("u", 0).hasLeader()).isFalse();
    value(old.ask(new ElectLeaders(ElectLeaders.Type.UNCLEAN, u)));
    assertThat(old.partition("u", 0).isr()).containsExactly(3);
    assertThat(old.partition("u", 0).isMoving()).isTrue();
  }
}
