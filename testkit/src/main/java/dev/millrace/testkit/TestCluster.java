package dev.millrace.testkit;

import dev.millrace.base.time.MovableClock;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Topics;
import dev.millrace.net.Endpoint;
import dev.millrace.server.MillraceCluster;
import dev.millrace.server.StartException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Several nodes for tests, all brokers and voters, numbered from 1. Their files are in memory,
 * their ports are free ones of this machine. Every node is behind a wire that the test can cut:
 * clients and the other brokers reach it there, the agreement on metadata has a way of its own.
 * Safe for any thread.
 *
 * <pre>
 *   try (TestCluster cluster = TestCluster.start(3)) {
 *     cluster.createTopic("orders", 1);
 *     cluster.stop(cluster.leader("orders", 0));
 *     ...
 *   }
 * </pre>
 */
public final class TestCluster implements AutoCloseable {
  private static final int PATIENCE_MS = (int) Duration.ofSeconds(30).toMillis();
  private static final int COPIES_MAX = 3;
  private static final int STARTS_MAX = 3;

  private final TestDirectory directory;
  private final List<TestLink> links;
  private final MovableClock clock;
  private final MillraceCluster nodes;

  private TestCluster(
      TestDirectory directory, List<TestLink> links, MovableClock clock, MillraceCluster nodes) {
    this.clock = clock;
    this.directory = directory;
    this.links = links;
    this.nodes = nodes;
  }

  /** So many nodes that know nothing, at most {@link MillraceCluster#NODES_MAX}. */
  public static TestCluster start(int nodes) {
    return start(nodes, Map.of());
  }

  /**
   * The same with settings of Apache Kafka's and Millrace's names for all nodes.
   *
   * @throws dev.millrace.server.StartException when one is wrong
   */
  public static TestCluster start(int nodes, Map<String, String> settings) {
    return start(nodes, settings, STARTS_MAX);
  }

  /** A port that was free may be somebody's a moment later: then with others. */
  private static TestCluster start(int nodes, Map<String, String> settings, int startsMax) {
    TestLog.quieten();
    TestDirectory directory = TestDirectory.inMemory();
    List<TestLink> links = new ArrayList<>();
    List<TestLink> votes = new ArrayList<>();
    boolean isStarted = false;
    try {
      for (int i = 0; i < nodes; i++) {
        links.add(TestLink.begin());
        votes.add(TestLink.begin());
      }
      MovableClock clock = new MovableClock();
      MillraceCluster.Places places =
          new MillraceCluster.Places(
              directory.path(), nodePorts(links), nodePorts(votes), false, clock);
      TestCluster cluster =
          new TestCluster(directory, links, clock, start(places, links, settings));
      isStarted = true;
      return cluster;
    } catch (StartException e) {
      if (startsMax <= 1 || !TestLink.isPortTaken(e)) {
        throw e;
      }
    } finally {
      votes.forEach(TestLink::close);
      if (!isStarted) {
        links.forEach(TestLink::close);
        directory.remove();
      }
    }
    return start(nodes, settings, startsMax - 1);
  }

  /** Where nodes listen, at the far ends of the wires; for votes only the free port is taken. */
  private static List<Integer> nodePorts(List<TestLink> links) {
    return links.stream().map(TestLink::nodePort).toList();
  }

  private static MillraceCluster start(
      MillraceCluster.Places places, List<TestLink> links, Map<String, String> settings) {
    return MillraceCluster.start(
        places,
        node -> {
          Map<String, String> own = new TreeMap<>();
          own.put("group.initial.rebalance.delay.ms", "0");
          own.put("millrace.flush.policy", "memory");
          own.put(
              "default.replication.factor", Integer.toString(Math.min(COPIES_MAX, links.size())));
          own.put("advertised.listeners", "PLAINTEXT://" + links.get(node - 1).address());
          own.putAll(settings);
          return own;
        });
  }

  /** Where clients connect: all nodes, with commas between them; it stays the same for life. */
  public String bootstrapServers() {
    return links.stream().map(TestLink::address).collect(Collectors.joining(","));
  }

  /** {@code bootstrap.servers} as a map, for clients of any make. */
  public Map<String, String> clientSettings() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  /** Ids of the nodes that run. */
  public List<Integer> nodes() {
    return nodes.nodes();
  }

  /** The wire in front of a node. */
  public TestLink link(int node) {
    if (node < 1 || node > links.size()) {
      throw new IllegalArgumentException(
          "no such node, node=" + node + " nodes=1.." + links.size());
    }
    return links.get(node - 1);
  }

  /** Stops a node in order: others take over what it leads first. */
  public void stop(int node) {
    nodes.stop(node);
  }

  /** Starts a node that was stopped, with the same address and all it was told. */
  public void resume(int node) {
    if (!nodes.nodes().contains(node)) {
      nodes.resume(node);
    }
  }

  /**
   * Lets time pass for all nodes at once, as when the machine has slept: what is due by then
   * happens. Nodes may take each other for gone for a moment, and find together again.
   */
  public void advance(Duration time) {
    clock.advance(time);
  }

  /** Creates a topic with a copy of each partition on up to three nodes. */
  public void createTopic(String topic, int partitions) {
    createTopic(topic, partitions, Map.of());
  }

  /** The same with topic settings. */
  public void createTopic(String topic, int partitions, Map<String, String> topicSettings) {
    try (Cluster cluster = connect()) {
      new Topics(cluster)
          .create(topic, partitions, Math.min(COPIES_MAX, links.size()), topicSettings);
    }
  }

  /** Id of the node that leads a partition now, -1 when none does. */
  public int leader(String topic, int partition) {
    try (Cluster cluster = connect()) {
      return cluster.learn(List.of(topic)).topics().values().stream()
          .flatMap(found -> found.partitions().stream())
          .filter(found -> found.index() == partition)
          .mapToInt(ClusterView.Partition::leader)
          .findFirst()
          .orElse(-1);
    }
  }

  private Cluster connect() {
    List<Endpoint> running = new ArrayList<>();
    nodes.nodes().forEach(node -> running.add(Endpoint.parse(links.get(node - 1).address())));
    if (running.isEmpty()) {
      throw new IllegalStateException("all nodes are stopped, call resume first");
    }
    return Cluster.connect(
        running, new ClientSettings("millrace-testkit", PATIENCE_MS, PATIENCE_MS, 10));
  }

  /** Stops all nodes; nothing is left behind. */
  @Override
  public void close() {
    nodes.close();
    links.forEach(TestLink::close);
    directory.remove();
  }
}
