package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupClient;
import dev.millrace.coordinator.group.StreamsGroupFront;
import dev.millrace.coordinator.group.StreamsGroupRules;
import dev.millrace.net.Connection;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;

/**
 * StreamsGroupHeartbeat (88), versions 0–1: a thread of a streams application comes with its
 * topology, says what it works on, hears what it is to work on, and goes (KIP-1071).
 *
 * <ul>
 *   <li>1: the answer says whether the broker wants a description of the topology (KIP-1331): there
 *       is nothing here that would keep one
 * </ul>
 */
final class StreamsGroupHeartbeatHandler implements Handler<StreamsGroupHeartbeatRequest> {
  private final Node node;
  private final StreamsGroupRules rules;
  private final StreamsGroupFront groups;
  private final NamedSoftware named = new NamedSoftware();

  StreamsGroupHeartbeatHandler(Node node, StreamsGroupRules rules, StreamsGroupFront groups) {
    this.node = node;
    this.rules = rules;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.STREAMS_GROUP_HEARTBEAT;
  }

  @Override
  public void handle(Call call, StreamsGroupHeartbeatRequest request) {
    if (!ClusterStreamsRules.areOn(node)) {
      // without a message, as Kafka has it
      call.answer(
          StreamsGroupHeartbeatResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION).build());
    } else if (request.groupId().isEmpty()) {
      call.answer(
          StreamsGroupHeartbeatResponse.builder()
              .errorCode(ErrorCode.INVALID_REQUEST)
              .errorMessage("GroupId can't be empty.")
              .build());
    } else {
      NamedSoftware.Pace pace =
          named.pace(
              call.connection(), () -> rules.settings(request.groupId()).heartbeatIntervalMs());
      groups.heartbeat(
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

  private static StreamsGroupHeartbeatResponse paced(
      StreamsGroupHeartbeatResponse answer, NamedSoftware.Pace pace) {
    return answer.toBuilder()
        .heartbeatIntervalMs(pace.toldMs(answer.heartbeatIntervalMs()))
        .build();
  }
}
