package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.AlterPartition.Member;
import dev.millrace.quorum.control.AlterPartition.Proposal;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leader may say about its in-sync set. */
class AlterPartitionTest {
  private final Bench bench = Bench.cluster(4);
  private Uuid topic = Uuid.ZERO;

  @BeforeEach
  void aTopicOnThreeBrokers() {
    topic = bench.createOn("t", 1, 2, 3);
  }

  private PartitionImage partition() {
    return bench.partition("t", 0);
  }

  private Proposal proposal(Integer... isr) {
    PartitionImage now = partition();
    List<Member> members =
        Arrays.stream(isr).map(id -> new Member(id, bench.broker(id).epoch())).toList();
    return new Proposal(topic, 0, now.leaderEpoch(), now.partitionEpoch(), members, (byte) 0);
  }

  private Outcome<PartitionImage> propose(int broker, Proposal proposal) {
    return value(
            bench.ask(new AlterPartition(broker, bench.broker(broker).epoch(), List.of(proposal))))
        .getFirst();
  }

  private Proposal with(Proposal it, int leaderEpoch, int partitionEpoch) {
    return new Proposal(
        it.topicId(), it.partition(), leaderEpoch, partitionEpoch, it.isr(), it.recovery());
  }

  @Test
  void theSetShrinksAndGrowsInOneLeaderEpoch() {
    PartitionImage shrunk = value(propose(1, proposal(1, 2)));
    assertThat(shrunk).isEqualTo(partition());
    assertThat(shrunk.isr()).containsExactly(1, 2);
    assertThat(shrunk.leaderEpoch()).isZero();
    assertThat(shrunk.partitionEpoch()).isEqualTo(1);
    assertThat(value(propose(1, proposal(1, 2, 3))).isr()).containsExactly(1, 2, 3);
    assertThat(value(propose(1, proposal(1, 2, 3))).partitionEpoch())
        .as("nothing changed")
        .isEqualTo(2);
  }

  @Test
  void aLeaderWithoutRoomLeavesTheSetAndAnotherLeads() {
    assertRefused(propose(1, proposal(2, 3)), ErrorCode.NEW_LEADER_ELECTED, "leader=2");
    assertThat(partition().leader()).isEqualTo(2);
    assertThat(partition().isr()).containsExactly(2, 3);
    assertThat(partition().leaderEpoch()).isEqualTo(1);
    assertThat(value(propose(2, proposal(1, 2, 3))).isr()).containsExactly(1, 2, 3);
    assertThat(partition().leader()).isEqualTo(2);
  }

  @Test
  void whoIsBehindIsTold() {
    Proposal first = proposal(1, 2);
    value(propose(1, first));
    assertRefused(propose(1, first), ErrorCode.INVALID_UPDATE_VERSION, "current=1");
    assertRefused(propose(1, with(first, 0, 5)), ErrorCode.NOT_CONTROLLER, "");
    assertRefused(propose(1, with(first, 1, 1)), ErrorCode.NOT_CONTROLLER, "");
    bench.beat(1, Wants.FENCE);
    assertThat(partition().leader()).isEqualTo(2);
    assertRefused(propose(1, first), ErrorCode.FENCED_LEADER_EPOCH, "current=1");
    assertRefused(
        propose(1, with(first, 1, partition().partitionEpoch())),
        ErrorCode.INVALID_REQUEST,
        "lead");
    assertRefused(
        bench.ask(new AlterPartition(1, bench.broker(1).epoch() - 1, List.of(first))),
        ErrorCode.STALE_BROKER_EPOCH,
        "stale");
    assertRefused(
        bench.ask(new AlterPartition(77, 1, List.of(first))), ErrorCode.STALE_BROKER_EPOCH, "77");
  }

  @Test
  void whatIsNotThereIsTold() {
    Proposal known = proposal(1);
    Proposal noTopic = new Proposal(new Uuid(1, 2), 0, 0, 0, known.isr(), (byte) 0);
    assertRefused(propose(1, noTopic), ErrorCode.UNKNOWN_TOPIC_ID, "no such topic");
    Proposal noPartition = new Proposal(topic, 7, 0, 0, known.isr(), (byte) 0);
    assertRefused(propose(1, noPartition), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition=7");
    List<Outcome<PartitionImage>> twice =
        value(
            bench.ask(
                new AlterPartition(1, bench.broker(1).epoch(), List.of(known, proposal(1, 2)))));
    value(twice.getFirst());
    assertRefused(twice.getLast(), ErrorCode.INVALID_REQUEST, "twice");
  }

  @Test
  void onlyReplicasAtWorkAreInSync() {
    assertRefused(propose(1, proposal(1, 4)), ErrorCode.INVALID_REQUEST, "no replica");
    assertRefused(propose(1, proposal()), ErrorCode.INVALID_REQUEST, "empty");
    assertRefused(propose(1, proposal(1, 1)), ErrorCode.INVALID_REQUEST, "twice");
    bench.beat(3, Wants.FENCE);
    assertRefused(propose(1, proposal(1, 2, 3)), ErrorCode.INELIGIBLE_REPLICA, "is fenced");
    bench.beat(3);
    bench.beat(2, Wants.STOP);
    assertRefused(propose(1, proposal(1, 2)), ErrorCode.INELIGIBLE_REPLICA, "shutting down");
    PartitionImage now = partition();
    Member late = new Member(3, bench.broker(3).epoch() - 1);
    Proposal old =
        new Proposal(
            topic,
            0,
            now.leaderEpoch(),
            now.partitionEpoch(),
            List.of(new Member(1, -1), late),
            (byte) 0);
    assertRefused(propose(1, old), ErrorCode.INELIGIBLE_REPLICA, "registered anew");
    assertThat(value(propose(1, proposal(1, 3))).isr()).containsExactly(1, 3);
  }

  @Test
  void recoveryIsNotGoneBackTo() {
    Proposal alone = proposal(1);
    Proposal recovering =
        new Proposal(topic, 0, alone.leaderEpoch(), alone.partitionEpoch(), alone.isr(), (byte) 1);
    assertRefused(propose(1, recovering), ErrorCode.INVALID_REQUEST, "recovers");
  }
}
