package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentValue.TaskIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a member stands: record kind 22.
 *
 * @param epoch which its requests must carry; {@link #AWAY} for a static member that will be back
 * @param previousEpoch the epoch before, whose request may come again when its answer was lost
 * @param assigned what it has and may work on
 * @param revoking what it must let go, and has until it says that it did
 * @param since the member's epoch when it got each of its active tasks, those it lets go included:
 *     a commit for a task counts when it comes from that epoch or a later one
 */
public record Position(
    int epoch,
    int previousEpoch,
    MemberState state,
    Assigned assigned,
    Assigned revoking,
    Map<Task, Integer> since) {
  /** The epoch of a static member that said that it will come back (KIP-345). */
  public static final int AWAY = -2;

  /** Of a member that has nothing yet. */
  public static final Position NEW =
      new Position(0, 0, MemberState.STABLE, Assigned.NONE, Assigned.NONE, Map.of());

  public Position {
    since = Map.copyOf(since);
  }

  /** The same in another epoch. */
  Position at(int newEpoch, int newPreviousEpoch) {
    return new Position(newEpoch, newPreviousEpoch, state, assigned, revoking, since);
  }

  /** {@link #since} of those active tasks that are among {@code kept}. */
  Map<Task, Integer> since(Assigned kept) {
    Map<Task, Integer> epochs = new HashMap<>(since);
    epochs.keySet().removeIf(task -> !kept.active().contains(task));
    return epochs;
  }

  /** Whether the member has an active task since {@code atEpoch} or longer. */
  boolean had(Task task, int atEpoch) {
    Integer got = since.get(task);
    return got != null && got <= atEpoch;
  }

  /** Whether the member has no task, and none to let go. */
  boolean hasNothing() {
    return assigned.isEmpty() && revoking.isEmpty();
  }

  /** Whether it has all of its target of an epoch. */
  boolean isReconciledTo(int targetEpoch) {
    return state == MemberState.STABLE && epoch == targetEpoch;
  }

  /** In records without epochs a task counts as got at the member's epoch. */
  static Position of(StreamsGroupCurrentMemberAssignmentValue value) {
    Map<Task, Integer> since = new HashMap<>();
    collect(value.activeTasks(), value.memberEpoch(), since);
    collect(value.activeTasksPendingRevocation(), value.memberEpoch(), since);
    return new Position(
        value.memberEpoch(),
        value.previousMemberEpoch(),
        MemberState.of(value.state()),
        assigned(value.activeTasks(), value.standbyTasks(), value.warmupTasks()),
        assigned(
            value.activeTasksPendingRevocation(),
            value.standbyTasksPendingRevocation(),
            value.warmupTasksPendingRevocation()),
        since);
  }

  StreamsGroupCurrentMemberAssignmentValue value() {
    return StreamsGroupCurrentMemberAssignmentValue.builder()
        .memberEpoch(epoch)
        .previousMemberEpoch(previousEpoch)
        .state(state.number())
        .activeTasks(withEpochs(assigned.active()))
        .standbyTasks(list(assigned.standby()))
        .warmupTasks(list(assigned.warmup()))
        .activeTasksPendingRevocation(withEpochs(revoking.active()))
        .standbyTasksPendingRevocation(list(revoking.standby()))
        .warmupTasksPendingRevocation(list(revoking.warmup()))
        .build();
  }

  private static void collect(List<TaskIds> ids, int otherwise, Map<Task, Integer> since) {
    for (TaskIds each : ids) {
      List<Integer> epochs = each.assignmentEpochs();
      for (int i = 0; i < each.partitions().size(); i++) {
        int epoch = epochs != null && i < epochs.size() ? epochs.get(i) : otherwise;
        since.put(new Task(each.subtopologyId(), each.partitions().get(i)), epoch);
      }
    }
  }

  private static Assigned assigned(
      List<TaskIds> active, List<TaskIds> standby, List<TaskIds> warmup) {
    Assigned assigned = new Assigned(tasks(active), tasks(standby), tasks(warmup));
    return assigned.isEmpty() ? Assigned.NONE : assigned;
  }

  private static Tasks tasks(List<TaskIds> ids) {
    Tasks.Builder builder = new Tasks.Builder();
    ids.forEach(each -> builder.addAll(each.subtopologyId(), each.partitions()));
    return builder.build();
  }

  private static List<TaskIds> list(Tasks tasks) {
    List<TaskIds> ids = new ArrayList<>();
    for (String subtopology : tasks.subtopologies()) {
      ids.add(
          TaskIds.builder()
              .subtopologyId(subtopology)
              .partitions(List.copyOf(tasks.of(subtopology)))
              .build());
    }
    return ids;
  }

  private List<TaskIds> withEpochs(Tasks tasks) {
    List<TaskIds> ids = new ArrayList<>();
    for (String subtopology : tasks.subtopologies()) {
      List<Integer> epochs = new ArrayList<>();
      for (int partition : tasks.of(subtopology)) {
        epochs.add(since.getOrDefault(new Task(subtopology, partition), epoch));
      }
      ids.add(
          TaskIds.builder()
              .subtopologyId(subtopology)
              .partitions(List.copyOf(tasks.of(subtopology)))
              .assignmentEpochs(epochs)
              .build());
    }
    return ids;
  }
}
