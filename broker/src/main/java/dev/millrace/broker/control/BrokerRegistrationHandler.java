package dev.millrace.broker.control;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerFeature;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.BrokerRegistrationRequest;
import dev.millrace.wire.message.BrokerRegistrationResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * BrokerRegistration (62), versions 0–4: a process becomes a broker of the cluster, fenced at first
 * (KIP-631).
 *
 * <ul>
 *   <li>2: ids of its log directories (KIP-858)
 *   <li>3: the epoch under which it stopped in order before (KIP-966)
 *   <li>4: features whose lowest level is 0
 * </ul>
 */
final class BrokerRegistrationHandler implements Handler<BrokerRegistrationRequest> {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");
  private static final short DIRECTORIES_SINCE = 2;

  private final Node node;
  private final ActiveController controller;

  BrokerRegistrationHandler(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.BROKER_REGISTRATION;
  }

  /** Below, a broker does not say which log directories it has. */
  @Override
  public short lowestVersion() {
    return DIRECTORIES_SINCE;
  }

  @Override
  public void handle(Call call, BrokerRegistrationRequest request) {
    if (!request.clusterId().equals(node.clusterId())) {
      LOG.log(
          Level.WARNING,
          "broker of another cluster is not let in, broker="
              + request.brokerId()
              + " cluster="
              + request.clusterId()
              + " peer="
              + call.clientHost());
      call.answer(refused(ErrorCode.INCONSISTENT_CLUSTER_ID));
      return;
    }
    controller.submit(
        command(request),
        outcome ->
            call.answer(
                switch (outcome) {
                  case Outcome.Done<Long> done ->
                      BrokerRegistrationResponse.builder().brokerEpoch(done.value()).build();
                  case Outcome.Refused<Long> refused -> refused(refused.error());
                }));
  }

  /** A process that stopped in order, as its successor knows, is not waited for. */
  private RegisterBroker.Predecessor predecessor(BrokerRegistrationRequest request) {
    long cleanEpoch = request.previousBrokerEpoch();
    BrokerImage before = node.image().broker(request.brokerId());
    return new RegisterBroker.Predecessor(
        before != null && before.epoch() == cleanEpoch, cleanEpoch);
  }

  private RegisterBroker command(BrokerRegistrationRequest request) {
    return new RegisterBroker(
        request.brokerId(),
        request.incarnationId(),
        request.listeners().stream()
            .map(one ->
                new BrokerEndpoint(one.name(), one.host(), one.port(), one.securityProtocol()))
            .toList(),
        request.rack(),
        request.logDirs(),
        predecessor(request),
        request.features().stream()
            .map(one ->
                new BrokerFeature(one.name(), one.minSupportedVersion(), one.maxSupportedVersion()))
            .toList());
  }

  private static BrokerRegistrationResponse refused(ErrorCode error) {
    return BrokerRegistrationResponse.builder().errorCode(error).build();
  }
}
