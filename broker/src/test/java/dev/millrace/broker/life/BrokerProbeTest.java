package dev.millrace.broker.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.broker.cluster.DescribeClusterHandler;
import dev.millrace.net.Endpoint;
import dev.millrace.net.sim.SimNetwork;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A controller looks whether a broker is there, over a simulated network. */
class BrokerProbeTest {
  private static final Endpoint THERE = new Endpoint("broker", 9092);

  private final SimOwners owners = new SimOwners(Long.getLong("millrace.seed", 5L));
  private final SimNetwork network = new SimNetwork(owners);
  private final SimOwners.Machine machine = owners.machine("broker");
  private final BrokerProbe probe =
      new BrokerProbe(network.network(1, "controller", owners.owner("calls")), 1, "PLAINTEXT");
  private int gone;

  private void listen() {
    Node node =
        new Node(2, "cluster", BrokerSettings.of(StaticSettings.EMPTY), () -> ClusterImage.EMPTY);
    network.listen(
        2,
        THERE,
        "PLAINTEXT",
        machine.owner("loop"),
        new Broker(
            Handlers.withApiVersions(List.of(new DescribeClusterHandler(node)), node),
            owners.clock()));
  }

  /** The broker registers. */
  private BrokerImage registered(long epoch) {
    Replay replay = new Replay(ClusterImage.EMPTY);
    replay.apply(
        RegisterBrokerRecord.builder()
            .brokerId(2)
            .brokerEpoch(epoch)
            .incarnationId(new Uuid(1, epoch))
            .fenced(false)
            .endPoints(
                List.of(new BrokerEndpoint("PLAINTEXT", THERE.host(), THERE.port(), (short) 0)))
            .build());
    Replay.Step step = replay.finish(epoch, 1);
    probe.changed(step.delta(), step.image());
    owners.runMs(500);
    return Objects.requireNonNull(step.image().broker(2));
  }

  private int look(BrokerImage broker) {
    probe.look(broker, () -> gone++);
    owners.runMs(5_000);
    return gone;
  }

  @Test
  void whoWasThereAndListensNoMoreIsGone() {
    network.weather(10, 0);
    listen();
    BrokerImage broker = registered(5);
    assertThat(look(broker)).isZero();
    machine.crash();
    network.kill(2);
    assertThat(look(broker)).isEqualTo(1);
  }

  @Test
  void whoWasNeverInReachIsNotGone() {
    assertThat(look(registered(5))).isZero();
  }

  @Test
  void whoIsSilentIsNotGone() {
    listen();
    BrokerImage broker = registered(5);
    network.isolate(2);
    probe.look(broker, () -> gone++);
    owners.runMs(60_000);
    assertThat(gone).isZero();
  }

  @Test
  void whatWasFoundCountsForItsRegistrationAlone() {
    listen();
    registered(5);
    machine.crash();
    network.kill(2);
    assertThat(look(registered(9))).isZero();
  }
}
