package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.ConsumerRules;
import dev.millrace.coordinator.group.GroupClient;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.net.Connection;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;

/**
 * ConsumerGroupHeartbeat (68), versions 0–1: members of a group of the consumer protocol join, say
 * what they read and have, hear what they are to have, and leave (KIP-848).
 *
 * <ul>
 *   <li>0: a member that joins gets its id from the broker
 *   <li>1: members make their ids themselves (KIP-1082); topics by a regular expression
 * </ul>
 */
final class ConsumerGroupHeartbeatHandler implements Handler<ConsumerGroupHeartbeatRequest> {
  private static final short OWN_IDS_SINCE = 1;
  private static final int JOIN = 0;

  private final Node node;
  private final ConsumerRules rules;
  private final GroupCoordinator coordinator;
  private final NamedSoftware named = new NamedSoftware();

  ConsumerGroupHeartbeatHandler(Node node, ConsumerRules rules, GroupCoordinator coordinator) {
    this.node = node;
    this.rules = rules;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.CONSUMER_GROUP_HEARTBEAT;
  }

  @Override
  public void handle(Call call, ConsumerGroupHeartbeatRequest request) {
    if (!ClusterConsumerRules.areOn(node)) {
      // without a message, as Kafka has it
      call.answer(
          ConsumerGroupHeartbeatResponse.builder()
              .errorCode(ErrorCode.UNSUPPORTED_VERSION)
              .build());
    } else if (request.groupId().isEmpty()) {
      call.answer(refused(ErrorCode.INVALID_REQUEST, "GroupId can't be empty."));
    } else if (request.memberId().isEmpty()
        && (call.version() >= OWN_IDS_SINCE || request.memberEpoch() != JOIN)) {
      call.answer(refused(ErrorCode.INVALID_REQUEST, "MemberId can't be empty."));
    } else {
      NamedSoftware.Pace pace =
          named.pace(
              call.connection(), () -> rules.settings(request.groupId()).heartbeatIntervalMs());
      coordinator.heartbeat(
          request,
          new GroupClient(call.clientId(), call.clientHost()),
          answer -> call.answer(paced(answer, pace)));
    }
  }

  @Override
  public void met(Connection connection, String software) {
    named.met(connection);
  }

  @Override
  public void closed(Connection connection) {
    named.closed(connection);
  }

  private static ConsumerGroupHeartbeatResponse paced(
      ConsumerGroupHeartbeatResponse answer, NamedSoftware.Pace pace) {
    return answer.toBuilder()
        .heartbeatIntervalMs(pace.toldMs(answer.heartbeatIntervalMs()))
        .build();
  }

  private static ConsumerGroupHeartbeatResponse refused(ErrorCode error, String message) {
    return ConsumerGroupHeartbeatResponse.builder().errorCode(error).errorMessage(message).build();
  }
}
