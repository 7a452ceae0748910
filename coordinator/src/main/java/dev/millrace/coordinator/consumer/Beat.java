package dev.millrace.coordinator.consumer;

import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;

/**
 * A ConsumerGroupHeartbeat request and who sent it.
 *
 * @param newMemberId the id of the member if it has none
 * @param clientId the client's name for itself
 * @param clientHost its address as tools show it: {@code /127.0.0.1}
 */
public record Beat(
    ConsumerGroupHeartbeatRequest request, String newMemberId, String clientId, String clientHost) {
  static final int JOIN = 0;
  static final int LEAVE = -1;

  /** The epoch of a static member that leaves and will be back (KIP-345). */
  static final int LEAVE_FOR_NOW = -2;

  private static final int UNCHANGED = -1;

  String memberId() {
    return request.memberId().isEmpty() ? newMemberId : request.memberId();
  }

  public boolean joins() {
    return request.memberEpoch() == JOIN;
  }

  boolean leaves() {
    return request.memberEpoch() == LEAVE || request.memberEpoch() == LEAVE_FOR_NOW;
  }

  /** Whether it says everything, as members do when they are not sure of what arrived. */
  boolean saysAll() {
    return request.rebalanceTimeoutMs() != UNCHANGED
        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
        && request.topicPartitions() != null;
  }
}
