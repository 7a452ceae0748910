package dev.millrace.bench.contender;

import dev.millrace.bench.load.BrokerSocket;
import dev.millrace.bench.load.Pause;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Nodes that are one cluster, each a broker and a voter; closing it ends them at once. Their files
 * stay until {@link Stand#sweep}.
 */
public final class Cluster implements AutoCloseable {
  private static final long READY_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long LOOK_MS = 20;

  private final List<Node> nodes;

  Cluster(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  public List<Node> nodes() {
    return nodes;
  }

  public Node node(int id) {
    return nodes.stream()
        .filter(node -> node.id() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no such node, id=" + id));
  }

  public String bootstrap() {
    return nodes.stream().map(Node::bootstrap).collect(Collectors.joining(","));
  }

  public List<Integer> ports() {
    return nodes.stream().map(Node::port).toList();
  }

  /** Processor time of all nodes that run, in seconds. */
  public double cpuSeconds() {
    return nodes.stream().filter(Node::alive).mapToDouble(node -> node.usage().cpuSeconds()).sum();
  }

  /** Resident memory of all nodes that run. */
  public double rssMb() {
    return nodes.stream()
        .filter(Node::alive)
        .mapToDouble(node -> node.usage().status().rssMb())
        .sum();
  }

  /** Waits until every node answers clients and knows all the others. */
  public Cluster awaitReady() {
    long deadline = System.nanoTime() + READY_NANOS;
    for (Node node : nodes) {
      while (!knowsAll(node)) {
        if (!node.alive()) {
          throw new IllegalStateException("node ended by itself, output: " + node.lastOutput());
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("cluster is not ready: " + node.lastOutput());
        }
        Pause.millis(LOOK_MS);
      }
    }
    return this;
  }

  private boolean knowsAll(Node node) {
    try (BrokerSocket socket = new BrokerSocket(node.port())) {
      return socket.brokers() == nodes.size();
    } catch (IOException e) {
      return false;
    }
  }

  boolean hasLostAPort() {
    return nodes.stream().anyMatch(Node::hasLostItsPort);
  }

  /** Without a word of farewell: nobody waits for the data any more. */
  @Override
  public void close() {
    nodes.forEach(Node::kill);
  }
}
