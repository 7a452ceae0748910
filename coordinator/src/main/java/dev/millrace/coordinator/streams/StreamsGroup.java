package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupMetadataValue.LastAssignmentConfig;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberValue.TaskIds;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyKey;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.wire.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * A streams group. Immutable; changed by records alone.
 *
 * @param epochs how far it is
 * @param topology what the application consists of; null until its first member has said it
 * @param members by their ids
 * @param targets what each member is to have, by member id
 * @param holders who has what
 */
public record StreamsGroup(
    String id,
    Epochs epochs,
    @Nullable Topology topology,
    PMap<String, StreamsMember> members,
    PMap<String, Assigned> targets,
    Holders holders) {
  /**
   * How far a group is.
   *
   * @param group rises with each change of members, the topology or its topics; 0 before the first
   * @param metadataHash of the topics that the topology needs, see {@link Layout#hash}
   * @param validatedTopology the epoch of the topology whose topics were all there; −1 for none
   * @param configs settings that the targets depend on, as they were then
   * @param assignment the group epoch for which targets are known
   * @param assignedMs wall-clock time of the last assignment; 0 when there was none
   */
  public record Epochs(
      int group,
      long metadataHash,
      int validatedTopology,
      Map<String, String> configs,
      int assignment,
      long assignedMs) {
    static final Epochs FIRST = new Epochs(0, 0, -1, Map.of(), 0, 0);

    public Epochs {
      configs = Map.copyOf(configs);
    }
  }

  /** A group without members. */
  public static StreamsGroup empty(String id) {
    return new StreamsGroup(
        id, Epochs.FIRST, null, HashTreePMap.empty(), HashTreePMap.empty(), Holders.NONE);
  }

  public @Nullable StreamsMember member(String memberId) {
    return members.get(memberId);
  }

  /** The member that has a static name, or null. */
  public @Nullable StreamsMember instance(String instanceId) {
    String memberId = holders.instances().get(instanceId);
    return memberId == null ? null : members.get(memberId);
  }

  public Assigned target(String memberId) {
    return Objects.requireNonNullElse(targets.get(memberId), Assigned.NONE);
  }

  /** Whether members at work read a topic. */
  public boolean isSubscribed(String topic) {
    return topology != null && !members.isEmpty() && topology.readerOf(topic) != null;
  }

  /** Whether the topics of its topology were all there. */
  boolean isValidated() {
    return topology != null && topology.epoch() == epochs.validatedTopology();
  }

  /** Kafka's name for where the group stands. */
  public String state() {
    if (members.isEmpty()) {
      return "Empty";
    }
    if (!isValidated()) {
      return "NotReady";
    }
    if (epochs.group() > epochs.assignment()) {
      return "Assigning";
    }
    for (StreamsMember member : members.values()) {
      if (!member.position().isReconciledTo(epochs.assignment())) {
        return "Reconciling";
      }
    }
    return "Stable";
  }

  // Records

  /** The group of a record, or null when it belongs to no streams group. */
  public static @Nullable String groupIdOf(Message key) {
    return switch (key) {
      case StreamsGroupMetadataKey group -> group.groupId();
      case StreamsGroupMemberMetadataKey member -> member.groupId();
      case StreamsGroupTopologyKey topology -> topology.groupId();
      case StreamsGroupTargetAssignmentMetadataKey target -> target.groupId();
      case StreamsGroupTargetAssignmentMemberKey target -> target.groupId();
      case StreamsGroupCurrentMemberAssignmentKey current -> current.groupId();
      default -> null;
    };
  }

  /**
   * The group after a record of it. The deletion of the group itself is none of them: it is {@link
   * #isDeletion} and leaves no group.
   */
  public StreamsGroup with(Message key, @Nullable Message value) {
    return switch (key) {
      case StreamsGroupMetadataKey _ -> withGroup(value);
      case StreamsGroupMemberMetadataKey member -> withProfile(member.memberId(), value);
      case StreamsGroupTopologyKey _ ->
          withTopology(value instanceof StreamsGroupTopologyValue said ? new Topology(said) : null);
      case StreamsGroupTargetAssignmentMetadataKey _ -> withAssignmentEpoch(value);
      case StreamsGroupTargetAssignmentMemberKey target -> withTarget(target.memberId(), value);
      case StreamsGroupCurrentMemberAssignmentKey current ->
          withPosition(current.memberId(), value);
      default -> this;
    };
  }

  /** Whether a record says that its group is gone. */
  public static boolean isDeletion(Message key, @Nullable Message value) {
    return key instanceof StreamsGroupMetadataKey && value == null;
  }

  private StreamsGroup withGroup(@Nullable Message value) {
    if (!(value instanceof StreamsGroupMetadataValue group)) {
      return with(new Epochs(0, 0, -1, Map.of(), epochs.assignment(), epochs.assignedMs()));
    }
    Map<String, String> configs = new HashMap<>();
    List<LastAssignmentConfig> said = group.lastAssignmentConfigs();
    if (said != null) {
      said.forEach(config -> configs.put(config.key(), config.value()));
    }
    return with(
        new Epochs(
            group.epoch(),
            group.metadataHash(),
            group.validatedTopologyEpoch(),
            configs,
            epochs.assignment(),
            epochs.assignedMs()));
  }

  private StreamsGroup withAssignmentEpoch(@Nullable Message value) {
    return value instanceof StreamsGroupTargetAssignmentMetadataValue target
        ? withAssignment(target.assignmentEpoch(), target.assignmentTimestamp())
        : withAssignment(0, 0);
  }

  private StreamsGroup withAssignment(int epoch, long atMs) {
    return with(
        new Epochs(
            epochs.group(),
            epochs.metadataHash(),
            epochs.validatedTopology(),
            epochs.configs(),
            epoch,
            atMs));
  }

  private StreamsGroup with(Epochs changed) {
    return new StreamsGroup(id, changed, topology, members, targets, holders);
  }

  private StreamsGroup withTopology(@Nullable Topology changed) {
    return new StreamsGroup(id, epochs, changed, members, targets, holders);
  }

  private StreamsGroup withProfile(String memberId, @Nullable Message value) {
    StreamsMember before = members.get(memberId);
    if (value instanceof StreamsGroupMemberMetadataValue profile) {
      return with(before, orUnknown(before, memberId).with(profile));
    }
    return before == null ? this : with(before, null);
  }

  private StreamsGroup withPosition(String memberId, @Nullable Message value) {
    StreamsMember before = members.get(memberId);
    if (value instanceof StreamsGroupCurrentMemberAssignmentValue current) {
      return with(before, orUnknown(before, memberId).with(Position.of(current)));
    }
    return before == null ? this : with(before, before.with(Position.NEW));
  }

  private static StreamsMember orUnknown(@Nullable StreamsMember member, String id) {
    return member == null ? StreamsMember.unknown(id) : member;
  }

  private StreamsGroup with(@Nullable StreamsMember before, @Nullable StreamsMember after) {
    PMap<String, StreamsMember> changed = members;
    if (after != null) {
      changed = members.plus(after.id(), after);
    } else if (before != null) {
      changed = members.minus(before.id());
    }
    return new StreamsGroup(id, epochs, topology, changed, targets, holders.replace(before, after));
  }

  private StreamsGroup withTarget(String memberId, @Nullable Message value) {
    PMap<String, Assigned> changed = targets.minus(memberId);
    if (value instanceof StreamsGroupTargetAssignmentMemberValue target) {
      changed =
          targets.plus(
              memberId,
              new Assigned(
                  tasks(target.activeTasks()),
                  tasks(target.standbyTasks()),
                  tasks(target.warmupTasks())));
    }
    return new StreamsGroup(id, epochs, topology, members, changed, holders);
  }

  private static Tasks tasks(List<TaskIds> ids) {
    Tasks.Builder builder = new Tasks.Builder();
    ids.forEach(each -> builder.addAll(each.subtopologyId(), each.partitions()));
    return builder.build();
  }
}
