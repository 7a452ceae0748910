package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Topology;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.net.call.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Everything of a share consumer that belongs to the owner. In turns, but for {@link #lockMs}. */
final class ShareCore implements ShareMember.Host {
  private final ShareSettings settings;
  private final Topology topology;
  private final Arrivals arrivals;
  private final ShareMember member;
  private final Map<Integer, ShareSession> sessions = new TreeMap<>();
  private final Map<ShareSession, Runnable> whenLost = new HashMap<>();
  private Map<Uuid, Set<Integer>> assigned = Map.of();
  private volatile Map<TopicPartition, Uuid> partitions = Map.of();
  private Set<String> topics = Set.of();
  private boolean isHungry;
  private volatile int lockMs = -1;

  ShareCore(ShareSettings settings, Network network, Arrivals arrivals, String memberId) {
    this.settings = settings;
    this.arrivals = arrivals;
    this.topology = new Topology(network, settings.bootstrap, settings.topologyRules());
    this.member = new ShareMember(topology, settings, this, memberId);
    topology.listen(this::learnt);
  }

  Topology topology() {
    return topology;
  }

  ShareSettings settings() {
    return settings;
  }

  ShareRequests.Who who(int epoch) {
    return new ShareRequests.Who(
        settings.group, member.memberId(), epoch, settings.requestTimeoutMs);
  }

  void subscribe(Set<String> wanted) {
    topics = Set.copyOf(wanted);
    topology.wantOnly(topics);
    member.subscribe(topics);
  }

  /** What the group has given to this consumer. Any thread. */
  Set<TopicPartition> assignment() {
    return partitions.keySet();
  }

  /** How long records are locked, -1 while it is not known. Any thread. */
  int lockMs() {
    return lockMs;
  }

  void lockMs(int said) {
    if (said > 0) {
      lockMs = said;
    }
  }

  /** Somebody polls: records are fetched until some are there. */
  void hungry() {
    member.polled();
    isHungry = arrivals.isEmpty();
    stepAll();
  }

  /** Nobody polls. */
  void fed() {
    isHungry = false;
  }

  boolean isHungry() {
    return isHungry;
  }

  @Override
  public boolean isPolling() {
    return isHungry;
  }

  void arrived(Acquired acquired) {
    isHungry = false;
    arrivals.add(acquired);
  }

  void acknowledge(List<Acks> acks) {
    acks.forEach(each -> each.session().acknowledge(each));
  }

  /** What is to be read from a node. */
  Map<TopicPartition, Uuid> wanted(int node) {
    Map<TopicPartition, Uuid> wanted = new TreeMap<>();
    partitions.forEach((partition, id) -> {
      if (topology.leader(partition) == node) {
        wanted.put(partition, id);
      }
    });
    return wanted;
  }

  /** Tries a session again a little later. */
  void pause(ShareSession session) {
    topology.network().turns().after(settings.backoffMs, session::step);
  }

  void lost(int node, ShareSession session) {
    sessions.remove(node, session);
    topology.refresh();
    Runnable told = whenLost.remove(session);
    if (told != null) {
      told.run();
    }
    topology.network().turns().after(settings.backoffMs, this::stepAll);
  }

  /** Tells when a session that is being closed is lost instead. */
  void whenLost(ShareSession session, Runnable told) {
    whenLost.put(session, told);
  }

  private void stepAll() {
    if (isHungry) {
      for (TopicPartition partition : partitions.keySet()) {
        int leader = topology.leader(partition);
        if (leader < 0) {
          topology.refresh();
        } else {
          sessions.computeIfAbsent(leader, node -> new ShareSession(this, node));
        }
      }
    }
    List.copyOf(sessions.values()).forEach(ShareSession::step);
  }

  @Override
  public void assign(Map<Uuid, Set<Integer>> given) {
    assigned = given;
    learnt();
  }

  private void learnt() {
    Map<TopicPartition, Uuid> known = new TreeMap<>();
    Map<Uuid, Set<Integer>> unknown = new HashMap<>(assigned);
    for (Topic topic : topology.view().topics().values()) {
      Set<Integer> indexes = unknown.remove(topic.id());
      if (indexes != null) {
        indexes.forEach(index -> known.put(new TopicPartition(topic.name(), index), topic.id()));
      }
    }
    partitions = known;
    if (!unknown.isEmpty()) {
      topology.refresh();
    }
    stepAll();
  }

  @Override
  public void fail(ConsumerException fault) {
    arrivals.add(fault);
  }

  /** Ends all sessions, then leaves the group. */
  CompletableFuture<Void> leave() {
    isHungry = false;
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    List.copyOf(sessions.values()).forEach(session -> closing.add(session.close()));
    sessions.clear();
    assigned = Map.of();
    partitions = Map.of();
    return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
        .thenCompose(none -> member.leave());
  }

  void close() {
    topology.close();
  }
}
