package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionKey;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionValue;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMetadataValue;
import dev.millrace.wire.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * A group of the consumer protocol. Immutable; changed by records alone.
 *
 * @param epochs how far it is
 * @param members by their ids
 * @param targets what each member is to have, by member id
 * @param regexes what each regular expression stands for now
 * @param census what follows from the members
 */
public record ConsumerGroup(
    String id,
    Epochs epochs,
    PMap<String, ConsumerMember> members,
    PMap<String, Partitions> targets,
    PMap<String, ConsumerGroupRegularExpressionValue> regexes,
    Census census) {

  /**
   * How far a group is.
   *
   * @param group rises with each change of members, subscriptions or topics
   * @param metadataHash of the topics that are subscribed to, see {@link Subscriptions}
   * @param assignment the group epoch for which targets are known
   * @param assignedMs wall-clock time of the last assignment; 0 when there was none
   */
  public record Epochs(int group, long metadataHash, int assignment, long assignedMs) {
    /** Kafka's first epoch is 1 before anybody has joined. */
    static final Epochs FIRST = new Epochs(1, 0, 0, 0);
  }

  /** A group without members. */
  public static ConsumerGroup empty(String id) {
    return new ConsumerGroup(
        id,
        Epochs.FIRST,
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        Census.EMPTY);
  }

  public @Nullable ConsumerMember member(String memberId) {
    return members.get(memberId);
  }

  /** The member that has a static name, or null. */
  public @Nullable ConsumerMember instance(String instanceId) {
    String memberId = census.instances().get(instanceId);
    return memberId == null ? null : members.get(memberId);
  }

  public Partitions target(String memberId) {
    return Objects.requireNonNullElse(targets.get(memberId), Partitions.NONE);
  }

  /** Who has a partition, or null when it is free. */
  public @Nullable String owner(Uuid topicId, int partition) {
    return census.owner(topicId, partition);
  }

  /** Whether a member reads a topic, by its name or by an expression that stands for it. */
  public boolean isSubscribed(String topic) {
    if (census.names().containsKey(topic)) {
      return true;
    }
    for (String regex : census.regexes().keySet()) {
      ConsumerGroupRegularExpressionValue resolved = regexes.get(regex);
      if (resolved != null && resolved.topics().contains(topic)) {
        return true;
      }
    }
    return false;
  }

  /** Whether members of the classic protocol are all that there is. */
  public boolean isAllClassic() {
    return census.classicCount() == members.size();
  }

  /** How many classic members support each protocol. */
  public PMap<String, Integer> classicProtocols() {
    return census.classicProtocols();
  }

  /** Whether all members of the classic protocol support a protocol. */
  public boolean supportedByAllClassic(String protocol) {
    return Objects.requireNonNullElse(census.classicProtocols().get(protocol), 0)
        == census.classicCount();
  }

  /** Whether something of a member's target is free that it has not got yet. */
  public boolean hasFreeFor(ConsumerMember member) {
    boolean[] free = {false};
    target(member.id()).forEach((topic, partition) -> free[0] |= owner(topic, partition) == null);
    return free[0];
  }

  /** The assignor that most members ask for; the first by name of several. Null without votes. */
  public @Nullable String preferredAssignor() {
    String preferred = null;
    int most = 0;
    for (var vote : census.assignors().entrySet()) {
      int votes = vote.getValue();
      if (votes > most
          || (votes == most && preferred != null && vote.getKey().compareTo(preferred) < 0)) {
        preferred = vote.getKey();
        most = votes;
      }
    }
    return preferred;
  }

  /** Kafka's name for where the group stands: Empty, Assigning, Reconciling or Stable. */
  public String state() {
    if (members.isEmpty()) {
      return "Empty";
    }
    if (epochs.group() > epochs.assignment()) {
      return "Assigning";
    }
    for (ConsumerMember member : members.values()) {
      if (!member.position().isReconciledTo(epochs.assignment())) {
        return "Reconciling";
      }
    }
    return "Stable";
  }

  // Records

  /** Whether records of this key are about groups of the consumer protocol. */
  public static boolean owns(Message key) {
    return groupIdOf(key) != null;
  }

  /** The group of a record, or null when it belongs to no group of this protocol. */
  public static @Nullable String groupIdOf(Message key) {
    return switch (key) {
      case ConsumerGroupMetadataKey group -> group.groupId();
      case ConsumerGroupMemberMetadataKey member -> member.groupId();
      case ConsumerGroupTargetAssignmentMetadataKey target -> target.groupId();
      case ConsumerGroupTargetAssignmentMemberKey target -> target.groupId();
      case ConsumerGroupCurrentMemberAssignmentKey current -> current.groupId();
      case ConsumerGroupRegularExpressionKey regex -> regex.groupId();
      default -> null;
    };
  }

  /**
   * The group after a record of it. The deletion of the group itself is none of them: it is {@link
   * #isDeletion} and leaves no group.
   */
  public ConsumerGroup with(Message key, @Nullable Message value) {
    return switch (key) {
      case ConsumerGroupMetadataKey _ -> withGroup(value);
      case ConsumerGroupMemberMetadataKey member -> withProfile(member.memberId(), value);
      case ConsumerGroupTargetAssignmentMetadataKey _ -> withAssignmentEpoch(value);
      case ConsumerGroupTargetAssignmentMemberKey target -> withTarget(target.memberId(), value);
      case ConsumerGroupCurrentMemberAssignmentKey current ->
          withPosition(current.memberId(), value);
      case ConsumerGroupRegularExpressionKey regex -> withRegex(regex.regularExpression(), value);
      default -> this;
    };
  }

  /** Whether a record says that its group is gone. */
  public static boolean isDeletion(Message key, @Nullable Message value) {
    return key instanceof ConsumerGroupMetadataKey && value == null;
  }

  private ConsumerGroup withGroup(@Nullable Message value) {
    return value instanceof ConsumerGroupMetadataValue group
        ? with(
            new Epochs(
                group.epoch(), group.metadataHash(), epochs.assignment(), epochs.assignedMs()))
        : with(new Epochs(1, 0, epochs.assignment(), epochs.assignedMs()));
  }

  private ConsumerGroup withAssignmentEpoch(@Nullable Message value) {
    return value instanceof ConsumerGroupTargetAssignmentMetadataValue target
        ? with(
            new Epochs(
                epochs.group(),
                epochs.metadataHash(),
                target.assignmentEpoch(),
                target.assignmentTimestamp()))
        : with(new Epochs(epochs.group(), epochs.metadataHash(), 0, 0));
  }

  private ConsumerGroup with(Epochs changed) {
    return new ConsumerGroup(id, changed, members, targets, regexes, census);
  }

  private ConsumerGroup withProfile(String memberId, @Nullable Message value) {
    ConsumerMember before = members.get(memberId);
    if (value instanceof ConsumerGroupMemberMetadataValue profile) {
      return with(before, orUnknown(before, memberId).with(profile));
    }
    return before == null ? this : with(before, null);
  }

  private ConsumerGroup withPosition(String memberId, @Nullable Message value) {
    ConsumerMember before = members.get(memberId);
    if (value instanceof ConsumerGroupCurrentMemberAssignmentValue current) {
      return with(before, orUnknown(before, memberId).with(Position.of(current)));
    }
    return before == null ? this : with(before, before.with(Position.NEW));
  }

  private static ConsumerMember orUnknown(@Nullable ConsumerMember member, String id) {
    return member == null ? ConsumerMember.unknown(id) : member;
  }

  private ConsumerGroup with(@Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    PMap<String, ConsumerMember> changed = members;
    if (after != null) {
      changed = members.plus(after.id(), after);
    } else if (before != null) {
      changed = members.minus(before.id());
    }
    return new ConsumerGroup(id, epochs, changed, targets, regexes, census.replace(before, after));
  }

  private ConsumerGroup withTarget(String memberId, @Nullable Message value) {
    PMap<String, Partitions> changed = targets.minus(memberId);
    if (value instanceof ConsumerGroupTargetAssignmentMemberValue target) {
      Partitions.Builder partitions = new Partitions.Builder();
      target
          .topicPartitions()
          .forEach(topic -> partitions.addAll(topic.topicId(), topic.partitions()));
      changed = targets.plus(memberId, partitions.build());
    }
    return new ConsumerGroup(id, epochs, members, changed, regexes, census);
  }

  private ConsumerGroup withRegex(String regex, @Nullable Message value) {
    return new ConsumerGroup(
        id,
        epochs,
        members,
        targets,
        value instanceof ConsumerGroupRegularExpressionValue resolved
            ? regexes.plus(regex, resolved)
            : regexes.minus(regex),
        census);
  }
}
