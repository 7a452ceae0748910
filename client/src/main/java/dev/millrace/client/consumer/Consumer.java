package dev.millrace.client.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.ClientException;
import dev.millrace.client.Deserializer;
import dev.millrace.client.GroupMember;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.SocketNetwork;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads records: of a group's partitions after {@code subscribe}, or of chosen ones after {@code
 * assign}. One thread at a time uses it, a virtual one as well; only {@link #wakeup} may come from
 * another. Fetching and heartbeats go on between polls.
 *
 * <pre>
 *   try (var consumer =
 *       Consumer.open(
 *           Map.of("bootstrap.servers", "127.0.0.1:9092", "group.id", "billing"),
 *           Deserializer.string(), Deserializer.string())) {
 *     consumer.subscribe(Set.of("orders"));
 *     while (running) {
 *       for (var record : consumer.poll(Duration.ofSeconds(1))) {
 *         bill(record.key(), record.value());
 *       }
 *     }
 *   }
 * </pre>
 *
 * @param <K> key
 * @param <V> value
 */
public final class Consumer<K, V> implements AutoCloseable {

  private final ConsumerSettings settings;
  private final Network network;
  private final Inbox inbox = new Inbox();
  private final ConsumerCore core;
  private final Chunk.Reading<K, V> reading;
  private final long pollNewsNanos;

  /** Who waits in a poll for longer than this says again that it polls. */
  private final long waitNanos;

  private final Asking asking;
  private RebalanceListener listener = RebalanceListener.NONE;
  private long nextCommitMs;
  private final Complaints complaints;
  private boolean hasPolled;

  /** Whether the program has said what is to be read. */
  private boolean hasSubject;

  /** Whether records were handed out that no commit has counted yet. */
  private boolean isOwing;

  private long toldPolledNanos;

  /** What the last polls handed out: the next one is probably like them. */
  private int expectedRecords;

  Consumer(
      ConsumerSettings settings,
      Network network,
      Uuid memberId,
      Deserializer<K> keys,
      Deserializer<V> values) {
    this.settings = settings;
    this.network = network;
    this.core = new ConsumerCore(settings, network, inbox, memberId.toString());
    this.asking = new Asking(network, core.topology(), settings);
    this.complaints = new Complaints(core.topology(), network.clock());
    this.reading = new Chunk.Reading<>(keys, values);
    this.pollNewsNanos = TimeUnit.MILLISECONDS.toNanos(settings.pollNewsMs());
    this.waitNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, settings.pollIntervalMs / 2));
    this.nextCommitMs = network.clock().monotonicMs() + settings.autoCommitMs;
  }

  /**
   * A consumer with its own connections; they are made when they are needed.
   *
   * @param settings of Kafka's names, {@code bootstrap.servers} at least
   * @throws ClientException when a setting is wrong or unknown
   */
  public static <K, V> Consumer<K, V> open(
      Map<String, ?> settings, Deserializer<K> keys, Deserializer<V> values) {
    ConsumerSettings read = ConsumerSettings.of(settings);
    return new Consumer<>(
        read, new SocketNetwork(read.clientId), Uuid.random(new SecureRandom()), keys, values);
  }

  /**
   * A consumer on a network of the caller's: a simulated one. It may be used in turns of the
   * network's owner, where nothing waits: poll with no patience, and call what ends in Async.
   *
   * @param memberId for groups whose members choose their own (KIP-1082)
   */
  public static <K, V> Consumer<K, V> over(
      Network network,
      Uuid memberId,
      Map<String, ?> settings,
      Deserializer<K> keys,
      Deserializer<V> values) {
    return new Consumer<>(ConsumerSettings.of(settings), network, memberId, keys, values);
  }

  /** Reads these topics as a member of the group {@code group.id}. */
  public void subscribe(Collection<String> topics) {
    subscribe(topics, RebalanceListener.NONE);
  }

  /** The same with a listener. */
  public void subscribe(Collection<String> topics, RebalanceListener told) {
    asking.as(() -> {
      listener = told;
      hasSubject = true;
      return asking.inTurn(() -> core.subscribe(new TreeSet<>(topics)));
    });
  }

  /** Reads all topics whose names match, also those to come; internal ones never. */
  public void subscribe(Pattern topics, RebalanceListener told) {
    asking.as(() -> {
      listener = told;
      hasSubject = true;
      return asking.inTurn(() -> core.subscribe(topics));
    });
  }

  /** Reads exactly these partitions, outside of any group's division. */
  public void assign(Collection<TopicPartition> partitions) {
    asking.as(() -> {
      asking.inTurn(() -> core.assign(partitions));
      hasSubject = !partitions.isEmpty();
      return null;
    });
  }

  /** Leaves the group and reads nothing. */
  public void unsubscribe() {
    asking.as(() -> {
      commitForGoing(core.held().keySet());
      hasSubject = false;
      asking.await(asking.ask(core::leave), "unsubscribe");
      return null;
    });
  }

  /**
   * Leaves the group without a commit and without waiting; completes on the consumer's thread when
   * the group knows.
   */
  public CompletableFuture<Void> unsubscribeAsync() {
    return asking.as(() -> {
      hasSubject = false;
      return asking.ask(core::leave);
    });
  }

  /** Partitions that are read now. */
  public Set<TopicPartition> assignment() {
    // one by one: the consumer's thread may take some away meanwhile
    return core.held().keySet().stream().collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The next records, at most {@code max.poll.records}, waiting for the first of them. Rebalance
   * listeners run in here.
   *
   * @return perhaps none
   * @throws ConsumerException what is wrong; the next poll goes on where that is possible
   */
  public List<ConsumerRecord<K, V>> poll(Duration patience) {
    return asking.as(() -> pollNow(patience.toNanos()));
  }

  /**
   * Reads the next records where they lie, at most {@code max.poll.records}, waiting for the first
   * of them: no object is made for a record, and no deserializer runs. A record at which {@code
   * reader} throws comes again.
   *
   * @return how many there were
   * @throws ConsumerException as {@link #poll(Duration)}
   */
  public int poll(Duration patience, RecordReader reader) {
    return asking.as(() -> pollNow(patience.toNanos(), new Reading(reader)));
  }

  private List<ConsumerRecord<K, V>> pollNow(long patienceNanos) {
    Listing listing = new Listing(new ArrayList<>(expectedRecords));
    int count = pollNow(patienceNanos, listing);
    expectedRecords = Math.max(count, expectedRecords - expectedRecords / 8);
    return listing.records;
  }

  /** Takes records out of chunks. */
  private interface Drain {
    int count();

    /** Returns whether more is left in the chunk. */
    boolean take(Chunk chunk);
  }

  /** Makes a record of each. */
  private final class Listing implements Drain {
    private final List<ConsumerRecord<K, V>> records;

    Listing(List<ConsumerRecord<K, V>> records) {
      this.records = records;
    }

    @Override
    public int count() {
      return records.size();
    }

    @Override
    public boolean take(Chunk chunk) {
      return chunk.drainTo(records, settings.pollRecordsMax, reading);
    }
  }

  /** Shows each where it lies. */
  private final class Reading implements Drain {
    private final RecordReader reader;
    private int count;

    Reading(RecordReader reader) {
      this.reader = reader;
    }

    @Override
    public int count() {
      return count;
    }

    @Override
    public boolean take(Chunk chunk) {
      int before = chunk.handedOut();
      try {
        return chunk.drainTo(reader, settings.pollRecordsMax - count);
      } finally {
        count += chunk.handedOut() - before;
      }
    }
  }

  private int pollNow(long patienceNanos, Drain drain) {
    if (!hasSubject) {
      throw new ConsumerException.Fatal("nothing is to be read, subscribe or assign first", null);
    }
    long nowNanos = network.clock().monotonicNanos();
    tellPolled(nowNanos);
    commitWhenDue();
    long deadline = nowNanos + patienceNanos;
    while (drain.count() == 0) {
      long leftNanos = deadline - network.clock().monotonicNanos();
      switch (take(Math.min(leftNanos, waitNanos))) {
        case Inbox.Failed failed -> throw failed.fault();
        case Inbox.Changed changed -> run(changed.rebalance());
        case Inbox.Fetched fetched -> drain(fetched.chunk(), drain);
        case Inbox.Nothing nothing when leftNanos > waitNanos ->
            tellPolled(network.clock().monotonicNanos());
        case Inbox.Nothing nothing -> {
          complaints.empty();
          return 0;
        }
      }
    }
    while (drain.count() < settings.pollRecordsMax) {
      Chunk more = inbox.takeMore();
      if (more == null) {
        break;
      }
      drain(more, drain);
    }
    isOwing = true;
    return drain.count();
  }

  /** A sign of life for the group: not with every poll, they may come fast. */
  private void tellPolled(long nowNanos) {
    if (!hasPolled || nowNanos - toldPolledNanos >= pollNewsNanos) {
      hasPolled = true;
      toldPolledNanos = nowNanos;
      network.turns().submit(core::polled);
    }
  }

  private Inbox.Item take(long leftNanos) {
    try {
      return inbox.take(leftNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsumerException.Retriable("interrupted while polling", e);
    }
  }

  private void drain(Chunk chunk, Drain drain) {
    boolean more = true;
    try {
      more = drain.take(chunk);
    } catch (ConsumerException.Unreadable e) {
      more = false;
      network.turns().submit(() -> core.reread(chunk.held));
      if (drain.count() == 0) {
        throw e;
      }
      return;
    } finally {
      if (more) {
        inbox.putBack(chunk);
      }
    }
    if (!more) {
      network.turns().submit(() -> core.consumed(chunk));
    }
  }

  private void run(Rebalance rebalance) {
    if (rebalance.kind() != Rebalance.Kind.ASSIGNED) {
      for (TopicPartition going : rebalance.partitions()) {
        Held mine = core.held().get(going);
        if (mine != null) {
          mine.isLeaving = true;
        }
      }
    }
    try {
      switch (rebalance.kind()) {
        case ASSIGNED -> listener.assigned(rebalance.partitions());
        case LOST -> listener.lost(rebalance.partitions());
        case REVOKED -> {
          commitForGoing(rebalance.partitions());
          listener.revoked(rebalance.partitions());
        }
      }
    } finally {
      network.turns().submit(rebalance.done());
    }
  }

  private void commitWhenDue() {
    long nowMs = network.clock().monotonicMs();
    if (settings.autoCommit && nowMs >= nextCommitMs) {
      nextCommitMs = nowMs + settings.autoCommitMs;
      Map<TopicPartition, Long> positions = positions(core.held().keySet());
      Answers.tell(
          asking.ask(() -> core.commit(positions, false)),
          (none, fault) -> Complaints.commitFailed(fault));
    }
  }

  /** What was handed out before this call is done with: its offsets can be committed. */
  private void commitForGoing(Collection<TopicPartition> going) {
    if (settings.autoCommit) {
      Map<TopicPartition, Long> positions = positions(going);
      try {
        asking.await(asking.ask(() -> core.commit(positions, true)), "commit");
      } catch (ConsumerException e) {
        Complaints.commitFailed(e);
      }
    }
  }

  private Map<TopicPartition, Long> positions(Collection<TopicPartition> of) {
    Map<TopicPartition, Long> positions = new TreeMap<>();
    for (TopicPartition partition : of) {
      Held mine = core.held().get(partition);
      if (mine != null && mine.position >= 0) {
        positions.put(partition, mine.position);
      }
    }
    return positions;
  }

  /** Commits the positions of everything that was handed out, and waits for it. */
  public void commit() {
    boolean wasOwing = isOwing;
    isOwing = false;
    Map<TopicPartition, Long> positions = positions(core.held().keySet());
    if (wasOwing && positions.isEmpty()) {
      throw new ConsumerException.Lost(
          "commit came too late, others may have the partitions, poll more often or raise"
              + " max.poll.interval.ms="
              + settings.pollIntervalMs,
          null);
    }
    commit(positions);
  }

  /** Commits these offsets, each the next one to read, and waits for it. */
  public void commit(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, Long> copy = Map.copyOf(offsets);
    asking.as(() -> asking.await(asking.ask(() -> core.commit(copy, true)), "commit"));
  }

  /**
   * Commits the positions of everything that was handed out.
   *
   * @return completes on the consumer's thread; what hangs on it must not block
   */
  public CompletableFuture<Void> commitAsync() {
    return commitAsync(positions(core.held().keySet()));
  }

  /** The same with these offsets. */
  public CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, Long> copy = Map.copyOf(offsets);
    return asking.ask(() -> core.commit(copy, false));
  }

  /** Committed offsets of the group; partitions without one are left out. */
  public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return asking.as(
        () -> asking.await(asking.ask(() -> core.committed(copy)), "committed offsets"));
  }

  /** Who this consumer is in its group now, for offsets that a transaction commits. */
  public GroupMember groupMember() {
    return asking.as(() ->
        asking.await(
            asking.ask(() -> CompletableFuture.completedFuture(core.groupMember())), "group"));
  }

  /** The next offset that a poll hands out; -1 while it is being looked up. */
  public long position(TopicPartition partition) {
    Held mine = core.held().get(partition);
    if (mine == null) {
      throw new ConsumerException.Fatal(
          "partition is not assigned to this consumer, partition=" + partition, null);
    }
    return mine.position;
  }

  /** Goes on at an offset. */
  public void seek(TopicPartition partition, long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset is below zero, offset=" + offset);
    }
    asking.as(() -> asking.inTurn(() -> core.seek(partition, offset)));
  }

  /** Goes on at the first offset that is kept. */
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    seekTo(partitions, OffsetCalls.EARLIEST);
  }

  /** Goes on at the end: with read_committed at the last stable offset. */
  public void seekToEnd(Collection<TopicPartition> partitions) {
    seekTo(partitions, OffsetCalls.LATEST);
  }

  /** Goes on at the first record that is not older; at the end where there is none. */
  public void seekToTime(Collection<TopicPartition> partitions, Instant time) {
    seekTo(partitions, Math.max(0, time.toEpochMilli()));
  }

  private void seekTo(Collection<TopicPartition> partitions, long time) {
    asking.as(() -> {
      Map<TopicPartition, Long> found =
          asking.await(asking.ask(() -> core.findOrEnd(times(partitions, time))), "offsets");
      return asking.inTurn(() -> found.forEach(core::seek));
    });
  }

  private static Map<TopicPartition, Long> times(Collection<TopicPartition> partitions, long time) {
    Map<TopicPartition, Long> times = new TreeMap<>();
    partitions.forEach(partition -> times.put(partition, time));
    return times;
  }

  /** First offsets that are kept. */
  public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    return asking.as(() ->
        asking.await(
            asking.ask(() -> core.findOrEnd(times(partitions, OffsetCalls.EARLIEST))), "offsets"));
  }

  /** Offsets that the next records will get. */
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    return asking.as(() ->
        asking.await(
            asking.ask(() -> core.findOrEnd(times(partitions, OffsetCalls.LATEST))), "offsets"));
  }

  /** Number of partitions of a topic; 0 when there is none. */
  public int partitions(String topic) {
    return asking.as(() -> asking.await(core.partitions(topic), "topic " + topic));
  }

  /** Hands out nothing of these until they are resumed; they stay assigned. */
  public void pause(Collection<TopicPartition> partitions) {
    asking.as(() -> asking.inTurn(() -> core.pause(partitions, true)));
  }

  /** Hands out their records again; those that are not paused or not assigned are left alone. */
  public void resume(Collection<TopicPartition> partitions) {
    asking.as(() -> asking.inTurn(() -> core.pause(partitions, false)));
  }

  /** How far this consumer is behind, by partition; without those of which nothing is known yet. */
  public Map<TopicPartition, Lag> lag() {
    Map<TopicPartition, Lag> lags = new TreeMap<>();
    core.held()
        .forEach((partition, mine) -> {
          long end = mine.end;
          long position = mine.position;
          if (end >= 0 && position >= 0) {
            long records = Math.max(0, end - position);
            long last = mine.lastTimestampMs;
            long ageMs = records == 0 || last < 0 ? 0 : network.clock().wallMs() - last;
            lags.put(partition, new Lag(records, Math.max(0, ageMs)));
          }
        });
    return lags;
  }

  /** Ends the poll of now, or the next one, with {@link ConsumerException.Woken}. Any thread. */
  public void wakeup() {
    inbox.wake();
  }

  /** Commits what was handed out where commits are automatic, leaves the group and ends. */
  @Override
  public void close() {
    if (asking.isOver()) {
      return;
    }
    asking.as(() -> {
      try {
        inbox.takeRebalances();
        commitForGoing(core.held().keySet());
        if (!core.held().isEmpty()) {
          listener.revoked(assignment());
        }
        asking.await(asking.ask(core::leave), "close");
      } catch (ConsumerException e) {
        Complaints.commitFailed(e);
      } finally {
        asking.over();
        asking.inTurn(core::close);
        network.close();
      }
      return null;
    });
  }
}
