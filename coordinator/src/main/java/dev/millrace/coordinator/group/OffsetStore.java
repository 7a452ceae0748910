package dev.millrace.coordinator.group;

import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.record.OffsetCommitValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of all groups of one partition of {@code __consumer_offsets}: those that count, and
 * those of transactions that have not ended. The latter count from the producer's COMMIT marker on,
 * unless a later record of the same key came first.
 */
final class OffsetStore {
  private final OffsetTable offsets = new OffsetTable();
  private final Map<Long, OffsetTable> pending = new HashMap<>();
  private final Map<String, Set<Long>> producersOfGroup = new HashMap<>();

  /** Where an offset stands in the log, and the producer in whose transaction it is. */
  record Place(long offset, long producerId) {}

  void put(Place place, String group, String topic, int partition, OffsetCommitValue value) {
    CommittedOffset offset = new CommittedOffset(value, place.offset());
    if (place.producerId() == CoordinatorLog.NO_PRODUCER) {
      offsets.put(group, topic, partition, offset);
    } else {
      pending
          .computeIfAbsent(place.producerId(), _ -> new OffsetTable())
          .put(group, topic, partition, offset);
      producersOfGroup.computeIfAbsent(group, _ -> new HashSet<>()).add(place.producerId());
    }
  }

  void remove(String group, String topic, int partition) {
    offsets.remove(group, topic, partition);
    for (long producerId : producersOfGroup.getOrDefault(group, Set.of())) {
      OffsetTable open = pending.get(producerId);
      if (open != null) {
        open.remove(group, topic, partition);
      }
    }
  }

  /** A producer's transaction has ended. */
  void end(long producerId, boolean committed) {
    OffsetTable ended = pending.remove(producerId);
    if (ended == null) {
      return;
    }
    producersOfGroup.values().removeIf(open -> open.remove(producerId) && open.isEmpty());
    if (committed) {
      ended.groups().forEach(group -> ended.forEach(group, (t, p, o) -> putLater(group, t, p, o)));
    }
  }

  @Nullable CommittedOffset find(String group, String topic, int partition) {
    return offsets.find(group, topic, partition);
  }

  /** The offsets of a group by topic and partition, sorted. */
  Map<String, Map<Integer, CommittedOffset>> topics(String group) {
    return offsets.topics(group);
  }

  /** Whether a transaction that has not ended wrote an offset here. */
  boolean isPending(String group, String topic, int partition) {
    for (long producerId : producersOfGroup.getOrDefault(group, Set.of())) {
      OffsetTable open = pending.get(producerId);
      if (open != null && open.find(group, topic, partition) != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether a group has offsets, or transactions that may give it some. */
  boolean has(String group) {
    return offsets.has(group) || hasPending(group);
  }

  boolean hasPending(String group) {
    return producersOfGroup.containsKey(group);
  }

  /** Every partition on which a group has offsets or may get some, sorted. */
  Map<String, Set<Integer>> places(String group) {
    Map<String, Set<Integer>> places = new TreeMap<>();
    OffsetTable.Visitor collect =
        (topic, partition, _) -> places.computeIfAbsent(topic, _ -> new TreeSet<>()).add(partition);
    offsets.forEach(group, collect);
    for (long producerId : producersOfGroup.getOrDefault(group, Set.of())) {
      OffsetTable open = pending.get(producerId);
      if (open != null) {
        open.forEach(group, collect);
      }
    }
    return places;
  }

  private void putLater(String group, String topic, int partition, CommittedOffset offset) {
    CommittedOffset there = offsets.find(group, topic, partition);
    if (there == null || offset.recordOffset() > there.recordOffset()) {
      offsets.put(group, topic, partition, offset);
    }
  }
}
