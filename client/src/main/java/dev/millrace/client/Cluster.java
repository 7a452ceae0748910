package dev.millrace.client;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.client.ClusterView.Node;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.net.Endpoint;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.net.call.Reading;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import dev.millrace.wire.message.MetadataResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way into a cluster: connections to its nodes, opened when they are first needed, and what is
 * known about its topics. Calls block the calling thread, which may be a virtual one. Safe for any
 * thread. Everything throws {@link ClientException}.
 */
public final class Cluster implements AutoCloseable {
  private final Loops loops;
  private final List<Endpoint> bootstrap;
  private final ClientSettings settings;
  private final Clock clock;
  private final Map<Endpoint, NodeLink> links = new HashMap<>();
  private volatile ClusterView view = ClusterView.NONE;

  private Cluster(Loops loops, List<Endpoint> bootstrap, ClientSettings settings, Clock clock) {
    this.loops = loops;
    this.bootstrap = List.copyOf(bootstrap);
    this.settings = settings;
    this.clock = clock;
  }

  /** Reaches one of {@code bootstrap} and learns the nodes of its cluster. */
  public static Cluster connect(List<Endpoint> bootstrap, ClientSettings settings) {
    Cluster cluster =
        new Cluster(
            Loops.start(LoopLimits.ofMachine().withThreads(1)),
            bootstrap,
            settings,
            SystemClock.INSTANCE);
    try {
      cluster.learn(List.of());
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  public ClientSettings settings() {
    return settings;
  }

  /** What was learnt last. */
  public ClusterView view() {
    return view;
  }

  /** Asks about all topics. */
  public ClusterView learnAll() {
    return learn(MetadataRequest.builder().topics(null).allowAutoTopicCreation(false).build());
  }

  /** Asks about the nodes and these topics; nothing is created. */
  public ClusterView learn(Collection<String> topics) {
    return learn(metadata(topics, false));
  }

  /**
   * The topic, asked for again while the error is a passing one.
   *
   * @param create whether the node may create it, when its settings allow that
   */
  public Topic topic(String name, boolean create) {
    MetadataRequest request = metadata(List.of(name), create);
    return patiently(
        "topic " + name,
        () -> {
          ClusterView seen = learn(request);
          Topic topic = seen.topics().get(name);
          if (topic != null && topic.partitions().stream().allMatch(part -> part.leader() >= 0)) {
            return topic;
          }
          short error = seen.missing().getOrDefault(name, ErrorCode.LEADER_NOT_AVAILABLE.code());
          boolean absent = error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code();
          if (absent && !create) {
            throw ClientException.failed("no such topic, topic=" + name, null);
          }
          throw ClientException.answered(error, "topic " + name, null);
        });
  }

  /** Calls any node: admin requests find their way to the controller from there. */
  public <R extends Response> R call(Request request, Reading<R> reading) {
    return call(request.apiKey(), Short.MAX_VALUE, version -> request, reading);
  }

  /**
   * Calls any node with a request that depends on the version, which is at most {@code highest}.
   */
  public <R extends Response> R call(
      ApiKey key, int highest, IntFunction<? extends Request> request, Reading<R> reading) {
    NodeLink link = anyLink();
    short version = link.version(key, highest);
    return link.call(request.apply(version), version, reading);
  }

  /** Calls one node with a request that depends on the version, at most {@code highest}. */
  public <R extends Response> R call(
      int nodeId,
      ApiKey key,
      int highest,
      IntFunction<? extends Request> request,
      Reading<R> reading) {
    NodeLink link = link(node(nodeId).endpoint());
    short version = link.version(key, highest);
    return link.call(request.apply(version), version, reading);
  }

  /** Calls one node. */
  public <R extends Response> R call(int nodeId, Request request, int highest, Reading<R> reading) {
    NodeLink link = link(node(nodeId).endpoint());
    return link.call(request, link.version(request.apiKey(), highest), reading);
  }

  /** Node id of the leader of a partition, as far as known; -1 when it is not. */
  public int leader(TopicPartition partition) {
    Topic topic = view.topics().get(partition.topic());
    if (topic == null || partition.partition() >= topic.partitions().size()) {
      return -1;
    }
    Partition found = topic.partitions().get(partition.partition());
    return found.leader();
  }

  /**
   * Tries {@code call} again while its error is a passing one, until the settings' patience ends;
   * then throws what it threw last.
   */
  public <T> T patiently(String what, Supplier<T> call) {
    long deadlineMs = clock.monotonicMs() + settings.patienceMs();
    while (true) {
      try {
        return call.get();
      } catch (ClientException e) {
        if (!e.mayPass() || clock.monotonicMs() >= deadlineMs) {
          throw e;
        }
        pause(what);
      }
    }
  }

  /** Waits before the next try. */
  void pause(String what) {
    try {
      Thread.sleep(settings.retryDelayMs());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ClientException.failed("interrupted, doing=" + what, e);
    }
  }

  Clock clock() {
    return clock;
  }

  @Override
  public synchronized void close() {
    links.values().forEach(NodeLink::close);
    links.clear();
    loops.close();
  }

  private ClusterView learn(MetadataRequest request) {
    MetadataResponse answer = call(request, MetadataResponse::read);
    ClusterView seen = ClusterView.of(answer);
    view = seen;
    return seen;
  }

  private static MetadataRequest metadata(Collection<String> topics, boolean create) {
    List<MetadataRequestTopic> asked = new ArrayList<>();
    for (String topic : topics) {
      asked.add(MetadataRequestTopic.builder().name(topic).build());
    }
    return MetadataRequest.builder().topics(asked).allowAutoTopicCreation(create).build();
  }

  private Node node(int nodeId) {
    Node node = view.nodes().get(nodeId);
    if (node == null) {
      throw ClientException.failed("the cluster has no such node now, node=" + nodeId, null);
    }
    return node;
  }

  private NodeLink anyLink() {
    @Nullable ClientException last = null;
    List<Endpoint> candidates = new ArrayList<>(bootstrap);
    view.nodes().values().forEach(node -> candidates.add(node.endpoint()));
    for (Endpoint endpoint : candidates) {
      try {
        return link(endpoint);
      } catch (ClientException e) {
        last = e;
      }
    }
    throw last == null ? ClientException.failed("no address to connect to", null) : last;
  }

  private synchronized NodeLink link(Endpoint endpoint) {
    NodeLink link = links.get(endpoint);
    if (link == null || !link.isOpen()) {
      link = NodeLink.open(loops, endpoint, settings);
      links.put(endpoint, link);
    }
    return link;
  }
}
