package dev.millrace.coordinator.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Assignor.Candidate;
import dev.millrace.coordinator.consumer.Assignor.Question;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AssignorTest {
  private static final Uuid A = new Uuid(1, 1);
  private static final Uuid B = new Uuid(2, 2);

  private final Assignor uniform = new UniformAssignor();
  private final Assignor range = new RangeAssignor();

  private static Candidate member(String id, Partitions before, Uuid... topics) {
    return new Candidate(id, null, new TreeSet<>(List.of(topics)), before);
  }

  @Test
  void rangeGivesTheSameIndexesOfTopicsWithAsManyPartitions() {
    Map<String, Partitions> given =
        range.assign(
            new Question(
                List.of(
                    member("x", Partitions.NONE, A, B),
                    member("y", Partitions.NONE, A, B),
                    member("z", Partitions.NONE, A)),
                Map.of(A, 5, B, 4)));
    assertThat(given.get("x").of(A)).containsExactly(0, 1);
    assertThat(given.get("y").of(A)).containsExactly(2, 3);
    assertThat(given.get("z").of(A)).containsExactly(4);
    assertThat(given.get("x").of(B)).containsExactly(0, 1);
    assertThat(given.get("y").of(B)).containsExactly(2, 3);
  }

  @Test
  void rangePutsStaticMembersFirst() {
    Map<String, Partitions> given =
        range.assign(
            new Question(
                List.of(
                    member("a", Partitions.NONE, A),
                    new Candidate("z", "name", new TreeSet<>(List.of(A)), Partitions.NONE)),
                Map.of(A, 2)));
    assertThat(given.get("z").of(A)).containsExactly(0);
    assertThat(given.get("a").of(A)).containsExactly(1);
  }

  @Test
  void uniformMovesNoMoreThanItMustWhenAMemberComesOrGoes() {
    Map<String, Partitions> given = assignTo(10, 1000, Map.of());
    assertThat(given.values()).allMatch(each -> each.size() == 100);
    Map<String, Partitions> more = assignTo(11, 1000, given);
    assertThat(more.values()).allMatch(each -> each.size() == 90 || each.size() == 91);
    assertThat(moved(given, more)).isEqualTo(more.get("m10").size());
    Map<String, Partitions> fewer = assignTo(9, 1000, given);
    assertThat(fewer.values()).allMatch(each -> each.size() == 111 || each.size() == 112);
    assertThat(moved(given, fewer)).isEqualTo(100);
  }

  private Map<String, Partitions> assignTo(
      int members, int partitions, Map<String, Partitions> before) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      String id = "m" + i;
      candidates.add(member(id, before.getOrDefault(id, Partitions.NONE), A));
    }
    return uniform.assign(new Question(candidates, Map.of(A, partitions)));
  }

  private static int moved(Map<String, Partitions> before, Map<String, Partitions> after) {
    int[] moved = {0};
    after.forEach((member, partitions) ->
        partitions.forEach((topic, partition) -> {
          if (!before.getOrDefault(member, Partitions.NONE).contains(topic, partition)) {
            moved[0]++;
          }
        }));
    return moved[0];
  }

  @Test
  void everyPartitionHasOneReaderAndNobodyHasTooMany() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 300);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : round;
      try {
        checkRandom(new SplittableRandom(seed));
      } catch (AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }

  /** Several rounds of one random group, each from what the one before gave. */
  private void checkRandom(SplittableRandom random) {
    Map<String, Partitions> ofUniform = Map.of();
    for (int i = 0; i < 3; i++) {
      Map<Uuid, Integer> counts = new TreeMap<>();
      for (int topic = 0; topic < random.nextInt(1, 6); topic++) {
        counts.put(new Uuid(topic, 9), random.nextInt(0, 20));
      }
      List<Candidate> candidates = new ArrayList<>();
      for (int member = 0; member < random.nextInt(1, 9); member++) {
        TreeSet<Uuid> topics = new TreeSet<>(counts.keySet());
        if (random.nextBoolean()) {
          topics.removeIf(_ -> random.nextInt(3) == 0);
        }
        String id = "m" + member;
        candidates.add(
            new Candidate(id, null, topics, ofUniform.getOrDefault(id, Partitions.NONE)));
      }
      Question question = new Question(candidates, counts);
      ofUniform = uniform.assign(question);
      check(question, ofUniform);
      checkBalance(question, ofUniform);
      check(question, range.assign(question));
    }
  }

  private static void check(Question question, Map<String, Partitions> given) {
    Map<String, Integer> owners = new HashMap<>();
    for (Candidate candidate : question.candidates()) {
      given
          .get(candidate.memberId())
          .forEach((topic, partition) -> {
            assertThat(candidate.topics()).contains(topic);
            assertThat(partition).isLessThan(question.partitionCounts().get(topic));
            owners.merge(topic + "-" + partition, 1, Integer::sum);
          });
    }
    int wanted = 0;
    for (Map.Entry<Uuid, Integer> topic : question.partitionCounts().entrySet()) {
      if (question.candidates().stream().anyMatch(each -> each.topics().contains(topic.getKey()))) {
        wanted += topic.getValue();
      }
    }
    assertThat(owners).hasSize(wanted);
    assertThat(owners.values()).allMatch(count -> count == 1);
  }

  /** Nobody has a partition that a reader of its topic with two fewer could have. */
  private static void checkBalance(Question question, Map<String, Partitions> given) {
    for (Candidate rich : question.candidates()) {
      Partitions has = given.get(rich.memberId());
      for (Candidate poor : question.candidates()) {
        int difference = has.size() - given.get(poor.memberId()).size();
        boolean could = has.topics().stream().anyMatch(poor.topics()::contains);
        assertThat(!could || difference < 2)
            .as("members=" + rich + " " + poor + " given=" + given)
            .isTrue();
      }
    }
  }
}
