package dev.millrace.client.call;

import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Node;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.TopicPartition;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import dev.millrace.wire.message.MetadataResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, topics and leaders of one cluster, asked for when somebody needs them, when they turn out
 * to be wrong, and now and then. Belongs to the network's owner; {@link #view} is for any thread.
 */
public final class Topology {
  private final Network network;
  private final List<Endpoint> bootstrap;
  private final Rules rules;
  private final Set<String> wanted = new TreeSet<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private volatile ClusterView view = ClusterView.NONE;
  private volatile @Nullable ClientException fault;
  private boolean wantsAll;
  private boolean asking;
  private boolean askAgain;
  private int failures;
  private boolean hasAsked;
  private long askedMs;
  private int nextNode;
  private @Nullable Timeout timer;

  /**
   * How topology is asked for.
   *
   * @param createTopics whether asking for a topic may create it
   * @param backoffMs least time between two questions
   * @param maxAgeMs after so long it is asked for anew
   */
  public record Rules(
      boolean createTopics, int requestTimeoutMs, int backoffMs, int backoffMaxMs, long maxAgeMs) {}

  public Topology(Network network, List<Endpoint> bootstrap, Rules rules) {
    this.network = network;
    this.bootstrap = List.copyOf(bootstrap);
    this.rules = rules;
  }

  public Network network() {
    return network;
  }

  /** What was learnt last. Safe for any thread. */
  public ClusterView view() {
    return view;
  }

  /** Why the last question failed; null when it did not. Safe for any thread. */
  public @Nullable ClientException fault() {
    return fault;
  }

  /** Calls {@code changed} after every answer and every failure. */
  public void listen(Runnable changed) {
    listeners.add(changed);
  }

  /** Keeps this topic known from now on. */
  public void want(String topic) {
    if (wanted.add(topic) && !wantsAll) {
      if (failures == 0 && !asking) {
        ask();
      } else {
        refresh();
      }
    }
  }

  /** Keeps exactly these topics known from now on. */
  public void wantOnly(Set<String> topics) {
    wantsAll = false;
    boolean more = !wanted.containsAll(topics);
    wanted.retainAll(topics);
    wanted.addAll(topics);
    if (more) {
      refresh();
    }
  }

  /** Keeps all topics known from now on. */
  public void wantAll() {
    if (!wantsAll) {
      wantsAll = true;
      refresh();
    }
  }

  /** Asks anew, soon: what is known is wrong or not enough. */
  public void refresh() {
    long waitMs =
        askedMs + (failures == 0 ? rules.backoffMs() : pauseMs()) - network.clock().monotonicMs();
    if (asking) {
      askAgain = true;
    } else if (!hasAsked || waitMs <= 0) {
      ask();
    } else {
      askIn(waitMs);
    }
  }

  /** Node id of the leader of a partition; -1 when none is known. Safe for any thread. */
  public int leader(TopicPartition partition) {
    Topic topic = view.topics().get(partition.topic());
    return topic == null || partition.partition() >= topic.partitions().size()
        ? -1
        : topic.partitions().get(partition.partition()).leader();
  }

  /** Asks one node; fails at once when it is not known, and lets it be asked for. */
  public <R extends Response> void call(int node, Exchange<R> exchange) {
    call(node, Lane.GENERAL, exchange);
  }

  /** The same in a lane of its own. */
  public <R extends Response> void call(int node, Lane lane, Exchange<R> exchange) {
    Node found = view.nodes().get(node);
    if (found == null) {
      refresh();
      exchange
          .failed()
          .accept(
              new NetException(Kind.UNREACHABLE, "the cluster has no such node now, node=" + node));
    } else {
      network.call(found.endpoint(), lane, exchange);
    }
  }

  /** Asks any node, another one when the first can not be reached. */
  public <R extends Response> void callAny(Exchange<R> exchange) {
    callOne(exchange, candidates(), 0);
  }

  /** Stops asking. */
  public void close() {
    if (timer != null) {
      timer.cancel();
    }
    listeners.clear();
  }

  private <R extends Response> void callOne(Exchange<R> exchange, List<Endpoint> from, int index) {
    Consumer<NetException> failed =
        e -> {
          if (Faults.of(e).mayPass() && index + 1 < from.size()) {
            callOne(exchange, from, index + 1);
          } else {
            exchange.failed().accept(e);
          }
        };
    network.call(
        from.get(index),
        Lane.GENERAL,
        new Exchange<>(
            exchange.key(),
            exchange.highest(),
            exchange.request(),
            exchange.reading(),
            exchange.timeoutMs(),
            exchange.answered(),
            failed));
  }

  /** Known nodes, another one first each time, then those that we were told at first. */
  private List<Endpoint> candidates() {
    List<Endpoint> known = new ArrayList<>();
    view.nodes().values().forEach(node -> known.add(node.endpoint()));
    LinkedHashSet<Endpoint> ordered = new LinkedHashSet<>();
    int first = nextNode++;
    for (int i = 0; i < known.size(); i++) {
      ordered.add(known.get(Math.floorMod(first + i, known.size())));
    }
    ordered.addAll(bootstrap);
    return List.copyOf(ordered);
  }

  private void ask() {
    asking = true;
    askAgain = false;
    hasAsked = true;
    askedMs = network.clock().monotonicMs();
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    callAny(
        Exchange.Question.of(question(), MetadataResponse::read, rules.requestTimeoutMs())
            .then(this::learn, Faults.told(this::fail)));
  }

  private MetadataRequest question() {
    MetadataRequest.Builder request = MetadataRequest.builder();
    if (wantsAll) {
      request.topics(null);
    } else {
      List<MetadataRequestTopic> asked = new ArrayList<>();
      wanted.forEach(topic -> asked.add(MetadataRequestTopic.builder().name(topic).build()));
      request.topics(asked);
    }
    return request.allowAutoTopicCreation(rules.createTopics()).build();
  }

  private void learn(MetadataResponse answer) {
    view = ClusterView.of(answer).notOlderThan(view);
    fault = null;
    failures = 0;
    asking = false;
    if (askAgain || isIncomplete()) {
      askIn(rules.backoffMs());
    } else {
      askIn(rules.maxAgeMs());
    }
    List.copyOf(listeners).forEach(Runnable::run);
  }

  private boolean isIncomplete() {
    return !view.topics().keySet().containsAll(wanted)
        || view.topics().values().stream()
            .flatMap(topic -> topic.partitions().stream())
            .anyMatch(partition -> partition.leader() < 0);
  }

  private void fail(ClientException e) {
    fault = e;
    asking = false;
    failures++;
    askIn(pauseMs());
    List.copyOf(listeners).forEach(Runnable::run);
  }

  private int pauseMs() {
    int doublings = Math.min(Math.max(failures - 1, 0), 20);
    return (int) Math.min((long) rules.backoffMs() << doublings, rules.backoffMaxMs());
  }

  private void askIn(long delayMs) {
    if (timer != null) {
      timer.cancel();
    }
    timer = network.turns().after(delayMs, this::dueToAsk);
  }

  private void dueToAsk() {
    timer = null;
    if (!asking) {
      ask();
    }
  }
}
