package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupClient;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.group.JoinRules;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;

/**
 * JoinGroup (11), versions 0–9: a member comes into a group. The answer waits until the next
 * generation begins.
 *
 * <ul>
 *   <li>0: the session timeout is the rebalance timeout, too
 *   <li>1: rebalance timeout
 *   <li>4: a new member gets its id first, and joins with it then (KIP-394)
 *   <li>5: static members (KIP-345)
 *   <li>7: the protocol's type in the answer; its name is null in errors, "" before
 *   <li>8: a reason, which nobody needs here
 *   <li>9: a leader can be told to keep the assignment (KIP-814)
 * </ul>
 */
final class JoinGroupHandler implements Handler<JoinGroupRequest> {
  private static final short REBALANCE_TIMEOUT_SINCE = 1;
  private static final short MEMBER_ID_REQUIRED_SINCE = 4;
  private static final short NULL_PROTOCOL_SINCE = 7;
  private static final short SKIP_ASSIGNMENT_SINCE = 9;

  private final GroupCoordinator coordinator;

  JoinGroupHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.JOIN_GROUP;
  }

  @Override
  public void handle(Call call, JoinGroupRequest request) {
    short version = call.version();
    JoinGroupRequest whole =
        version >= REBALANCE_TIMEOUT_SINCE
            ? request
            : request.toBuilder().rebalanceTimeoutMs(request.sessionTimeoutMs()).build();
    coordinator.join(
        whole,
        new GroupClient(call.clientId(), call.clientHost()),
        new JoinRules(version >= MEMBER_ID_REQUIRED_SINCE, version >= SKIP_ASSIGNMENT_SINCE),
        response -> call.answer(fit(response, version)));
  }

  private static JoinGroupResponse fit(JoinGroupResponse response, short version) {
    return response.protocolName() == null && version < NULL_PROTOCOL_SINCE
        ? response.toBuilder().protocolName("").build()
        : response;
  }
}
