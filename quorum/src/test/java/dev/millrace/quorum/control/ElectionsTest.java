package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.ElectLeaders.Partition;
import dev.millrace.quorum.control.ElectLeaders.Type;
import dev.millrace.quorum.control.UpdateFeatures.Direction;
import dev.millrace.quorum.control.UpdateFeatures.Update;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who leads when brokers come and go (KIP-966), and who on demand (KIP-460). */
class ElectionsTest {
  private static final Partition T = new Partition("t", 0);

  private static Bench cluster(Map<String, String> settings, Integer... replicas) {
    Bench bench = Bench.cluster(3, settings);
    bench.createOn("t", replicas);
    return bench;
  }

  private static PartitionImage partition(Bench bench) {
    return bench.partition("t", 0);
  }

  private static void gone(Bench bench, int broker) {
    bench.beat(broker, Wants.FENCE);
  }

  private static Outcome<Integer> elect(Bench bench, Type type, Partition partition) {
    return Objects.requireNonNull(
        value(bench.ask(new ElectLeaders(type, List.of(partition)))).get(partition));
  }

  private static Outcome<ConfigResource> set(
      Bench bench, ConfigResource resource, String name, @Nullable String text) {
    Change change = new Change(name, text == null ? Operation.DELETE : Operation.SET, text);
    return value(
            bench.ask(
                new ChangeConfigs(List.of(new ResourceChange(resource, List.of(change))), false)))
        .getFirst();
  }

  private static void restartUnclean(Bench bench, int broker) {
    value(bench.ask(bench.registration(broker, null, new RegisterBroker.Predecessor(true, -1))));
    bench.beat(broker);
  }

  @Test
  void whoLeavesASmallSetStaysEligible() {
    Bench bench = cluster(Map.of("min.insync.replicas", "2"), 1, 2, 3);
    gone(bench, 3);
    assertThat(partition(bench).eligible()).as("two are enough").isEmpty();
    gone(bench, 1);
    assertThat(partition(bench).leader()).isEqualTo(2);
    assertThat(partition(bench).isr()).containsExactly(2);
    assertThat(partition(bench).eligible()).containsExactly(1);
    gone(bench, 2);
    assertThat(partition(bench).isr()).isEmpty();
    assertThat(partition(bench).eligible()).containsExactly(1, 2);
    assertThat(partition(bench).lastEligible()).containsExactly(2);
    bench.beat(3);
    assertThat(partition(bench).hasLeader()).as("it may lack records").isFalse();
    bench.beat(1);
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertThat(partition(bench).isr()).containsExactly(1);
    assertThat(partition(bench).eligible()).containsExactly(2);
    assertThat(partition(bench).lastEligible()).isEmpty();
    assertThat(partition(bench).recovery()).isZero();
  }

  @Test
  void aCrashCostsNothingWhereAcknowledgedMeansOnDisk() {
    Bench bench = cluster(Map.of(), 1, 2);
    gone(bench, 1);
    gone(bench, 2);
    restartUnclean(bench, 2);
    assertThat(partition(bench).leader()).isEqualTo(2);
    assertThat(partition(bench).recovery()).isZero();
  }

  @Test
  void aCrashCostsThePlaceWhereAcknowledgedMeansInMemory() {
    Bench bench = cluster(Map.of("millrace.flush.policy", "memory"), 1, 2);
    gone(bench, 1);
    gone(bench, 2);
    assertThat(partition(bench).eligible()).containsExactly(2);
    value(bench.ask(bench.registration(2, null, new RegisterBroker.Predecessor(true, -1))));
    assertThat(partition(bench).eligible()).isEmpty();
    assertThat(partition(bench).lastEligible()).containsExactly(2);
    bench.beat(1);
    assertThat(partition(bench).hasLeader()).isFalse();
    bench.beat(2);
    assertThat(partition(bench).leader()).as("the last known leader is back").isEqualTo(2);
    assertThat(partition(bench).recovery()).isEqualTo(PartitionChange.RECOVERING);
  }

  @Test
  void anUncleanTopicIsLedByWhoeverIsThere() {
    Bench bench = cluster(Map.of(), 1, 2, 3);
    gone(bench, 2);
    gone(bench, 3);
    gone(bench, 1);
    bench.beat(3);
    assertThat(partition(bench).hasLeader()).isFalse();
    value(set(bench, ConfigResource.topic("t"), "unclean.leader.election.enable", "true"));
    assertThat(partition(bench).leader()).isEqualTo(3);
    assertThat(partition(bench).isr()).containsExactly(3);
    assertThat(partition(bench).eligible()).isEmpty();
    assertThat(partition(bench).recovery()).isEqualTo(PartitionChange.RECOVERING);
  }

