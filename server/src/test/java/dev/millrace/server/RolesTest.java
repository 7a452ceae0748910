package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.client.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that is no broker, a broker that has no vote, and who may not join them. */
class RolesTest {
  @TempDir private static Path folder;

  private static int controllerPort;
  private static Node controller;
  private static Node broker;

  @BeforeAll
  static void start() throws IOException {
    try (ServerSocket held = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      controllerPort = held.getLocalPort();
    }
    controller =
        start(
            Map.of(
                "node.id",
                "1",
                "process.roles",
                "controller",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controllerPort,
                "listeners",
                "CONTROLLER://127.0.0.1:" + controllerPort,
                "log.dirs",
                folder.resolve("controller").toString()));
    broker = start(broker(2, "broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
    controller.close();
  }

  private static Map<String, String> broker(int id, String directory) {
    Map<String, String> settings = new HashMap<>();
    settings.put("node.id", Integer.toString(id));
    settings.put("process.roles", "broker");
    settings.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
    settings.put("listeners", "PLAINTEXT://127.0.0.1:0");
    settings.put("log.dirs", folder.resolve(directory).toString());
    return settings;
  }

  private static Node start(Map<String, String> settings) {
    return Node.start(
        NodePlan.of(settings, null),
        fault -> {
          throw fault;
        });
  }

  @Test
  void eachDoesItsPart() {
    assertThat(controller.kafka().port()).isEqualTo(controllerPort);
    try (Cluster cluster = Cluster.connect(List.of(broker.kafka()), ClientSettings.named("test"))) {
      new Topics(cluster).create("t", 2, 1, Map.of());
      assertThat(cluster.learnAll().nodes().keySet()).containsExactly(2);
      Nodes.Quorum quorum = new Nodes(cluster).quorum();
      assertThat(quorum.leader()).isEqualTo(1);
      assertThat(quorum.replicas())
          .extracting(Nodes.Replica::node, Nodes.Replica::isVoter)
          .containsExactly(tuple(1, true), tuple(2, false));
      Nodes.Replica observer = quorum.replicas().getLast();
      assertThat(observer.lastFetchMs()).isPositive();
      assertThat(observer.end()).isPositive().isLessThanOrEqualTo(quorum.highWatermark());
    }
  }

  @Test
  void aNodeWithTheDataOfAnotherClusterIsRefused() {
    Map<String, String> alone = new HashMap<>(broker(3, "stranger"));
    alone.remove("process.roles");
    alone.remove("controller.quorum.bootstrap.servers");
    start(alone).close();
    assertThatThrownBy(() -> start(broker(3, "stranger")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("this node belongs to cluster ")
        .hasMessageContaining(", but the voter at 127.0.0.1:" + controllerPort);
  }

  @Test
  void aSecondNodeWithTheSameIdIsRefusedAndTheFirstGoesOn() {
    assertThatThrownBy(() -> start(broker(2, "twin")))
        .isInstanceOf(StartException.class)
        .hasMessage("another process is running as node 2, choose another --set node.id");
    bothGoOn();
  }

  private static void bothGoOn() {
    try (Cluster cluster = Cluster.connect(List.of(broker.kafka()), ClientSettings.named("test"))) {
      new Topics(cluster).create("after", 1, 1, Map.of());
      assertThat(cluster.learnAll().topics()).containsKey("after");
    }
  }
}
