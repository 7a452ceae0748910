package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.quorum.control.AlterReassignments;
import dev.millrace.quorum.control.AlterReassignments.Move;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies that are kept to a rate while they are not in sync (KIP-73). */
class ThrottlesTest {
  private static final long SEED = Long.getLong("millrace.seed", 23);
  private static final int BATCHES = 60;
  private static final int BATCH_BYTES = 50_000;
  private static final String RATE = "200000";
  private static final long LEAST_MS = 8_000;

  private final CopyingNodes cluster = new CopyingNodes(SEED, 3);
  private final Copies copies = new Copies(cluster);

  @Test
  void aLeaderGivesNoMoreThanItsRate() {
    filled();
    set(ConfigResource.topic("t"), "leader.replication.throttled.replicas", "*");
    set(ConfigResource.ALL_BROKERS, "leader.replication.throttled.rate", RATE);
    assertThat(moveMs()).isGreaterThan(LEAST_MS);
  }

  @Test
  void aFollowerTakesNoMoreThanItsRate() {
    filled();
    set(ConfigResource.topic("t"), "follower.replication.throttled.replicas", "0:3");
    set(ConfigResource.broker(3), "follower.replication.throttled.rate", RATE);
    assertThat(moveMs()).isGreaterThan(LEAST_MS);
  }

  @Test
  void aMoveIsKeptToTheRateOfMoves() {
    filled();
    set(ConfigResource.ALL_BROKERS, "millrace.move.bytes.per.second", RATE);
    assertThat(moveMs()).isGreaterThan(LEAST_MS);
  }

  @Test
  void othersAreNotHeldBackAndAMoveWithoutLimitIsQuick() {
    filled();
    set(ConfigResource.topic("t"), "follower.replication.throttled.replicas", "0:2,1:3");
    set(ConfigResource.ALL_BROKERS, "follower.replication.throttled.rate", RATE);
    assertThat(moveMs()).isLessThan(LEAST_MS / 4);
  }

  @Test
  void aLimitThatIsLiftedHoldsNobodyBackAnyMore() {
    filled();
    set(ConfigResource.topic("t"), "leader.replication.throttled.replicas", "*");
    set(ConfigResource.topic("t"), "follower.replication.throttled.replicas", "*");
    for (String side : List.of("leader", "follower")) {
      set(ConfigResource.ALL_BROKERS, side + ".replication.throttled.rate", "1");
    }
    move();
    cluster.owners.runMs(LEAST_MS);
    assertThat(cluster.state("t", 0).isr()).hasSize(2);

    for (String side : List.of("leader", "follower")) {
      change(
          ConfigResource.ALL_BROKERS,
          new Change(side + ".replication.throttled.rate", Operation.DELETE, null));
    }
    assertThat(inSyncMs()).isLessThan(LEAST_MS / 4);
  }

  @Test
  void aCopyThatIsNotThrottledAnyMoreIsNotHeldBack() {
    filled();
    set(ConfigResource.topic("t"), "follower.replication.throttled.replicas", "*");
    set(ConfigResource.ALL_BROKERS, "follower.replication.throttled.rate", "1");
    move();
    cluster.owners.runMs(LEAST_MS);
    assertThat(cluster.state("t", 0).isr()).hasSize(2);

    change(
        ConfigResource.topic("t"),
        new Change("follower.replication.throttled.replicas", Operation.DELETE, null));
    assertThat(inSyncMs()).isLessThan(LEAST_MS / 4);
  }

  private void filled() {
    copies.createTopic("t", 1, List.of(1, 2));
    String value = "x".repeat(BATCH_BYTES);
    for (int i = 0; i < BATCHES; i++) {
      assertThat(copies.produce("t", 0, value)).isEqualTo(ErrorCode.NONE);
    }
  }

  /** How long another copy takes, in simulated time; what is in sync goes on meanwhile. */
  private long moveMs() {
    long beginMs = cluster.owners.clock().monotonicMs();
    move();
    assertThat(copies.produce("t", 0, "meanwhile")).isEqualTo(ErrorCode.NONE);
    long producedMs = cluster.owners.clock().monotonicMs() - beginMs;
    assertThat(producedMs).isLessThan(LEAST_MS / 4);
    return producedMs + inSyncMs();
  }

  private void move() {
    cluster.decide(new AlterReassignments(List.of(new Move("t", 0, List.of(1, 2, 3))), true));
  }

  /** How long it takes from now on. */
  private long inSyncMs() {
    long beginMs = cluster.owners.clock().monotonicMs();
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 120_000);
    return cluster.owners.clock().monotonicMs() - beginMs;
  }

  private void set(ConfigResource resource, String name, String value) {
    change(resource, new Change(name, Operation.SET, value));
  }

  private void change(ConfigResource resource, Change change) {
    var _ =
        cluster.decide(
            new ChangeConfigs(List.of(new ResourceChange(resource, List.of(change))), false));
  }
}
