package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Delivery;
import dev.millrace.client.Nodes;
import dev.millrace.client.PlainProducer;
import dev.millrace.client.Topics;
import dev.millrace.net.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who votes changes while all nodes run. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class VotersTest {
  private static final String HOST = "127.0.0.1";

  @TempDir private Path folder;

  private final List<Integer> ports = MillraceCluster.freePorts(6);

  private Map<String, String> settings(int id, int voters) {
    List<String> named = IntStream.rangeClosed(1, voters).mapToObj(this::voter).toList();
    Map<String, String> settings = new HashMap<>();
    settings.put("node.id", Integer.toString(id));
    settings.put("process.roles", "broker,controller");
    settings.put("controller.quorum.voters", String.join(",", named));
    settings.put(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + ports.get(id - 1) + ",CONTROLLER://" + controller(id));
    settings.put("log.dirs", folder.resolve("node-" + id).toString());
    settings.put("millrace.flush.policy", "memory");
    return settings;
  }

  private String voter(int id) {
    return id + "@" + controller(id);
  }

  private String controller(int id) {
    return HOST + ":" + ports.get(2 + id);
  }

  private static Node start(Map<String, String> settings) {
    return Node.start(
        NodePlan.of(settings, null),
        fault -> {
          throw fault;
        });
  }

  private static NodeProcess process(Map<String, String> settings) {
    List<String> words = new ArrayList<>(List.of("server", "--http", HOST + ":0"));
    settings.forEach((name, value) -> words.addAll(List.of("--set", name + "=" + value)));
    NodeProcess process = NodeProcess.run(words.toArray(String[]::new));
    assertThat(process.line()).startsWith("ready ");
    return process;
  }

  @Test
  void oneVoterBecomesThreeWhileItServesAndOneThatLeavesGoesOnAsABroker() {
    try (Node first = start(settings(1, 1));
        Cluster cluster = Cluster.connect(List.of(first.kafka()), ClientSettings.named("test"))) {
      new Topics(cluster).create("before", 1, 1, Map.of());
      Nodes nodes = new Nodes(cluster);
      assertThat(voters(nodes)).containsExactly(1);
      Node second = startThatWaits(settings(2, 2), nodes, 2);
      try (second) {
        NodeProcess third = null;
        try {
          Thread adding = adding(nodes, 3);
          third = process(settings(3, 3));
          join(adding);
          assertThat(voters(nodes)).containsExactlyInAnyOrder(1, 2, 3);
          write(cluster, "all", 3);
          nodes.removeVoter(3);
          until(() -> observers(nodes).contains(3) && cluster.learnAll().nodes().size() == 3);
          assertThat(voters(nodes)).containsExactlyInAnyOrder(1, 2);
          write(cluster, "after", 3);
          third.kill();
          third = process(settings(3, 3));
          assertThat(voters(nodes)).as("its settings still name it").doesNotContain(3);
          until(() -> observers(nodes).contains(3));
          assertThat(third.terminate()).isZero();
        } finally {
          if (third != null) {
            third.close();
          }
        }
      }
    }
  }

  @Test
  void aNodeInsideOfThisProcessGoesOnAsABrokerToo() {
    try (MillraceCluster three = MillraceCluster.start(3, Map.of());
        Cluster cluster =
            Cluster.connect(
                Endpoint.parseList(three.bootstrapServers()), ClientSettings.named("test"))) {
      Nodes nodes = new Nodes(cluster);
      nodes.removeVoter(3);
      until(() -> observers(nodes).contains(3) && cluster.learnAll().nodes().size() == 3);
      assertThat(voters(nodes)).containsExactlyInAnyOrder(1, 2);
      write(cluster, "after", 3);
      assertThat(three.nodes()).containsExactly(1, 2, 3);
    }
  }

  /** A node that nobody named as a voter waits until somebody adds it. */
  private static Node startThatWaits(Map<String, String> settings, Nodes nodes, int id) {
    Thread adding = adding(nodes, id);
    Node node = start(settings);
    join(adding);
    return node;
  }

  /** Asks until the node has said that it is there. */
  private static Thread adding(Nodes nodes, int id) {
    return Thread.ofPlatform()
        .start(() ->
            until(() -> {
              try {
                nodes.addVoter(id);
                return true;
              } catch (ClientException notYet) {
                return false;
              }
            }));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> voters(Nodes nodes) {
    return of(nodes, true);
  }

  private static List<Integer> observers(Nodes nodes) {
    return of(nodes, false);
  }

  private static List<Integer> of(Nodes nodes, boolean isVoter) {
    return nodes.quorum().replicas().stream()
        .filter(replica -> replica.isVoter() == isVoter)
        .map(Nodes.Replica::node)
        .toList();
  }

  private static void write(Cluster cluster, String topic, int copies) {
    new Topics(cluster).create(topic, 3, copies, Map.of("min.insync.replicas", "" + copies));
    try (PlainProducer producer = new PlainProducer(cluster, Delivery.SAFE)) {
      for (int partition = 0; partition < 3; partition++) {
        producer.send(topic, partition, null, Bytes.utf8("value"));
      }
    }
  }

  private static void until(BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
