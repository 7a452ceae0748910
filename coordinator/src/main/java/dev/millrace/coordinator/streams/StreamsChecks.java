package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.KeyValue;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.TaskIds;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Topology;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What must be right with a heartbeat before it changes anything. Null means that it is. */
final class StreamsChecks {
  /** The most that a member may say about itself, characters. */
  static final int PROFILE_LENGTH_MAX = 256 << 10;

  private StreamsChecks() {}

  /** Whether the request makes sense by itself. */
  static @Nullable Refusal request(StreamsBeat beat) {
    StreamsGroupHeartbeatRequest request = beat.request();
    if (request.memberId().isEmpty()) {
      return invalid("MemberId can't be empty.");
    }
    if (isEmpty(request.instanceId())) {
      return invalid("InstanceId can't be empty.");
    }
    if (isEmpty(request.rackId())) {
      return invalid("RackId can't be empty.");
    }
    if (tooMuch(request)) {
      return invalid("member says more than a record can hold, characters=" + PROFILE_LENGTH_MAX);
    }
    return switch (request.memberEpoch()) {
      case StreamsBeat.JOIN -> join(request);
      case StreamsBeat.LEAVE -> null;
      case StreamsBeat.LEAVE_FOR_NOW ->
          request.instanceId() == null ? invalid("InstanceId can't be null.") : null;
      default -> stay(request);
    };
  }

  private static @Nullable Refusal join(StreamsGroupHeartbeatRequest request) {
    if (request.rebalanceTimeoutMs() == StreamsBeat.UNCHANGED) {
      return invalid("RebalanceTimeoutMs must be provided in first request.");
    }
    if (isNotEmpty(request.activeTasks())) {
      return invalid("ActiveTasks must be empty when (re-)joining.");
    }
    if (isNotEmpty(request.standbyTasks())) {
      return invalid("StandbyTasks must be empty when (re-)joining.");
    }
    if (isNotEmpty(request.warmupTasks())) {
      return invalid("WarmupTasks must be empty when (re-)joining.");
    }
    Topology topology = request.topology();
    if (topology == null) {
      return invalid("Topology must be non-null when (re-)joining.");
    }
    return TopologyCheck.fault(dev.millrace.coordinator.streams.Topology.said(topology));
  }

  private static @Nullable Refusal stay(StreamsGroupHeartbeatRequest request) {
    if (request.memberEpoch() < StreamsBeat.LEAVE_FOR_NOW) {
      return invalid(
          "MemberEpoch is " + request.memberEpoch() + ", but must be greater than or equal to -2.");
    }
    boolean all =
        request.activeTasks() != null
            && request.standbyTasks() != null
            && request.warmupTasks() != null;
    boolean none =
        request.activeTasks() == null
            && request.standbyTasks() == null
            && request.warmupTasks() == null;
    if (!all && !none) {
      return invalid("If one task-type is non-null, all must be non-null.");
    }
    return request.topology() == null
        ? null
        : invalid("Topology can only be provided when (re-)joining.");
  }

  /** A joining member has nothing, and says so. */
  private static boolean isNotEmpty(@Nullable List<TaskIds> tasks) {
    return tasks == null || !tasks.isEmpty();
  }

  private static boolean tooMuch(StreamsGroupHeartbeatRequest request) {
    long length = request.memberId().length() + length(request.instanceId());
    length += length(request.rackId()) + length(request.processId());
    if (request.userEndpoint() != null) {
      length += request.userEndpoint().host().length();
    }
    for (KeyValue tag : Objects.requireNonNullElse(request.clientTags(), List.<KeyValue>of())) {
      length += tag.key().length() + tag.value().length() + 2;
    }
    return length > PROFILE_LENGTH_MAX;
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static boolean isEmpty(@Nullable String text) {
    return text != null && text.isEmpty();
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_REQUEST, message);
  }

  /** Whether there is room for the member. */
  static @Nullable Refusal room(StreamsGroup group, StreamsBeat beat, StreamsSettings settings) {
    String instanceId = beat.request().instanceId();
    boolean isKnown =
        group.member(beat.memberId()) != null
            || (instanceId != null && group.instance(instanceId) != null);
    return isKnown || group.members().size() < settings.sizeMax()
        ? null
        : new Refusal(
            ErrorCode.GROUP_MAX_SIZE_REACHED,
            "The streams group has reached its maximum capacity of "
                + settings.sizeMax()
                + " members.");
  }

  /** Whether a request may speak for the member that it names. */
  static @Nullable Refusal identity(StreamsGroup group, StreamsBeat beat) {
    String instanceId = beat.request().instanceId();
    if (instanceId == null) {
      return group.member(beat.memberId()) == null ? unknown(group, beat) : null;
    }
    StreamsMember holder = group.instance(instanceId);
    if (holder == null) {
      return new Refusal(
          ErrorCode.UNKNOWN_MEMBER_ID, "instance is not known, instance=" + instanceId);
    }
    return holder.id().equals(beat.memberId())
        ? null
        : new Refusal(
            ErrorCode.FENCED_INSTANCE_ID,
            "instance belongs to another member, instance=" + instanceId);
  }

  static Refusal unknown(StreamsGroup group, StreamsBeat beat) {
    return new Refusal(
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member " + beat.memberId() + " is not a member of group " + group.id() + ".");
  }

  /** Whether a static name is free for another member. */
  static @Nullable Refusal released(StreamsGroup group, StreamsBeat beat) {
    String instanceId = beat.request().instanceId();
    StreamsMember holder = instanceId == null ? null : group.instance(instanceId);
    return holder == null || holder.id().equals(beat.memberId()) || holder.isAway()
        ? null
        : new Refusal(
            ErrorCode.UNRELEASED_INSTANCE_ID,
            "instance is in use by another member, instance=" + instanceId);
  }

  /**
   * Whether the epoch of a request is the member's. The one before passes too when the member
   * claims nothing that it does not have: the answer that told it the newer one may be lost.
   */
  static @Nullable Refusal epoch(StreamsMember member, StreamsBeat beat) {
    int epoch = beat.request().memberEpoch();
    Position position = member.position();
    Assigned owned = beat.owned();
    boolean repeated =
        epoch < position.epoch()
            && epoch == position.previousEpoch()
            && owned != null
            && position.assigned().containsAll(owned);
    return epoch == position.epoch() || repeated
        ? null
        : new Refusal(
            ErrorCode.FENCED_MEMBER_EPOCH,
            // Apache's tests compare this text
            "The streams group member has a "
                + (epoch > position.epoch() ? "greater" : "smaller")
                + " member epoch ("
                + epoch
                + ") than the one known by the group coordinator ("
                + position.epoch()
                + "). The member must abandon all its partitions and rejoin.");
  }

  /** Whether the tasks exist that a member says it has. */
  static @Nullable Refusal tasks(Layout layout, StreamsBeat beat) {
    Assigned owned = beat.owned();
    if (owned == null || !layout.isReady()) {
      return null;
    }
    Refusal[] found = {null};
    owned.forEach((task, _) -> {
      if (found[0] == null && !layout.has(task)) {
        found[0] = noSuchTask(layout, task);
      }
    });
    return found[0];
  }

  private static Refusal noSuchTask(Layout layout, Task task) {
    Integer count = layout.taskCounts().get(task.subtopology());
    return invalid(
        count == null
            ? "Subtopology " + task.subtopology() + " does not exist in the topology."
            : "Task "
                + task.partition()
                + " for subtopology "
                + task.subtopology()
                + " is invalid. Number of tasks for this subtopology: "
                + count);
  }
}
