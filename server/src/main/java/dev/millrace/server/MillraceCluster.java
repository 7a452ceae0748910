package dev.millrace.server;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.voters.TakenOutException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of several nodes inside this process, for tests and for trying it out. All of them are
 * brokers and voters, on this machine's loopback address.
 *
 * <pre>
 *   try (MillraceCluster cluster = MillraceCluster.start(3)) {
 *     settings.put("bootstrap.servers", cluster.bootstrapServers());
 *     ...
 *   }
 * </pre>
 *
 * Safe for any thread.
 */
public final class MillraceCluster implements AutoCloseable {
  /** Most nodes: more voters only make agreement slower. */
  public static final int NODES_MAX = 5;

  private static final Logger LOG = System.getLogger(MillraceCluster.class.getName());
  private static final String HOST = "127.0.0.1";

  private final List<Map<String, String>> settings;
  private final @Nullable Endpoint http;
  private final Clock clock;
  private final @Nullable Path temporary;
  private final Map<Integer, Node> running = new TreeMap<>();
  private boolean closed;

  /** Whether nodes that wait for others at their start are to wait no more. */
  private volatile boolean givenUp;

  /**
   * Where the nodes are.
   *
   * @param directory one folder a node is made in it
   * @param clientPorts of the nodes, in their order
   * @param controllerPorts of the nodes, in their order; they stay the same for life
   * @param http whether health is told, each on a free port
   * @param clock by which all nodes work
   */
  public record Places(
      Path directory,
      List<Integer> clientPorts,
      List<Integer> controllerPorts,
      boolean http,
      Clock clock) {

    /** By the machine's clock. */
    public Places(
        Path directory, List<Integer> clientPorts, List<Integer> controllerPorts, boolean http) {
      this(directory, clientPorts, controllerPorts, http, SystemClock.INSTANCE);
    }
  }

  private MillraceCluster(
      List<Map<String, String>> settings, Places places, @Nullable Path temporary) {
    this.settings = settings;
    this.http = places.http() ? new Endpoint(HOST, 0) : null;
    this.clock = places.clock();
    this.temporary = temporary;
  }

  /**
   * Starts nodes 1 to {@code nodes} on free ports, with data directories that {@link #close}
   * removes; returns when all serve.
   *
   * @throws StartException when they cannot start
   */
  public static MillraceCluster start(int nodes) {
    return start(nodes, Map.of());
  }

  /**
   * The same with settings of Apache Kafka's and Millrace's names for all nodes.
   *
   * @throws StartException when a setting is wrong or they cannot start
   */
  public static MillraceCluster start(int nodes, Map<String, String> settings) {
    Path temporary;
    try {
      temporary = Files.createTempDirectory("millrace-cluster-");
    } catch (IOException e) {
      throw StartException.obstacle("no temporary directory can be made, cause=" + e, e);
    }
    List<Integer> ports = freePorts(2 * check(nodes));
    Places places =
        new Places(temporary, ports.subList(0, nodes), ports.subList(nodes, 2 * nodes), false);
    return start(places, node -> settings, temporary);
  }

  /**
   * Starts nodes at these places; their data stays.
   *
   * @throws StartException when a setting is wrong or they cannot start
   */
  public static MillraceCluster start(Places places, Map<String, String> settings) {
    return start(places, node -> settings);
  }

  /**
   * The same with settings of each node's own.
   *
   * @param settings by the node's id
   * @throws StartException when a setting is wrong or they cannot start
   */
  public static MillraceCluster start(Places places, IntFunction<Map<String, String>> settings) {
    check(places.clientPorts().size());
    return start(places, settings, null);
  }

  private static MillraceCluster start(
      Places places, IntFunction<Map<String, String>> settings, @Nullable Path temporary) {
    MillraceCluster cluster = new MillraceCluster(all(places, settings), places, temporary);
    boolean isStarted = false;
    try {
      cluster.startAll();
      isStarted = true;
      return cluster;
    } finally {
      if (!isStarted) {
        cluster.close();
      }
    }
  }

  private static int check(int nodes) {
    if (nodes < 1 || nodes > NODES_MAX) {
      throw StartException.setting(
          "number of nodes is wrong, allowed: 1 to " + NODES_MAX + ", nodes=" + nodes);
    }
    return nodes;
  }

