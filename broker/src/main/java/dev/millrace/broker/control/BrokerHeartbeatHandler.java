package dev.millrace.broker.control;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.net.Connection;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.LostTouch;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.BrokerHeartbeatRequest;
import dev.millrace.wire.message.BrokerHeartbeatResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * BrokerHeartbeat (63), versions 0–2: a broker is alive, and hears what it may do (KIP-631). When
 * its connection breaks, as that of a killed process does at once, the controller waits for it only
 * a moment longer.
 *
 * <ul>
 *   <li>1: log directories that failed (KIP-858)
 *   <li>2: log directories that get no new replicas (KIP-1066)
 * </ul>
 */
final class BrokerHeartbeatHandler implements Handler<BrokerHeartbeatRequest> {
  private final ActiveController controller;
  private final Map<Long, LostTouch> senders = new ConcurrentHashMap<>();

  BrokerHeartbeatHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.BROKER_HEARTBEAT;
  }

  @Override
  public void handle(Call call, BrokerHeartbeatRequest request) {
    BrokerHeartbeat heartbeat =
        new BrokerHeartbeat(
            request.brokerId(),
            request.brokerEpoch(),
            request.currentMetadataOffset(),
            new BrokerHeartbeat.Wants(request.wantFence(), request.wantShutDown()),
            request.offlineLogDirs(),
            request.cordonedLogDirs());
    senders.put(call.connection().id(), new LostTouch(request.brokerId(), request.brokerEpoch()));
    controller.submit(heartbeat, outcome -> call.answer(response(outcome)));
  }

  @Override
  public void closed(Connection connection) {
    LostTouch lost = senders.remove(connection.id());
    if (lost != null) {
      tell(lost);
    }
  }

  private void tell(LostTouch lost) {
    try {
      controller.submit(lost, _ -> {});
    } catch (RejectedExecutionException ended) {
      // this node stops, which is why the connection closed: whoever decides next hears nothing
      // from the broker either
    }
  }

  private static BrokerHeartbeatResponse response(Outcome<BrokerHeartbeat.State> outcome) {
    return switch (outcome) {
      case Outcome.Done<BrokerHeartbeat.State>(BrokerHeartbeat.State state) ->
          BrokerHeartbeatResponse.builder()
              .isCaughtUp(state.caughtUp())
              .isFenced(state.fenced())
              .shouldShutDown(state.shouldShutDown())
              .build();
      case Outcome.Refused<BrokerHeartbeat.State> refused ->
          BrokerHeartbeatResponse.builder().errorCode(refused.error()).build();
    };
  }
}
