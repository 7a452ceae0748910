package dev.millrace.coordinator.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.streams.StickyAssignor.Candidate;
import dev.millrace.coordinator.streams.StickyAssignor.Question;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StickyAssignorTest {
  private static final Set<String> STATEFUL = Set.of("count", "join");

  /** Random groups that change: work is even, copies are elsewhere, nothing moves without need. */
  @Test
  void workIsEvenAndStaysWhereItIs() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      SortedMap<String, Integer> counts = new TreeMap<>();
      counts.put("split", random.nextInt(6));
      counts.put("count", random.nextInt(8));
      counts.put("join", random.nextInt(4));
      Map<String, Candidate> members = new TreeMap<>();
      Map<String, Assigned> before = new HashMap<>();
      for (int change = 0; change < 12; change++) {
        change(random, members, counts);
        List<Candidate> candidates = new ArrayList<>();
        members.forEach((id, member) ->
            candidates.add(
                new Candidate(id, member.processId(), before.getOrDefault(id, Assigned.NONE))));
        Question question = new Question(candidates, counts, STATEFUL, random.nextInt(3));
        Map<String, Assigned> targets = StickyAssignor.assign(question);
        check(seed, question, targets);
        assertThat(moved(question, StickyAssignor.assign(again(question, targets))))
            .as("seed=%s, nothing has changed", seed)
            .isEqualTo(moved(again(question, targets), targets));
        before.clear();
        before.putAll(targets);
      }
    }
  }

  private static void change(
      Random random, Map<String, Candidate> members, SortedMap<String, Integer> counts) {
    switch (random.nextInt(4)) {
      case 0 -> counts.merge("count", 1, Integer::sum);
      case 1 -> members.keySet().stream().findFirst().ifPresent(members::remove);
      default -> {
        String id = "m" + random.nextInt(1_000);
        members.put(id, new Candidate(id, "p" + random.nextInt(4), Assigned.NONE));
      }
    }
  }

  private static Question again(Question question, Map<String, Assigned> targets) {
    return new Question(
        question.candidates().stream()
            .map(each ->
                new Candidate(each.memberId(), each.processId(), targets.get(each.memberId())))
            .toList(),
        question.taskCounts(),
        question.stateful(),
        question.standbyReplicas());
  }

  private static Map<Task, String> moved(Question question, Map<String, Assigned> targets) {
    Map<Task, String> workers = new HashMap<>();
    question
        .candidates()
        .forEach(each ->
            targets
                .get(each.memberId())
                .active()
                .forEach(task -> workers.put(task, each.memberId())));
    return workers;
  }

  private static void check(long seed, Question question, Map<String, Assigned> targets) {
    Set<Task> worked = new HashSet<>();
    Map<Task, Set<String>> places = new HashMap<>();
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (Candidate candidate : question.candidates()) {
      Assigned target = targets.get(candidate.memberId());
      target.active().forEach(task -> assertThat(worked.add(task)).isTrue());
      target.forEach((task, _) ->
          assertThat(places.computeIfAbsent(task, _ -> new HashSet<>()).add(candidate.processId()))
              .as("seed=%s, one place a process, task=%s", seed, task)
              .isTrue());
      least = Math.min(least, target.active().size());
      most = Math.max(most, target.active().size());
    }
    if (question.candidates().isEmpty()) {
      return;
    }
    assertThat(most - least).as("seed=%s targets=%s", seed, targets).isLessThanOrEqualTo(1);
    long processes = question.candidates().stream().map(Candidate::processId).distinct().count();
    question
        .taskCounts()
        .forEach((subtopology, count) -> {
          for (int partition = 0; partition < count; partition++) {
            Task task = new Task(subtopology, partition);
            long copies =
                STATEFUL.contains(subtopology)
                    ? Math.min(question.standbyReplicas(), processes - 1)
                    : 0;
            assertThat(worked).contains(task);
            assertThat(places.get(task))
                .as("seed=%s task=%s", seed, task)
                .hasSize((int) copies + 1);
          }
        });
  }

  @Test
  void aTaskGoesWhereItsStateIs() {
    SortedMap<String, Integer> counts = new TreeMap<>(Map.of("count", 1));
    Assigned copy = new Assigned.Builder().add(new Task("count", 0), TaskRole.STANDBY).build();
    Map<String, Assigned> targets =
        StickyAssignor.assign(
            new Question(
                List.of(
                    new Candidate("a", "p1", Assigned.NONE),
                    new Candidate("b", "p2", copy),
                    new Candidate("c", "p3", Assigned.NONE)),
                counts,
                STATEFUL,
                1));
    assertThat(targets.get("b").active().size()).isEqualTo(1);
    assertThat(targets.get("b").standby().isEmpty()).isTrue();
  }

  @Test
  void tasksOfASubtopologyAreSpread() {
    SortedMap<String, Integer> counts = new TreeMap<>(Map.of("count", 2, "join", 2));
    Map<String, Assigned> targets =
        StickyAssignor.assign(
            new Question(
                List.of(
                    new Candidate("a", "p1", Assigned.NONE),
                    new Candidate("b", "p2", Assigned.NONE)),
                counts,
                STATEFUL,
                0));
    targets
        .values()
        .forEach(target -> {
          assertThat(target.active().of("count")).hasSize(1);
          assertThat(target.active().of("join")).hasSize(1);
        });
  }
}
