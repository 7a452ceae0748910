package dev.millrace.coordinator.sharegroup;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The assignor of share groups, {@code simple}: every partition has a member, every member has a
 * partition as long as it subscribes to any, and no member has many more than another. When there
 * are more members than partitions, members share partitions evenly. What a member had before it
 * keeps as far as that is fair. Deterministic.
 */
final class SimpleAssignor {
  static final String NAME = "simple";

  private record Place(Uuid topicId, int index) {}

  private final SortedMap<String, SortedSet<Uuid>> subscriptions;
  private final Map<String, Partitions> before;
  private final Map<String, Partitions.Builder> assigned = new HashMap<>();
  private final Map<String, Integer> loads = new HashMap<>();
  private final Map<Place, Integer> readers = new HashMap<>();
  private final List<Place> places = new ArrayList<>();
  private final Map<Uuid, List<String>> subscribers = new HashMap<>();
  private final Map<Place, List<String>> holders = new HashMap<>();

  private SimpleAssignor(
      SortedMap<String, SortedSet<Uuid>> subscriptions, Map<String, Partitions> before) {
    this.subscriptions = subscriptions;
    this.before = before;
  }

  /**
   * Assigns partitions.
   *
   * @param subscriptions the topics of each member
   * @param before what each member was to have until now
   * @param available the partitions that can be given out
   */
  static Map<String, Partitions> assign(
      SortedMap<String, SortedSet<Uuid>> subscriptions,
      Map<String, Partitions> before,
      Partitions available) {
    SimpleAssignor assignor = new SimpleAssignor(subscriptions, before);
    assignor.prepare(available);
    assignor.coverPartitions();
    assignor.occupyMembers();
    Map<String, Partitions> result = new TreeMap<>();
    assignor.assigned.forEach((member, builder) -> result.put(member, builder.build()));
    return result;
  }

  private void prepare(Partitions available) {
    subscriptions.forEach((member, topics) -> {
      assigned.put(member, new Partitions.Builder());
      loads.put(member, 0);
      topics.forEach(
          topic -> subscribers.computeIfAbsent(topic, _ -> new ArrayList<>()).add(member));
      before
          .getOrDefault(member, Partitions.NONE)
          .forEach((topic, index) ->
              holders.computeIfAbsent(new Place(topic, index), _ -> new ArrayList<>()).add(member));
    });
    available.forEach((topic, index) -> {
      if (subscribers.containsKey(topic)) {
        places.add(new Place(topic, index));
      }
    });
  }

  /** Gives each partition to one member: to who had it, or to who has the fewest. */
  private void coverPartitions() {
    List<Place> free = new ArrayList<>();
    int members = Math.max(1, subscriptions.size());
    int most = places.size() / members;
    int above = places.size() % members;
    for (Place place : places) {
      String keeper = keeper(place, above > 0 ? most + 1 : most);
      if (keeper == null) {
        free.add(place);
      } else {
        above -= loads.getOrDefault(keeper, 0) == most ? 1 : 0;
        give(keeper, place);
      }
    }
    for (Place place : free) {
      List<String> candidates = subscribers.getOrDefault(place.topicId(), List.of());
      give(
          Collections.min(
              candidates, Comparator.comparingInt(member -> loads.getOrDefault(member, 0))),
          place);
    }
  }

  /** Who had a partition and has fewer than {@code most} now, or null. */
  private @Nullable String keeper(Place place, int most) {
    for (String member : holders.getOrDefault(place, List.of())) {
      if (loads.getOrDefault(member, 0) < most && reads(member, place)) {
        return member;
      }
    }
    return null;
  }

  /** Gives members that have nothing what they had, or a partition that the fewest have. */
  private void occupyMembers() {
    int fair = places.isEmpty() ? 0 : (subscriptions.size() + places.size() - 1) / places.size();
    for (Place place : places) {
      for (String member : holders.getOrDefault(place, List.of())) {
        if (loads.getOrDefault(member, 0) == 0
            && readers.getOrDefault(place, 0) < fair
            && reads(member, place)) {
          give(member, place);
        }
      }
    }
    for (String member : subscriptions.keySet()) {
      Place least = loads.getOrDefault(member, 0) == 0 ? leastRead(member) : null;
      if (least != null) {
        give(member, least);
      }
    }
  }

  private @Nullable Place leastRead(String member) {
    Place least = null;
    for (Place place : places) {
      if (reads(member, place)
          && (least == null || readers.getOrDefault(place, 0) < readers.getOrDefault(least, 0))) {
        least = place;
      }
    }
    return least;
  }

  private boolean reads(String member, Place place) {
    SortedSet<Uuid> topics = subscriptions.get(member);
    return topics != null && topics.contains(place.topicId());
  }

  private void give(String member, Place place) {
    assigned
        .computeIfAbsent(member, _ -> new Partitions.Builder())
        .add(place.topicId(), place.index());
    loads.merge(member, 1, Integer::sum);
    readers.merge(place, 1, Integer::sum);
  }
}
