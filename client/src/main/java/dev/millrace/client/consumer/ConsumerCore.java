package dev.millrace.client.consumer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.GroupMember;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.Topology;
import dev.millrace.client.consumer.CommitCalls.Committer;
import dev.millrace.net.call.Network;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Everything of a consumer that belongs to the owner: what it reads and from where. In turns. */
final class ConsumerCore implements Membership.Host {
  private final ConsumerSettings settings;
  private final Network network;
  private final Topology topology;
  private final Inbox inbox;
  private final String memberId;
  private final ConcurrentNavigableMap<TopicPartition, Held> held = new ConcurrentSkipListMap<>();
  private final Fetcher fetcher;
  private final OffsetCalls offsets;
  private final @Nullable CommitCalls commits;
  private final @Nullable CoordinatorLink link;
  private @Nullable Membership membership;
  private @Nullable Pattern pattern;

  /**
   * @param memberId for groups whose members choose their own (KIP-1082)
   */
  ConsumerCore(ConsumerSettings settings, Network network, Inbox inbox, String memberId) {
    this.memberId = memberId;
    this.settings = settings;
    this.network = network;
    this.inbox = inbox;
    this.topology = new Topology(network, settings.bootstrap, settings.topologyRules());
    this.fetcher = new Fetcher(topology, settings, held.values(), inbox, this::resolve);
    this.offsets =
        new OffsetCalls(
            topology,
            new OffsetCalls.Rules(
                settings.isolation(),
                settings.requestTimeoutMs,
                settings.apiTimeoutMs,
                settings.backoffMs));
    String group = settings.group;
    this.link =
        group == null ? null : CoordinatorLink.ofGroup(topology, group, settings.requestTimeoutMs);
    this.commits =
        link == null
            ? null
            : new CommitCalls(
                topology,
                link,
                new CommitCalls.Rules(
                    settings.isCommittedOnly,
                    settings.requestTimeoutMs,
                    settings.apiTimeoutMs,
                    settings.backoffMs));
    topology.listen(this::learnt);
  }

  Topology topology() {
    return topology;
  }

  OffsetCalls offsets() {
    return offsets;
  }

  /** What is read, live; for any thread. */
  Map<TopicPartition, Held> held() {
    return held;
  }

  void subscribe(Set<String> topics) {
    pattern = null;
    joinWith(topics);
  }

  void subscribe(Pattern topics) {
    pattern = topics;
    topology.wantAll();
    learnt();
  }

  private void joinWith(Set<String> topics) {
    CoordinatorLink group = link;
    if (group == null) {
      throw new ConsumerException.Fatal("subscribe needs group.id, or assign partitions", null);
    }
    topics.forEach(topology::want);
    Membership member = membership;
    if (member == null) {
      drop(held.keySet());
      member =
          settings.isNextProtocol
              ? new ConsumerMember(topology, group, settings, this, memberId)
              : new ClassicMember(topology, group, settings, this);
      membership = member;
    }
    member.subscribe(topics);
  }

  void assign(Collection<TopicPartition> partitions) {
    if (membership != null) {
      throw new ConsumerException.Fatal("assign needs unsubscribe first", null);
    }
    drop(held.keySet().stream().filter(partition -> !partitions.contains(partition)).toList());
    for (TopicPartition partition : partitions) {
      topology.want(partition.topic());
      held.computeIfAbsent(partition, Held::new).isReady = true;
    }
    network.turns().submit(this::resolve); // after the seeks that may follow
  }

  /** Reads nothing any more and leaves the group. */
  CompletableFuture<Void> leave() {
    pattern = null;
    drop(held.keySet());
    Membership member = membership;
    membership = null;
    return member == null ? CompletableFuture.completedFuture(null) : member.leave();
  }

  void close() {
    topology.close();
  }

  void polled() {
    if (membership != null) {
      membership.polled();
    }
  }

  /** All that was fetched with a chunk has been handed out. */
  void consumed(Chunk chunk) {
    if (chunk.held.seeks == chunk.seeks) {
      chunk.held.bufferedBytes -= chunk.bytes;
    }
    fetcher.release(chunk.memory);
    fetcher.fetch();
  }

