package dev.millrace.coordinator.streams;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * When and how a group gets new targets. An assignment of a large group takes long, so the larger
 * the group, the longer the next one waits for more members to come: at most a tenth of the time
 * goes into assignments, by a guess of a microsecond a member and task. An interval that somebody
 * has chosen is kept as it is.
 */
final class TaskAssigning {
  private static final int WORK_PER_DELAY_MS = 100;

  /** Work for which no assignment is put off, members and tasks. */
  private static final int SMALL = 5_000;

  private TaskAssigning() {}

  /** Whether targets are older than the group. */
  static boolean isNeeded(StreamsGroup group) {
    return group.epochs().group() > group.epochs().assignment();
  }

  /** How long the next assignment has to wait; 0 when it is due. */
  static long waitMs(StreamsGroup group, StreamsSettings settings, long nowMs) {
    long lastMs = group.epochs().assignedMs();
    if (lastMs == 0 || nowMs < lastMs) {
      return 0;
    }
    long delayMs = settings.assignmentIntervalMs();
    if (settings.promptAssignments()) {
      int work = group.members().size() + group.holders().tasks().size();
      delayMs = work < SMALL ? 0 : Math.min(delayMs, work / WORK_PER_DELAY_MS);
    }
    return Math.max(0, lastMs + delayMs - nowMs);
  }

  /** Gives every member its target for the group's epoch; nothing while topics are missing. */
  static void assign(StreamsDraft draft, Layout layout, StreamsSettings settings, long nowMs) {
    StreamsGroup group = draft.group();
    Map<String, Assigned> targets =
        layout.isReady() ? StickyAssignor.assign(question(group, layout, settings)) : Map.of();
    for (String memberId : new TreeMap<>(group.members()).keySet()) {
      Assigned target = targets.getOrDefault(memberId, Assigned.NONE);
      if (!target.equals(group.targets().get(memberId))) {
        draft.target(memberId, target);
      }
    }
    draft.assignmentEpoch(group.epochs().group(), nowMs);
  }

  private static StickyAssignor.Question question(
      StreamsGroup group, Layout layout, StreamsSettings settings) {
    List<StickyAssignor.Candidate> candidates = new ArrayList<>(group.members().size());
    for (StreamsMember member : new TreeMap<>(group.members()).values()) {
      candidates.add(
          new StickyAssignor.Candidate(member.id(), member.processId(), group.target(member.id())));
    }
    Set<String> stateful = new HashSet<>();
    Topology topology = group.topology();
    for (String subtopology : layout.taskCounts().keySet()) {
      if (topology != null && topology.isStateful(subtopology)) {
        stateful.add(subtopology);
      }
    }
    return new StickyAssignor.Question(
        candidates, layout.taskCounts(), stateful, settings.standbyReplicas());
  }
}
