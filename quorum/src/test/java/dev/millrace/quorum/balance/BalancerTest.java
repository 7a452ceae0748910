package dev.millrace.quorum.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.balance.BalancePlan.Step;
import dev.millrace.quorum.balance.Balancer.Loads;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final Loads NONE = (_, _) -> PartitionLoad.NONE;

  private static RegisterBrokerRecord broker(int id, String rack) {
    return RegisterBrokerRecord.builder()
        .brokerId(id)
        .brokerEpoch(id)
        .rack(rack)
        .fenced(false)
        .logDirs(List.of(new Uuid(9, id)))
        .build();
  }

  private static ClusterImage image(Map<Integer, String> brokers, List<List<Integer>> partitions) {
    List<Message> records = new ArrayList<>();
    brokers.forEach((id, rack) -> records.add(broker(id, rack)));
    Uuid topic = new Uuid(1, 1);
    records.add(new TopicRecord("t", topic));
    for (int index = 0; index < partitions.size(); index++) {
      records.add(
          PartitionRecord.builder()
              .topicId(topic)
              .partitionId(index)
              .replicas(partitions.get(index))
              .isr(partitions.get(index))
              .leader(partitions.get(index).getFirst())
              .build());
    }
    Replay replay = new Replay(ClusterImage.EMPTY);
    records.forEach(replay::apply);
    return replay.finish(records.size(), 1).image();
  }

  private static Map<Integer, List<Integer>> after(ClusterImage image, BalancePlan plan) {
    Map<Integer, List<Integer>> result = new HashMap<>();
    TopicImage topic = Objects.requireNonNull(image.topic("t"));
    for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
      result.put(entry.getKey(), entry.getValue().replicas());
    }
    plan.steps().forEach(step -> result.put(step.partition(), step.to()));
    return result;
  }

  private static long count(Map<Integer, List<Integer>> placed, int broker) {
    return placed.values().stream().filter(replicas -> replicas.contains(broker)).count();
  }

  @Test
  void onlyWhoIsToBeFilledGetsSomething() {
    ClusterImage uneven =
        image(
            Map.of(1, "", 2, "", 3, "", 4, ""),
            List.of(List.of(1), List.of(1), List.of(1), List.of(1), List.of(2), List.of(2)));
    BalancePlan plan = Balancer.plan(uneven, NONE, BalanceGoals.DEFAULT.filling(Set.of(4)));
    assertThat(plan.steps()).isNotEmpty().allMatch(step -> step.to().equals(List.of(4)));
    assertThat(Balancer.plan(uneven, NONE, BalanceGoals.DEFAULT.onlyDraining()).steps()).isEmpty();
  }

  @Test
  void anEvenClusterIsLeftAlone() {
    ClusterImage even =
        image(Map.of(1, "", 2, "", 3, ""), List.of(List.of(1, 2), List.of(2, 3), List.of(3, 1)));
    BalancePlan plan = Balancer.plan(even, NONE, BalanceGoals.DEFAULT);
    assertThat(plan.steps()).isEmpty();
    assertThat(plan.isComplete()).isTrue();
    assertThat(plan.imbalanceAfter()).isZero();
  }

  @Test
  void leadershipsChangeWithoutCopying() {
    ClusterImage image =
        image(
            Map.of(1, "", 2, ""),
            List.of(List.of(1, 2), List.of(1, 2), List.of(1, 2), List.of(1, 2)));
    BalancePlan plan = Balancer.plan(image, NONE, BalanceGoals.DEFAULT);
    assertThat(plan.steps()).hasSize(2);
    assertThat(plan.bytes()).isZero();
    Step step = plan.steps().getFirst();
    assertThat(step.to()).containsExactly(2, 1);
    assertThat(step.why())
        .isEqualTo("broker 1 has 100 % more leaderships than the mean, broker 2 100 % less");
    assertThat(plan.moves()).hasSize(2);
  }

  @Test
  void aNewBrokerGetsItsPart() {
    List<List<Integer>> partitions = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      partitions.add(List.of(1 + i % 3, 1 + (i + 1) % 3));
    }
    ClusterImage image = image(Map.of(1, "", 2, "", 3, "", 4, ""), partitions);
    Loads loads = (_, _) -> new PartitionLoad(1000, 10, 10);
    BalancePlan plan = Balancer.plan(image, loads, BalanceGoals.DEFAULT);
    Map<Integer, List<Integer>> placed = after(image, plan);
    for (int broker = 1; broker <= 4; broker++) {
      assertThat(count(placed, broker)).isBetween(27L, 33L);
    }
    assertThat(plan.bytes()).as("not more than the new one gets").isLessThanOrEqualTo(33_000);
    assertThat(plan.isComplete()).isTrue();
    BalancePlan few =
        Balancer.plan(image, loads, new BalanceGoals(Set.of(), 0.1, 5, Long.MAX_VALUE));
    assertThat(few.bytes()).isEqualTo(5000);
    assertThat(few.isComplete()).isFalse();
    BalancePlan small = Balancer.plan(image, loads, new BalanceGoals(Set.of(), 0.1, 50, 3500));
    assertThat(small.bytes()).isEqualTo(3000);
  }

  @Test
  void theSmallerCopyMovesForTheSameGain() {
    ClusterImage image =
        image(Map.of(1, "", 2, ""), List.of(List.of(1), List.of(1), List.of(1), List.of(1)));
    Loads loads = (_, index) -> new PartitionLoad(index < 2 ? 1L << 30 : 0, 0, 0);
    BalancePlan plan = Balancer.plan(image, loads, BalanceGoals.DEFAULT);
    assertThat(plan.bytes()).as("one large, one small").isEqualTo(1L << 30);
    assertThat(plan.imbalanceAfter()).isZero();
  }

  @Test
  void whatIsNextToNothingIsNotMoved() {
    ClusterImage image =
        image(
            Map.of(1, "", 2, ""),
            List.of(List.of(1, 2), List.of(2, 1), List.of(1), List.of(2), List.of(1), List.of(2)));
    Loads small = (_, index) -> load(index == 2 || index == 4, 20_000, 900);
    assertThat(Balancer.plan(image, small, BalanceGoals.DEFAULT).steps()).isEmpty();
    Loads large = (_, index) -> load(index == 2 || index == 4, 4L << 30, 0);
    assertThat(Balancer.plan(image, large, BalanceGoals.DEFAULT).bytes()).isEqualTo(4L << 30);
  }

  @Test
  void aDrainedBrokerHasNothingLeft() {
    ClusterImage image =
        image(
            Map.of(1, "a", 2, "b", 3, "c", 4, "c"),
            List.of(List.of(3, 1, 2), List.of(1, 3, 2), List.of(2, 1, 3)));
    BalancePlan plan = Balancer.plan(image, NONE, BalanceGoals.DEFAULT.draining(Set.of(3)));
    Map<Integer, List<Integer>> placed = after(image, plan);
    assertThat(count(placed, 3)).isZero();
    assertThat(count(placed, 4)).as("the other one in its rack").isEqualTo(3);
    assertThat(plan.steps().getFirst().why()).isEqualTo("broker 3 is drained");
    assertThat(
            Balancer.plan(
                    image(Map.of(1, "", 2, ""), List.of(List.of(1, 2))),
                    NONE,
                    BalanceGoals.DEFAULT.draining(Set.of(2)))
                .isComplete())
        .as("there is no other broker")
        .isFalse();
  }

  @Test
  void everyPlanKeepsItsPromises() {
    for (int round = 0; round < 60; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      int brokers = 2 + random.nextInt(6);
      Map<Integer, String> racks = new HashMap<>();
      for (int id = 1; id <= brokers; id++) {
        racks.put(id, "r" + random.nextInt(3));
      }
      ClusterImage image = image(racks, partitions(random, brokers));
      Map<Integer, PartitionLoad> loads = new HashMap<>();
      BalanceGoals goals =
          new BalanceGoals(
              random.nextInt(3) == 0 ? Set.of(1) : Set.of(), 0.1, random.nextInt(30), 5L << 30);
      BalancePlan plan =
          Balancer.plan(
              image, (_, index) -> loads.computeIfAbsent(index, _ -> load(random)), goals);
      check("-Dmillrace.seed=" + seed, plan, goals, racks);
    }
  }

  private static PartitionLoad load(boolean isThere, long bytes, double in) {
    return isThere ? new PartitionLoad(bytes, in, in) : PartitionLoad.NONE;
  }

  private static PartitionLoad load(Random random) {
    int scale = random.nextBoolean() ? 1 : 1 << 20;
    return new PartitionLoad(
        (long) random.nextInt(500) * scale,
        (double) random.nextInt(100) * scale,
        (double) random.nextInt(100) * scale);
  }

  private static List<List<Integer>> partitions(Random random, int brokers) {
    List<List<Integer>> partitions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<Integer> ids = new ArrayList<>();
      for (int id = 1; id <= brokers; id++) {
        ids.add(id);
      }
      Collections.shuffle(ids, random);
      partitions.add(List.copyOf(ids.subList(0, 1 + random.nextInt(Math.min(3, brokers)))));
    }
    return partitions;
  }

  private static void check(
      String story, BalancePlan plan, BalanceGoals goals, Map<Integer, String> racks) {
    int copied = 0;
    for (Step step : plan.steps()) {
      assertThat(step.to()).as(story).hasSameSizeAs(step.from()).doesNotHaveDuplicates();
      assertThat(step.why()).as(story).isNotEmpty();
      Set<Integer> fresh = new HashSet<>(step.to());
      step.from().forEach(fresh::remove);
      copied += fresh.size();
      assertThat(fresh)
          .as(story)
          .doesNotContainAnyElementsOf(Set.of(-1))
          .doesNotContain(goals.drain().toArray(Integer[]::new).length == 0 ? -1 : 1);
      if (goals.drain().isEmpty()) {
        assertThat(racks(step.to(), racks))
            .as(story)
            .isGreaterThanOrEqualTo(racks(step.from(), racks));
      }
    }
    assertThat(copied).as(story).isLessThanOrEqualTo(goals.replicasMax());
    if (goals.drain().isEmpty()) {
      assertThat(plan.bytes()).as(story).isLessThanOrEqualTo(goals.bytesMax());
    }
  }

  private static long racks(List<Integer> brokers, Map<Integer, String> racks) {
    return brokers.stream().map(racks::get).distinct().count();
  }
}