  /** Reads again from the position: what was fetched behind it could not be read. */
  void reread(Held from) {
    if (from.isHeld) {
      from.moveTo(from.position);
      from.notBeforeMs = network.clock().monotonicMs() + settings.backoffMs;
      fetcher.fetch();
    }
  }

  /** Number of partitions of a topic, 0 when there is none. Safe for any thread. */
  CompletableFuture<Integer> partitions(String topic) {
    CompletableFuture<Integer> found = new CompletableFuture<>();
    network.turns().submit(() -> lookUp(topic, found));
    return found;
  }

  private void lookUp(String topic, CompletableFuture<Integer> found) {
    topology.want(topic);
    Topic known = topology.view().topics().get(topic);
    if (known != null) {
      found.complete(known.partitions().size());
    } else if (topology.view().missing().containsKey(topic)) {
      found.complete(0);
    } else if (!found.isDone()) {
      network.turns().after(settings.backoffMs, () -> lookUp(topic, found));
    }
  }

  void seek(TopicPartition partition, long offset) {
    Held mine = mine(partition);
    mine.moveTo(offset);
    mine.notBeforeMs = Long.MIN_VALUE;
    mine.isReady |= membership == null;
    fetcher.fetch();
  }

  void pause(Collection<TopicPartition> partitions, boolean isPaused) {
    partitions.forEach(partition -> mine(partition).isPaused = isPaused);
    inbox.look();
    fetcher.fetch();
  }

  CompletableFuture<Void> commit(Map<TopicPartition, Long> positions, boolean insists) {
    Committer by = committer();
    CompletableFuture<Void> done = commits().commit(positions, by, insists);
    return done.whenComplete((none, fault) -> {
      Membership member = membership;
      if (member != null
          && fault instanceof ConsumerException.Lost
          && fault.getCause() instanceof ClientException answer) {
        ErrorCode error = answer.error();
        member.stale(error == null ? ErrorCode.UNKNOWN_MEMBER_ID : error, by.generation());
      }
    });
  }

  CompletableFuture<Map<TopicPartition, Long>> committed(Collection<TopicPartition> partitions) {
    return commits().committed(partitions);
  }

  private CommitCalls commits() {
    if (commits == null) {
      throw new ConsumerException.Fatal("commits need group.id", null);
    }
    return commits;
  }

  GroupMember groupMember() {
    CoordinatorLink group = link;
    if (group == null) {
      throw new ConsumerException.Fatal("consumer has no group.id", null);
    }
    Committer by = committer();
    return new GroupMember(group.key(), by.generation(), by.memberId(), by.instanceId());
  }

  private Committer committer() {
    Membership member = membership;
    return member == null
        ? Committer.NOBODY
        : new Committer(member.generation(), member.memberId(), settings.instanceId);
  }

  private Held mine(TopicPartition partition) {
    Held mine = held.get(partition);
    if (mine == null) {
      throw new ConsumerException.Fatal(
          "partition is not assigned to this consumer, partition=" + partition, null);
    }
    return mine;
  }

  private void learnt() {
    Pattern wanted = pattern;
    if (wanted != null && !topology.view().nodes().isEmpty()) {
      Set<String> matching = new TreeSet<>();
      for (Topic topic : topology.view().topics().values()) {
        if (!topic.isInternal() && wanted.matcher(topic.name()).matches()) {
          matching.add(topic.name());
        }
      }
      joinWith(matching);
    }
    if (membership != null) {
      membership.topologyChanged();
    }
    fetcher.fetch();
  }

  /** Finds where partitions stand that have no position: what is committed, else the reset rule. */
  private void resolve() {
    List<Held> missing = new ArrayList<>();
    List<Held> resetting = new ArrayList<>();
    for (Held each : held.values()) {
      if (each.isReady && each.fetchOffset < 0 && !each.isResolving) {
        each.isResolving = true;
        (each.wantsReset || commits == null ? resetting : missing).add(each);
      }
    }
    if (!missing.isEmpty()) {
      List<TopicPartition> asked = missing.stream().map(each -> each.partition).toList();
      Answers.tell(
          commits().committed(asked),
          (found, fault) -> {
            if (found == null) {
              unresolved(missing, fault);
            } else {
              take(missing, found);
            }
          });
    }
    if (!resetting.isEmpty()) {
      reset(resetting);
    }
    fetcher.fetch();
  }

