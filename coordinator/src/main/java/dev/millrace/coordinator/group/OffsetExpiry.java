package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Timeout;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.streams.StreamsDraft;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Offsets whose time is over, and groups that have nothing left (KIP-211).
 *
 * <ul>
 *   <li>an empty group: since it became empty
 *   <li>consumers at work: since the commit, but only topics that none of them subscribes to
 *   <li>a group that never had members: since the commit
 *   <li>all others, and offsets in open transactions: never
 * </ul>
 */
final class OffsetExpiry {
  /** Where the check of a whole partition stands in line: it writes nothing itself. */
  private static final String NO_LANE = "";

  private static final long NEVER = -1;

  private final GroupMachine machine;
  private final Deadlines<GroupMachine> deadlines;
  private @Nullable Timeout next;

  OffsetExpiry(GroupMachine machine, Deadlines<GroupMachine> deadlines) {
    this.machine = machine;
    this.deadlines = deadlines;
  }

  void start() {
    next =
        deadlines.after(
            machine.settings().offsets().retentionCheckMs(),
            NO_LANE,
            _ -> {
              start();
              everyGroup();
              return Decision.NOTHING;
            });
  }

  void stop() {
    if (next != null) {
      next.cancel();
    }
  }

  /**
   * A topic is gone, and its offsets go with it, unless they are of a new topic of that name. Looks
   * twice: commits that were on their way come to light by the end of their time.
   */
  void topicDeleted(String topic, Uuid topicId) {
    sweep(topic, topicId);
    deadlines.after(
        machine.settings().offsets().commitTimeoutMs(),
        NO_LANE,
        _ -> {
          sweep(topic, topicId);
          return Decision.NOTHING;
        });
  }

  private void sweep(String topic, Uuid topicId) {
    Set<String> groups = new LinkedHashSet<>();
    for (String id : groupIds()) {
      if (machine.offsets().places(id).containsKey(topic)) {
        groups.add(id);
      }
    }
    groups.forEach(id -> deadlines.alone(id, _ -> deleteTopic(id, topic, topicId)));
  }

  private void everyGroup() {
    groupIds().forEach(id -> deadlines.alone(id, _ -> expire(id)));
  }

  private List<String> groupIds() {
    List<String> ids = new ArrayList<>();
    machine.groups().forEach(group -> ids.add(group.id()));
    machine.consumers().all().forEach(group -> ids.add(group.id()));
    machine.streams().all().forEach(group -> ids.add(group.id()));
    return ids;
  }

  private Decision expire(String groupId) {
    ConsumerGroup consumers = machine.consumers().find(groupId);
    ClassicGroup group = machine.find(groupId);
    List<KeyValue> gone = new ArrayList<>();
    if (consumers != null) {
      boolean none =
          collect(groupId, (topic, offset) -> runsSinceMs(consumers, topic, offset), gone);
      if (none && !machine.offsets().hasPending(groupId) && consumers.members().isEmpty()) {
        Draft draft = new Draft(consumers);
        draft.removeAll();
        gone.addAll(draft.records());
      }
    }
    StreamsGroup streams = machine.streams().find(groupId);
    if (streams != null) {
      collect(streams, gone);
    }
    if (group == null) {
      return gone.isEmpty() ? Decision.NOTHING : Decision.write(gone, OffsetExpiry::ignore);
    }
    boolean all =
        collect(groupId, (topic, offset) -> runsSinceMs(group, topic, offset), gone)
            && !machine.offsets().hasPending(groupId);
    if (all && group.in(GroupState.EMPTY) && !group.hasPending()) {
      gone.add(GroupRecords.groupGone(groupId));
    }
    return gone.isEmpty() ? Decision.NOTHING : Decision.write(gone, OffsetExpiry::ignore);
  }

  private void collect(StreamsGroup group, List<KeyValue> gone) {
    boolean none = collect(group.id(), (topic, offset) -> runsSinceMs(group, topic, offset), gone);
    if (none && !machine.offsets().hasPending(group.id()) && group.members().isEmpty()) {
      StreamsDraft draft = new StreamsDraft(group);
      draft.removeAll();
      gone.addAll(draft.records());
    }
  }

  /** Says since when the time of an offset runs. */
  @FunctionalInterface
  private interface Since {
    long ms(String topic, CommittedOffset offset);
  }

  /** Collects the tombstones of a group; returns whether no offset is left then. */
  private boolean collect(String groupId, Since since, List<KeyValue> gone) {
    long nowMs = machine.clock().wallMs();
    long retentionMs = machine.settings().offsets().retentionMs();
    OffsetStore offsets = machine.offsets();
    boolean[] all = {true};
    offsets
        .topics(groupId)
        .forEach((topic, partitions) ->
            partitions.forEach((partition, offset) -> {
              long sinceMs = since.ms(topic, offset);
              if (sinceMs != NEVER
                  && offset.isExpired(nowMs, sinceMs, retentionMs)
                  && !offsets.isPending(groupId, topic, partition)) {
                gone.add(GroupRecords.offsetGone(groupId, topic, partition));
              } else {
                all[0] = false;
              }
            }));
    return all[0];
  }

  /**
   * Offsets of topics that members read never expire. Those of others count from their commit, and
   * those of an empty group from its last assignment at least: the one that left it empty.
   */
  private static long runsSinceMs(ConsumerGroup group, String topic, CommittedOffset offset) {
    long committedMs = offset.value().commitTimestamp();
    if (group.isSubscribed(topic)) {
      return NEVER;
    }
    return group.members().isEmpty()
        ? Math.max(committedMs, group.epochs().assignedMs())
        : committedMs;
  }

  private static long runsSinceMs(StreamsGroup group, String topic, CommittedOffset offset) {
    long committedMs = offset.value().commitTimestamp();
    if (group.isSubscribed(topic)) {
      return NEVER;
    }
    return group.members().isEmpty()
        ? Math.max(committedMs, group.epochs().assignedMs())
        : committedMs;
  }

  /** Since when the time of an offset runs, wall-clock milliseconds, or {@link #NEVER}. */
  private static long runsSinceMs(ClassicGroup group, String topic, CommittedOffset offset) {
    long committedMs = offset.value().commitTimestamp();
    if (group.isSubscribed(topic)) {
      return NEVER;
    }
    if (group.protocolType() == null) {
      return committedMs;
    }
    if (group.in(GroupState.EMPTY)) {
      return group.stateSinceMs() == NEVER ? committedMs : group.stateSinceMs();
    }
    boolean atWork = group.usesConsumerProtocol() && group.in(GroupState.STABLE);
    return atWork && group.knowsSubscriptions() ? committedMs : NEVER;
  }

  private Decision deleteTopic(String groupId, String topic, Uuid topicId) {
    Set<Integer> partitions = machine.offsets().places(groupId).getOrDefault(topic, Set.of());
    List<KeyValue> gone = new ArrayList<>();
    for (int partition : partitions) {
      CommittedOffset offset = machine.offsets().find(groupId, topic, partition);
      if (offset == null || !offset.isOfOtherTopic(topicId)) {
        gone.add(GroupRecords.offsetGone(groupId, topic, partition));
      }
    }
    return gone.isEmpty() ? Decision.NOTHING : Decision.write(gone, OffsetExpiry::ignore);
  }

  /** What could not be written is tried again at the next check. */
  private static void ignore(ErrorCode error) {}
}
