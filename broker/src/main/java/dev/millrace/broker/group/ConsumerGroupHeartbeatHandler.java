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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * ConsumerGroupHeartbeat (68), versions 0–1: members of a group of the consumer protocol join, say
 * what they read and have, hear what they are to have, and leave (KIP-848).
 *
 * <ul>
 *   <li>0: a member that joins gets its id from the broker
 *   <li>1: members make their ids themselves (KIP-1082); topics by a regular expression
 * </ul>
 *
 * A client that has said which software it is (KIP-511) is told the interval that has its group
 * settle soon; any other one the interval of the settings (decision 0053).
 */
final class ConsumerGroupHeartbeatHandler implements Handler<ConsumerGroupHeartbeatRequest> {
  private static final short OWN_IDS_SINCE = 1;
  private static final int JOIN = 0;

  private final Node node;
  private final ConsumerRules rules;
  private final GroupCoordinator coordinator;
  private final Set<Long> named = ConcurrentHashMap.newKeySet();

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
      boolean brisk = named.contains(call.connection().id());
      coordinator.heartbeat(
          request,
          new GroupClient(call.clientId(), call.clientHost()),
          answer -> call.answer(brisk ? answer : unhurried(request.groupId(), answer)));
    }
  }

  @Override
  public void met(Connection connection, String software) {
    named.add(connection.id());
  }

  @Override
  public void closed(Connection connection) {
    named.remove(connection.id());
  }

  private ConsumerGroupHeartbeatResponse unhurried(
      String groupId, ConsumerGroupHeartbeatResponse answer) {
    // who is refused or leaves is told no interval
    return answer.heartbeatIntervalMs() == 0
        ? answer
        : answer.toBuilder()
            .heartbeatIntervalMs(rules.settings(groupId).heartbeatIntervalMs())
            .build();
  }

  private static ConsumerGroupHeartbeatResponse refused(ErrorCode error, String message) {
    return ConsumerGroupHeartbeatResponse.builder().errorCode(error).errorMessage(message).build();
  }
}