  private void take(List<Held> asked, Map<TopicPartition, Long> found) {
    List<Held> without = new ArrayList<>();
    for (Held each : asked) {
      Long offset = found.get(each.partition);
      if (offset == null) {
        without.add(each);
      } else {
        settle(each, offset);
      }
    }
    if (!without.isEmpty()) {
      reset(without);
    }
    fetcher.fetch();
  }

  private void reset(List<Held> partitions) {
    if (settings.reset.isNone()) {
      for (Held each : partitions) {
        each.isResolving = false;
        each.isReady = false;
      }
      inbox.add(
          new ConsumerException.NoOffset(
              "no offset is committed, seek or set auto.offset.reset, partitions="
                  + partitions.stream().map(each -> each.partition).toList()));
      return;
    }
    Map<TopicPartition, Long> times = new TreeMap<>();
    long time = settings.reset.at(network.clock().wallMs());
    partitions.forEach(each -> times.put(each.partition, time));
    Answers.tell(
        findOrEnd(times),
        (found, fault) -> {
          if (found == null) {
            unresolved(partitions, fault);
          } else {
            partitions.forEach(each -> settle(each, found.getOrDefault(each.partition, -1L)));
            fetcher.fetch();
          }
        });
  }

  /** Offsets by time; the end where no record is that young. */
  CompletableFuture<Map<TopicPartition, Long>> findOrEnd(Map<TopicPartition, Long> times) {
    return offsets
        .find(times)
        .thenCompose(found -> {
          Map<TopicPartition, Long> result = new TreeMap<>();
          Map<TopicPartition, Long> ends = new TreeMap<>();
          found.forEach((partition, at) -> {
            if (at.offset() < 0) {
              ends.put(partition, OffsetCalls.LATEST);
            } else {
              result.put(partition, at.offset());
            }
          });
          return ends.isEmpty()
              ? CompletableFuture.completedFuture(result)
              : offsets
                  .find(ends)
                  .thenApply(last -> {
                    last.forEach((partition, at) -> result.put(partition, at.offset()));
                    return result;
                  });
        });
  }

  private static void settle(Held each, long offset) {
    each.isResolving = false;
    if (each.isHeld && each.fetchOffset < 0 && offset >= 0) {
      each.moveTo(offset);
    }
  }

  private void unresolved(List<Held> partitions, @Nullable Throwable fault) {
    partitions.forEach(each -> each.isResolving = false);
    boolean passing = fault instanceof ClientException e && e.mayPass();
    if (!passing) {
      inbox.add(
          new ConsumerException.Fatal(
              "positions can not be found: " + (fault == null ? "" : fault.getMessage()), fault));
    }
    network.turns().after(settings.backoffMs, this::resolve);
  }

  private void drop(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : List.copyOf(partitions)) {
      Held gone = held.remove(partition);
      if (gone != null) {
        gone.isHeld = false;
      }
    }
  }

  @Override
  public Set<TopicPartition> owned() {
    return new TreeSet<>(held.keySet());
  }

  @Override
  public void revoke(Collection<TopicPartition> partitions, Runnable then) {
    inbox.add(
        new Rebalance(
            Rebalance.Kind.REVOKED,
            List.copyOf(partitions),
            () -> {
              drop(partitions);
              then.run();
            }));
  }

  @Override
  public void assign(List<TopicPartition> partitions, Runnable then) {
    for (TopicPartition partition : partitions) {
      topology.want(partition.topic());
      held.put(partition, new Held(partition));
    }
    if (!partitions.isEmpty()) {
      inbox.add(
          new Rebalance(
              Rebalance.Kind.ASSIGNED,
              partitions,
              () -> {
                for (TopicPartition partition : partitions) {
                  Held mine = held.get(partition);
                  if (mine != null) {
                    mine.isReady = true;
                  }
                }
                resolve();
              }));
    }
    then.run();
  }

  @Override
  public void lose(Runnable then) {
    List<TopicPartition> gone = List.copyOf(held.keySet());
    drop(gone);
    if (gone.isEmpty()) {
      then.run();
    } else {
      inbox.add(new Rebalance(Rebalance.Kind.LOST, gone, then));
    }
  }

  @Override
  public void fail(ConsumerException fault) {
    inbox.add(fault);
  }
}