  private static List<Map<String, String>> all(
      Places places, IntFunction<Map<String, String>> settings) {
    int nodes = places.clientPorts().size();
    List<String> voters = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      voters.add((i + 1) + "@" + HOST + ":" + places.controllerPorts().get(i));
    }
    List<Map<String, String>> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      Map<String, String> own = new TreeMap<>(settings.apply(i + 1));
      own.put("node.id", Integer.toString(i + 1));
      own.put("controller.quorum.voters", String.join(",", voters));
      own.put(
          WrittenSettings.LISTENERS,
          "PLAINTEXT://"
              + HOST
              + ":"
              + places.clientPorts().get(i)
              + ",CONTROLLER://"
              + HOST
              + ":"
              + places.controllerPorts().get(i));
      own.put(WrittenSettings.LOG_DIRS, places.directory().resolve("node-" + (i + 1)).toString());
      all.add(own);
    }
    return all;
  }

  /** Ports that nobody has at this moment: each is held until the others are found. */
  static List<Integer> freePorts(int count) {
    if (count == 0) {
      return new ArrayList<>();
    }
    try (ServerSocket held = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      List<Integer> ports = freePorts(count - 1);
      ports.add(held.getLocalPort());
      return ports;
    } catch (IOException e) {
      throw StartException.obstacle("no free ports, cause=" + e, e);
    }
  }

  /** Each waits for the others, so they start at once; when one cannot, the others give up. */
  private void startAll() {
    AtomicReference<@Nullable RuntimeException> fault = new AtomicReference<>();
    List<CompletableFuture<?>> started = new ArrayList<>();
    for (int id = 1; id <= settings.size(); id++) {
      int node = id;
      started.add(
          CompletableFuture.runAsync(() -> start(node, fault), task -> thread("start", task)));
    }
    CompletableFuture.allOf(started.toArray(CompletableFuture<?>[]::new)).join();
    RuntimeException first = fault.get();
    if (first != null) {
      throw first;
    }
  }

  private void start(int id, AtomicReference<@Nullable RuntimeException> fault) {
    boolean isStarted = false;
    try {
      resume(id);
      isStarted = true;
    } catch (RuntimeException e) {
      fault.compareAndSet(null, e);
    } finally {
      if (!isStarted) {
        givenUp = true;
      }
    }
  }

  private static void thread(String name, Runnable task) {
    Thread.ofPlatform().name(name + "-node").daemon().start(task);
  }

  /**
   * Starts a node that was stopped.
   *
   * @throws IllegalArgumentException when there is none with this id
   */
  public void resume(int id) {
    requireNode(id);
    NodePlan plan = NodePlan.of(settings.get(id - 1), http).by(clock).unless(() -> givenUp);
    Node node = Node.start(plan, cause -> ended(id, plan, cause));
    boolean isLate;
    synchronized (running) {
      isLate = closed;
      if (!isLate) {
        running.put(id, node);
      }
    }
    if (isLate) {
      node.close();
    }
  }

  /**
   * Stops a node in order: others take over what it leads first.
   *
   * @throws IllegalArgumentException when there is none with this id
   */
  public void stop(int id) {
    requireNode(id);
    Node node;
    synchronized (running) {
      node = running.remove(id);
    }
    if (node != null) {
      node.close();
    }
  }

  private void requireNode(int id) {
    if (id < 1 || id > settings.size()) {
      throw new IllegalArgumentException(
          "no such node, node=" + id + " nodes=1.." + settings.size());
    }
  }

  /** Ids of the nodes that run. */
  public List<Integer> nodes() {
    synchronized (running) {
      return List.copyOf(running.keySet());
    }
  }

  /** Where Kafka clients connect: the nodes that run, with commas between them. */
  public String bootstrapServers() {
    synchronized (running) {
      return running.values().stream()
          .map(node -> node.kafka().toString())
          .collect(Collectors.joining(","));
    }
  }

  /** What each node says of itself once it serves, a line each. */
  public List<String> readyLines() {
    synchronized (running) {
      return running.values().stream().map(ReadyLine::of).toList();
    }
  }

  /** Stops all nodes in order; temporary data is removed. Later calls do nothing. */
  @Override
  public void close() {
    List<Node> stopping;
    givenUp = true;
    synchronized (running) {
      closed = true;
      stopping = List.copyOf(running.values());
      running.clear();
    }
    stopping.forEach(Node::endCopying);
    stopping.stream()
        .map(node -> CompletableFuture.runAsync(node::closeWithAll, work -> thread("stop", work)))
        .toList()
        .forEach(CompletableFuture::join);
    Millrace.remove(temporary);
  }

  /** A broker whose vote was taken away goes on without one; nothing else goes on. */
  private void ended(int id, NodePlan plan, RuntimeException cause) {
    if (cause instanceof TakenOutException && plan.isBroker()) {
      LOG.log(Level.WARNING, cause.getMessage() + "; it goes on as a broker without a vote");
      thread("restart", () -> beginAgain(id));
    } else {
      LOG.log(Level.ERROR, "node can't go on: " + cause.getMessage(), cause);
    }
  }

  private void beginAgain(int id) {
    try {
      stop(id);
      resume(id);
    } catch (RuntimeException fault) {
      LOG.log(Level.ERROR, "node can't go on: " + fault.getMessage(), fault);
    }
  }
}
