package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What follows from all members together, kept up to date one member at a time so that a change
 * costs the same in groups of any size. Immutable.
 *
 * @param instances member ids by the names of static members
 * @param owners who has a partition, by topic and index
 * @param names how many members subscribe to a topic by its name
 * @param regexes how many members subscribe to a regular expression
 * @param assignors how many members ask for an assignor
 * @param classicProtocols how many classic members support a protocol
 * @param classicCount members that speak the classic protocol
 */
record Census(
    PMap<String, String> instances,
    PMap<Uuid, PMap<Integer, String>> owners,
    PMap<String, Integer> names,
    PMap<String, Integer> regexes,
    PMap<String, Integer> assignors,
    PMap<String, Integer> classicProtocols,
    int classicCount) {
  static final Census EMPTY =
      new Census(
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          0);

  /** Who has a partition, or null when it is free. */
  @Nullable String owner(Uuid topicId, int partition) {
    PMap<Integer, String> partitions = owners.get(topicId);
    return partitions == null ? null : partitions.get(partition);
  }

  /** The same with {@code after} in the place of {@code before}; null for no member. */
  Census replace(@Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    return new Census(
        instances(before, after),
        owners(before, after),
        names(before, after),
        count(regexes, before == null ? "" : before.regex(), after == null ? "" : after.regex()),
        count(assignors, assignor(before), assignor(after)),
        classicProtocols(before, after),
        classicCount + one(after) - one(before));
  }

  private static int one(@Nullable ConsumerMember member) {
    return member != null && member.isClassic() ? 1 : 0;
  }

  private static String assignor(@Nullable ConsumerMember member) {
    return member == null ? "" : Objects.requireNonNullElse(member.profile().serverAssignor(), "");
  }

  private PMap<String, String> instances(
      @Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    PMap<String, String> result = instances;
    String old = before == null ? null : before.instanceId();
    if (before != null && old != null && before.id().equals(result.get(old))) {
      result = result.minus(old);
    }
    String now = after == null ? null : after.instanceId();
    return after == null || now == null ? result : result.plus(now, after.id());
  }

  private PMap<Uuid, PMap<Integer, String>> owners(
      @Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    Position old = before == null ? Position.NEW : before.position();
    Position now = after == null ? Position.NEW : after.position();
    if (old.assigned().equals(now.assigned()) && old.revoking().equals(now.revoking())) {
      return owners;
    }
    Ownership ownership = new Ownership(owners);
    if (before != null) {
      old.assigned().forEach((topic, each, _) -> ownership.free(topic, each, before.id()));
      old.revoking().forEach((topic, each, _) -> ownership.free(topic, each, before.id()));
    }
    if (after != null) {
      now.assigned().forEach((topic, each, _) -> ownership.take(topic, each, after.id()));
      now.revoking().forEach((topic, each, _) -> ownership.take(topic, each, after.id()));
    }
    return ownership.owners;
  }

  private static final class Ownership {
    private PMap<Uuid, PMap<Integer, String>> owners;

    Ownership(PMap<Uuid, PMap<Integer, String>> owners) {
      this.owners = owners;
    }

    void take(Uuid topic, int partition, String member) {
      PMap<Integer, String> partitions =
          Objects.requireNonNullElse(owners.get(topic), HashTreePMap.empty());
      owners = owners.plus(topic, partitions.plus(partition, member));
    }

    void free(Uuid topic, int partition, String member) {
      PMap<Integer, String> partitions = owners.get(topic);
      if (partitions == null || !member.equals(partitions.get(partition))) {
        return;
      }
      PMap<Integer, String> left = partitions.minus(partition);
      owners = left.isEmpty() ? owners.minus(topic) : owners.plus(topic, left);
    }
  }

  private PMap<String, Integer> names(
      @Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    PMap<String, Integer> result = names;
    if (before != null
        && after != null
        && before.profile().subscribedTopicNames().equals(after.profile().subscribedTopicNames())) {
      return result;
    }
    if (after != null) {
      for (String name : after.profile().subscribedTopicNames()) {
        result = count(result, name, 1);
      }
    }
    if (before != null) {
      for (String name : before.profile().subscribedTopicNames()) {
        result = count(result, name, -1);
      }
    }
    return result;
  }

  private PMap<String, Integer> classicProtocols(
      @Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    PMap<String, Integer> result = classicProtocols;
    ClassicMemberMetadata now = after == null ? null : after.classic();
    ClassicMemberMetadata old = before == null ? null : before.classic();
    if (now != null) {
      for (ClassicProtocol protocol : now.supportedProtocols()) {
        result = count(result, protocol.name(), 1);
      }
    }
    if (old != null) {
      for (ClassicProtocol protocol : old.supportedProtocols()) {
        result = count(result, protocol.name(), -1);
      }
    }
    return result;
  }

  /** Moves one vote; "" stands for none. */
  private static PMap<String, Integer> count(
      PMap<String, Integer> counts, String before, String after) {
    if (before.equals(after)) {
      return counts;
    }
    PMap<String, Integer> result = after.isEmpty() ? counts : count(counts, after, 1);
    return before.isEmpty() ? result : count(result, before, -1);
  }

  private static PMap<String, Integer> count(PMap<String, Integer> counts, String key, int change) {
    int value = Objects.requireNonNullElse(counts.get(key), 0) + change;
    return value == 0 ? counts.minus(key) : counts.plus(key, value);
  }
}
