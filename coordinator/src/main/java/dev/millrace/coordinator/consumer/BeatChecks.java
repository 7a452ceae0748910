package dev.millrace.coordinator.consumer;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be right with a heartbeat before it changes anything. Null means that it is. */
final class BeatChecks {
  /** The most that a member may say about itself, characters. */
  static final int SUBSCRIPTION_LENGTH_MAX = 256 << 10;

  private BeatChecks() {}

  /** Whether the request makes sense by itself. */
  static @Nullable Refusal request(Beat beat, ConsumerSettings settings) {
    ConsumerGroupHeartbeatRequest request = beat.request();
    Refusal refusal = epoch(request);
    if (refusal != null) {
      return refusal;
    }
    if (tooMuch(request)) {
      return invalid(
          "member says more than a record can hold, characters=" + SUBSCRIPTION_LENGTH_MAX);
    }
    String regex = request.subscribedTopicRegex();
    String fault = regex == null || regex.isEmpty() ? null : Subscriptions.fault(regex);
    if (fault != null) {
      return new Refusal(
          ErrorCode.INVALID_REGULAR_EXPRESSION,
          "SubscribedTopicRegex is no regular expression of RE2, regex="
              + regex
              + " fault="
              + fault);
    }
    String assignor = request.serverAssignor();
    if (assignor != null && !settings.has(assignor)) {
      return new Refusal(
          ErrorCode.UNSUPPORTED_ASSIGNOR,
          "ServerAssignor is not known here, assignor="
              + assignor
              + " known="
              + settings.assignors().stream().map(Assignor::name).toList());
    }
    return null;
  }

  /** What a member says becomes one record, which must fit a batch with those of others. */
  private static boolean tooMuch(ConsumerGroupHeartbeatRequest request) {
    long length = length(request.instanceId()) + length(request.rackId());
    List<String> names = request.subscribedTopicNames();
    if (names != null) {
      for (String name : names) {
        length += name.length() + 1;
      }
    }
    return length + request.memberId().length() > SUBSCRIPTION_LENGTH_MAX;
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private static @Nullable Refusal epoch(ConsumerGroupHeartbeatRequest request) {
    if (isEmpty(request.instanceId()) || isEmpty(request.rackId())) {
      return invalid("InstanceId and RackId can't be empty, leave out what there is not");
    }
    return switch (request.memberEpoch()) {
      case Beat.JOIN -> join(request);
      case Beat.LEAVE_FOR_NOW ->
          request.instanceId() == null ? invalid("InstanceId can't be null with epoch -2") : null;
      default ->
          request.memberEpoch() < Beat.LEAVE_FOR_NOW
              ? invalid("MemberEpoch is invalid, epoch=" + request.memberEpoch())
              : null;
    };
  }

  private static @Nullable Refusal join(ConsumerGroupHeartbeatRequest request) {
    if (request.rebalanceTimeoutMs() == -1) {
      return invalid("RebalanceTimeoutMs must be provided in first request");
    }
    List<TopicPartitions> owned = request.topicPartitions();
    if (owned == null || !owned.isEmpty()) {
      return invalid("TopicPartitions must be empty when (re-)joining");
    }
    if (request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null) {
      return invalid(
          "either SubscribedTopicNames or SubscribedTopicRegex must be set when (re-)joining");
    }
    return null;
  }

  private static boolean isEmpty(@Nullable String text) {
    return text != null && text.isEmpty();
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_REQUEST, message);
  }

  /** Whether there is room for the member. */
  static @Nullable Refusal room(ConsumerGroup group, Beat beat, ConsumerSettings settings) {
    String instanceId = beat.request().instanceId();
    boolean isKnown =
        group.member(beat.memberId()) != null
            || (instanceId != null && group.instance(instanceId) != null);
    return isKnown || group.members().size() < settings.sizeMax()
        ? null
        : new Refusal(
            ErrorCode.GROUP_MAX_SIZE_REACHED, "group is full, members=" + settings.sizeMax());
  }

  /** Whether a request may speak for the member that it names. */
  static @Nullable Refusal identity(ConsumerGroup group, Beat beat) {
    String instanceId = beat.request().instanceId();
    if (instanceId == null) {
      return group.member(beat.memberId()) == null ? unknown(group, beat) : null;
    }
    ConsumerMember holder = group.instance(instanceId);
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

  static Refusal unknown(ConsumerGroup group, Beat beat) {
    return new Refusal(
        ErrorCode.UNKNOWN_MEMBER_ID,
        "member is not known, join again, member=" + beat.memberId() + " group=" + group.id());
  }

  /** Whether a static name is free for another member. */
  static @Nullable Refusal released(ConsumerMember holder, Beat beat) {
    boolean same = holder.id().equals(beat.memberId());
    return same || holder.isAway() || holder.isClassic()
        ? null
        : new Refusal(
            ErrorCode.UNRELEASED_INSTANCE_ID,
            "instance is in use by another member, instance=" + holder.instanceId());
  }

  /**
   * Whether the epoch of a request is the member's. The one before passes too when the member
   * claims nothing that it does not have: the answer that told it the newer one may be lost.
   */
  static @Nullable Refusal epoch(ConsumerMember member, ConsumerGroupHeartbeatRequest request) {
    int epoch = request.memberEpoch();
    Position position = member.position();
    boolean current = epoch == position.epoch();
    boolean repeated = epoch == position.previousEpoch() && has(position, request);
    return current || (repeated && epoch < position.epoch())
        ? null
        : new Refusal(
            ErrorCode.FENCED_MEMBER_EPOCH,
            "member epoch is not the coordinator's, drop all partitions and join again, epoch="
                + epoch
                + " known="
                + position.epoch());
  }

  private static boolean has(Position position, ConsumerGroupHeartbeatRequest request) {
    List<TopicPartitions> owned = request.topicPartitions();
    if (owned == null) {
      return false;
    }
    for (TopicPartitions topic : owned) {
      for (int partition : topic.partitions()) {
        if (!position.assigned().contains(topic.topicId(), partition)) {
          return false;
        }
      }
    }
    return true;
  }
}
