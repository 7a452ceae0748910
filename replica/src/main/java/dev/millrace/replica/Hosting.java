package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which copies this node has, by name and by id, and which it should have but can't open. Changed
 * by one owner, read by any thread.
 */
final class Hosting {
  private final Map<Uuid, HostedTopic> byId = new ConcurrentHashMap<>();
  private final Map<String, HostedTopic> byName = new ConcurrentHashMap<>();
  private final Map<Copy, Broken> broken = new ConcurrentHashMap<>();

  /**
   * Why a copy is not served.
   *
   * @param mayPass whether it is worth another try later
   */
  private record Broken(ErrorCode error, boolean mayPass) {}

  /** Both are written out for the sake of a quick start, as in {@link Uuid}. */
  private record Copy(Uuid topicId, int index) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Copy copy && index == copy.index && topicId.equals(copy.topicId);
    }

    @Override
    public int hashCode() {
      return 31 * topicId.hashCode() + index;
    }
  }

  @Nullable Partition find(String topic, int index) {
    HostedTopic hosted = byName.get(topic);
    return hosted == null ? null : hosted.partition(index);
  }

  @Nullable Partition find(Uuid topicId, int index) {
    HostedTopic hosted = byId.get(topicId);
    return hosted == null ? null : hosted.partition(index);
  }

  /** Why a copy that should be here can't be served; null when nothing is known. */
  @Nullable ErrorCode broken(Uuid topicId, int index) {
    Broken known = broken.isEmpty() ? null : broken.get(new Copy(topicId, index));
    return known == null ? null : known.error;
  }

  /** Whether a copy can't be served for a reason that may have passed. */
  boolean mayPass(Uuid topicId, int index) {
    Broken known = broken.get(new Copy(topicId, index));
    return known != null && known.mayPass;
  }

  /** The copies that may be there at another try: indexes by topic. */
  Map<Uuid, Set<Integer>> passing() {
    if (broken.isEmpty()) {
      return Map.of();
    }
    Map<Uuid, Set<Integer>> passing = new HashMap<>();
    broken.forEach((copy, known) -> {
      if (known.mayPass) {
        passing.computeIfAbsent(copy.topicId, _ -> new HashSet<>()).add(copy.index);
      }
    });
    return passing;
  }

  void put(Partition partition) {
    PartitionId id = partition.id();
    HostedTopic hosted = byId.computeIfAbsent(id.topicId(), _ -> new HostedTopic(id.topic()));
    hosted.put(id.index(), partition);
    byName.put(id.topic(), hosted);
    broken.remove(new Copy(id.topicId(), id.index()));
  }

  /** A copy can't be served; {@code mayPass} when it is worth another try later. */
  void putBroken(PartitionId id, ErrorCode error, boolean mayPass) {
    broken.put(new Copy(id.topicId(), id.index()), new Broken(error, mayPass));
  }

  /** Forgets what could not be opened of a copy that is to be elsewhere. */
  void removeBroken(Uuid topicId, int index) {
    broken.remove(new Copy(topicId, index));
  }

  /** Forgets what could not be opened of a topic that is gone. */
  void removeBroken(Uuid topicId) {
    broken.keySet().removeIf(copy -> copy.topicId.equals(topicId));
  }

  void remove(PartitionId id) {
    broken.remove(new Copy(id.topicId(), id.index()));
    HostedTopic hosted = byId.get(id.topicId());
    if (hosted != null && hosted.partition(id.index()) != null) {
      hosted.remove(id.index());
      if (hosted.all().isEmpty()) {
        byId.remove(id.topicId());
        byName.remove(id.topic(), hosted);
      }
    }
  }

  /** All copies of a topic. */
  List<Partition> all(Uuid topicId) {
    HostedTopic hosted = byId.get(topicId);
    return hosted == null ? List.of() : hosted.all();
  }

  /** All copies. */
  List<Partition> all() {
    List<Partition> all = new ArrayList<>();
    byId.values().forEach(topic -> all.addAll(topic.all()));
    return all;
  }
}
