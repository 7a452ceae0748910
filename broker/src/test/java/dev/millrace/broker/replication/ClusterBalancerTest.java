package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.balance.ClusterBalancer;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Brokers that are drained and filled by the controller's balancer, with real copies. */
class ClusterBalancerTest {
  private static final long SEED = Long.getLong("millrace.seed", 29);
  private static final int PARTITIONS = 12;

  private final CopyingNodes cluster = new CopyingNodes(SEED, 4);
  private final Copies copies = new Copies(cluster);
  private ClusterBalancer balancer = cluster.balancer();

  /** Whoever decides next goes on with what is in the metadata. */
  @Test
  void aDrainedBrokerHasNothingAndGetsNothing() {
    copies.createTopic("t", PARTITIONS, List.of(3, 1));
    set(ConfigResource.ALL_BROKERS, "millrace.balancer.moves.max", "2");
    produceAll();
    balancer.begin();
    set(ConfigResource.broker(3), BrokerWish.SETTING, "drain");
    cluster.owners.runUntil(() -> on(3) < PARTITIONS - 2, 60_000);
    balancer.end();
    balancer = cluster.balancer();
    balancer.begin();
    cluster.owners.runUntil(() -> on(3) == 0, 120_000);
    for (int i = 0; i < PARTITIONS; i++) {
      PartitionImage state = cluster.state("t", i);
      assertThat(state.isr()).hasSize(2);
      assertThat(state.isMoving()).isFalse();
    }
    produceAll();
    copies.createTopic("more", 4, null);
    assertThat(on(3)).isZero();
    set(ConfigResource.broker(3), BrokerWish.SETTING, "fill");
    cluster.owners.runUntil(() -> BrokerWish.of(cluster.image(), 3) == BrokerWish.NORMAL, 120_000);
    assertThat(on(3)).isGreaterThan(5);
    produceAll();
  }

  /** What nobody wants is not done: a cluster that was laid out by hand stays as it is. */
  @Test
  void nothingMovesByItself() {
    copies.createTopic("t", PARTITIONS, List.of(3, 1));
    balancer.begin();
    cluster.owners.runMs(60_000);
    assertThat(on(3)).isEqualTo(PARTITIONS);
    set(ConfigResource.ALL_BROKERS, "millrace.balancer.interval.ms", "1000");
    set(ConfigResource.ALL_BROKERS, "millrace.balancer.enable", "true");
    cluster.owners.runUntil(
        () -> on(1) == PARTITIONS / 2 && on(2) == PARTITIONS / 2 && on(3) == PARTITIONS / 2,
        120_000);
    produceAll();
  }

  private void produceAll() {
    for (int i = 0; i < PARTITIONS; i++) {
      assertThat(copies.produce("t", i, "v")).isEqualTo(ErrorCode.NONE);
    }
  }

  private int on(int broker) {
    return (int)
        cluster.image().topics().byId().values().stream()
            .flatMap(topic -> topic.partitions().values().stream())
            .filter(one -> one.replicas().contains(broker))
            .count();
  }

  private void set(ConfigResource resource, String name, String value) {
    var _ =
        cluster.decide(
            new ChangeConfigs(
                List.of(
                    new ResourceChange(resource, List.of(new Change(name, Operation.SET, value)))),
                false));
  }
}
