package dev.millrace.coordinator.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Says who is to have which tasks. Every member works on equally many tasks, one more or less, and
 * of those with state too; tasks stay where they are, else they go where their state is. Copies of
 * a state go to other processes, as evenly as that allows. Deterministic.
 */
final class StickyAssignor {
  /** How tools show it. */
  static final String NAME = "sticky";

  private StickyAssignor() {}

  /**
   * What is to be assigned.
   *
   * @param candidates sorted by their ids
   * @param taskCounts tasks by subtopology
   * @param stateful subtopologies whose tasks have state
   * @param standbyReplicas copies of each state beside the one that is worked on
   */
  record Question(
      List<Candidate> candidates,
      SortedMap<String, Integer> taskCounts,
      Set<String> stateful,
      int standbyReplicas) {}

  /**
   * A member.
   *
   * @param processId members of one process share its fate
   * @param before what it was to have until now
   */
  record Candidate(String memberId, String processId, Assigned before) {}

  /** Returns the tasks of each candidate, by member id. */
  static Map<String, Assigned> assign(Question question) {
    TaskSpread spread = new TaskSpread(question.candidates());
    if (question.candidates().isEmpty()) {
      return spread.result();
    }
    List<Task> withState = new ArrayList<>();
    List<Task> without = new ArrayList<>();
    question
        .taskCounts()
        .forEach((subtopology, count) -> {
          List<Task> tasks = question.stateful().contains(subtopology) ? withState : without;
          for (int partition = 0; partition < count; partition++) {
            tasks.add(new Task(subtopology, partition));
          }
        });
    spread.giveActive(withState);
    spread.giveActive(without);
    spread.giveStandby(withState, question.standbyReplicas());
    return spread.result();
  }
}
