package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.TopicCatalog.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * When and how a group gets new targets. An assignment of a large group takes long, so the larger
 * the group, the longer the next one waits for more members to come: at most a tenth of the time
 * goes into assignments, by a guess of a microsecond a member and partition. An interval that
 * somebody has chosen is kept as it is.
 */
final class Assigning {
  private static final int WORK_PER_DELAY_MS = 100;

  /** Work for which no assignment is put off, members and partitions. */
  private static final int SMALL = 5_000;

  private Assigning() {}

  /** Whether targets are older than the group. */
  static boolean isNeeded(ConsumerGroup group) {
    return group.epochs().group() > group.epochs().assignment();
  }

  /** How long the next assignment has to wait; 0 when it is due. */
  static long waitMs(ConsumerGroup group, ConsumerSettings settings, long nowMs) {
    long lastMs = group.epochs().assignedMs();
    if (lastMs == 0 || nowMs < lastMs) {
      return 0;
    }
    long delayMs = settings.assignmentIntervalMs();
    if (settings.promptAssignments()) {
      int work = work(group);
      delayMs = work < SMALL ? 0 : Math.min(delayMs, work / WORK_PER_DELAY_MS);
    }
    return Math.max(0, lastMs + delayMs - nowMs);
  }

  private static int work(ConsumerGroup group) {
    int work = group.members().size();
    for (Map<Integer, String> partitions : group.census().owners().values()) {
      work += partitions.size();
    }
    return work;
  }

  /** Gives every member its target for the group's epoch. */
  static void assign(Draft draft, ConsumerSettings settings, TopicCatalog catalog, long nowMs) {
    ConsumerGroup group = draft.group();
    Map<String, Partitions> targets =
        settings.assignor(group.preferredAssignor()).assign(question(group, catalog));
    targets.forEach((memberId, target) -> {
      if (!target.equals(group.target(memberId))) {
        draft.target(memberId, target);
      }
    });
    draft.assignmentEpoch(group.epochs().group(), nowMs);
  }

  private static Assignor.Question question(ConsumerGroup group, TopicCatalog catalog) {
    record Subscription(List<String> names, String regex) {}
    Map<Subscription, SortedSet<Uuid>> known = new HashMap<>();
    Map<Uuid, Integer> counts = new HashMap<>();
    List<Assignor.Candidate> candidates = new ArrayList<>(group.members().size());
    for (ConsumerMember member : new TreeMap<>(group.members()).values()) {
      SortedSet<Uuid> topics =
          known.computeIfAbsent(
              new Subscription(member.profile().subscribedTopicNames(), member.regex()),
              _ -> Subscriptions.topics(group, member.profile(), catalog));
      candidates.add(
          new Assignor.Candidate(
              member.id(), member.instanceId(), topics, group.target(member.id())));
    }
    for (SortedSet<Uuid> topics : known.values()) {
      for (Uuid id : topics) {
        Topic topic = Objects.requireNonNull(catalog.find(id));
        counts.put(id, topic.partitions());
      }
    }
    return new Assignor.Question(candidates, counts);
  }
}