  @Test
  void aLeaderIsElectedOnDemand() {
    Bench bench = cluster(Map.of(), 1, 2, 3);
    ErrorCode notNeeded = ErrorCode.ELECTION_NOT_NEEDED;
    assertRefused(elect(bench, Type.PREFERRED, T), notNeeded, "broker 1 leads");
    assertRefused(elect(bench, Type.UNCLEAN, T), notNeeded, "broker 1 leads");
    assertRefused(
        elect(bench, Type.PREFERRED, new Partition("t", 4)),
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        "partition=4");
    gone(bench, 1);
    ErrorCode notThere = ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE;
    assertRefused(elect(bench, Type.PREFERRED, T), notThere, "broker=1");
    bench.beat(1);
    assertRefused(elect(bench, Type.PREFERRED, T), notThere, "not in sync");
    gone(bench, 2);
    gone(bench, 3);
    assertThat(partition(bench).hasLeader()).isFalse();
    gone(bench, 1);
    assertRefused(elect(bench, Type.UNCLEAN, T), ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, "none");
    bench.beat(1);
    assertThat(value(elect(bench, Type.UNCLEAN, T))).isEqualTo(1);
    assertThat(partition(bench).recovery()).isEqualTo(PartitionChange.RECOVERING);
    bench.createDone("u", 3);
    assertThat(value(bench.ask(new ElectLeaders(Type.PREFERRED, null)))).isEmpty();
  }

  @Test
  void leadershipsGoBackByThemselves() {
    Bench bench = cluster(Map.of("leader.imbalance.check.interval.seconds", "5"), 1, 2, 3);
    gone(bench, 1);
    bench.beat(1);
    AlterPartition.Proposal all =
        new AlterPartition.Proposal(
            bench.topic("t").id(),
            0,
            partition(bench).leaderEpoch(),
            partition(bench).partitionEpoch(),
            List.of(
                new AlterPartition.Member(1, -1),
                new AlterPartition.Member(2, -1),
                new AlterPartition.Member(3, -1)),
            (byte) 0);
    value(
        value(bench.ask(new AlterPartition(2, bench.broker(2).epoch(), List.of(all)))).getFirst());
    assertThat(partition(bench).leader()).isEqualTo(2);
    bench.pass(5200, 1, 2, 3);
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertThat(partition(bench).isr()).containsExactly(1, 2, 3);
  }

  @Test
  void aSmallerMinimumEndsEligibility() {
    Bench bench = cluster(Map.of("min.insync.replicas", "2"), 1, 2);
    gone(bench, 2);
    assertThat(partition(bench).eligible()).containsExactly(2);
    value(set(bench, ConfigResource.topic("t"), "min.insync.replicas", "1"));
    assertThat(partition(bench).eligible()).isEmpty();
    assertThat(partition(bench).isr()).containsExactly(1);
  }

  @Test
  void thereIsOneOpinionOfTheMinimum() {
    Bench bench = cluster(Map.of("min.insync.replicas", "2"), 1, 2);
    ConfigResource all = ConfigResource.ALL_BROKERS;
    assertThat(bench.image().configs(all)).containsEntry("min.insync.replicas", "2");
    ErrorCode wrong = ErrorCode.INVALID_CONFIG;
    assertRefused(set(bench, all, "min.insync.replicas", null), wrong, "cannot be removed");
    assertRefused(
        set(bench, ConfigResource.broker(1), "min.insync.replicas", "1"), wrong, "single broker");
    gone(bench, 2);
    assertThat(partition(bench).eligible()).containsExactly(2);
    value(set(bench, all, "min.insync.replicas", "1"));
    assertThat(partition(bench).eligible()).isEmpty();
  }

  @Test
  void eligibleReplicasCanBeTurnedOff() {
    Bench bench = cluster(Map.of(), 1, 2);
    gone(bench, 2);
    gone(bench, 1);
    assertThat(partition(bench).eligible()).containsExactly(1);
    level(bench, 0);
    assertThat(partition(bench).eligible()).isEmpty();
    assertThat(partition(bench).isr()).containsExactly(1);
    bench.beat(2);
    assertThat(partition(bench).hasLeader()).isFalse();
    bench.beat(1);
    assertThat(partition(bench).leader()).isEqualTo(1);
    value(set(bench, ConfigResource.broker(1), "min.insync.replicas", "1"));
    level(bench, 1);
    assertThat(bench.image().configs(ConfigResource.broker(1))).isEmpty();
  }

  private static void level(Bench bench, int level) {
    Update update =
        new Update(
            Features.ELIGIBLE_LEADER_REPLICAS,
            (short) level,
            level == 0 ? Direction.UNSAFE_DOWNGRADE : Direction.UPGRADE);
    value(value(bench.ask(new UpdateFeatures(List.of(update), false))).getFirst());
  }
}
