package dev.millrace.coordinator.sharegroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random groups. {@code -Dmillrace.seed=N} repeats one. */
class SimpleAssignorTest {
  @Test
  void everybodyHasSomethingAndEverythingHasSomebody() {
    Long only = Long.getLong("millrace.seed");
    for (long seed = only != null ? only : 0; seed < (only != null ? only + 1 : 500); seed++) {
      Random random = new Random(seed);
      Map<String, Partitions> before = Map.of();
      for (int round = 0; round < 4; round++) {
        before = check(random, before, seed);
      }
    }
  }

  private static Map<String, Partitions> check(
      Random random, Map<String, Partitions> before, long seed) {
    Partitions.Builder builder = new Partitions.Builder();
    SortedSet<Uuid> topics = new TreeSet<>();
    for (int topic = 1; topic <= 1 + random.nextInt(3); topic++) {
      Uuid id = new Uuid(topic, topic);
      topics.add(id);
      builder.addRange(id, 0, 1 + random.nextInt(6));
    }
    Partitions available = builder.build();
    SortedMap<String, SortedSet<Uuid>> members = new TreeMap<>();
    for (int member = 0; member <= random.nextInt(9); member++) {
      members.put("m" + random.nextInt(12), topics);
    }
    Map<String, Partitions> targets = SimpleAssignor.assign(members, before, available);
    int most = 0;
    int fewest = Integer.MAX_VALUE;
    TreeSet<String> covered = new TreeSet<>();
    for (Partitions target : targets.values()) {
      most = Math.max(most, target.size());
      fewest = Math.min(fewest, target.size());
      target.forEach((topic, index) -> covered.add(topic + "/" + index));
    }
    assertThat(targets.keySet()).as("seed=%s", seed).isEqualTo(members.keySet());
    assertThat(covered).as("seed=%s", seed).hasSize(available.size());
    assertThat(fewest).as("seed=%s", seed).isPositive();
    assertThat(most - fewest).as("seed=%s", seed).isLessThanOrEqualTo(1);
    assertThat(SimpleAssignor.assign(members, targets, available))
        .as("what is fair stays, seed=%s", seed)
        .isEqualTo(targets);
    return targets;
  }
}
