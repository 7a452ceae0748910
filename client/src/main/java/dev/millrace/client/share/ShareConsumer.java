package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.ClientException;
import dev.millrace.client.Deserializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.SocketNetwork;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes records of a share group one by one, as from a queue (KIP-932): members share partitions, a
 * record is with one of them at a time, and comes again when it is released or its lock runs out.
 * One thread at a time uses it; only {@link #wakeup} may come from another.
 *
 * <p>With {@code share.acknowledgement.mode=implicit}, the default, a poll accepts everything that
 * the poll before handed out. With {@code explicit} each record is acknowledged by the program
 * before the next poll.
 *
 * <pre>
 *   try (var consumer =
 *       ShareConsumer.open(
 *           Map.of(
 *               "bootstrap.servers", "127.0.0.1:9092",
 *               "group.id", "mailers",
 *               "share.acknowledgement.mode", "explicit"),
 *           Deserializer.string(), Deserializer.string())) {
 *     consumer.subscribe(List.of("mails"));
 *     while (running) {
 *       for (var record : consumer.poll(Duration.ofSeconds(1))) {
 *         consumer.acknowledge(record, send(record) ? ACCEPT : RELEASE);
 *       }
 *     }
 *   }
 * </pre>
 *
 * @param <K> key
 * @param <V> value
 */
public final class ShareConsumer<K, V> implements AutoCloseable {
  private final ShareSettings settings;
  private final Network network;
  private final Arrivals arrivals = new Arrivals();
  private final ShareCore core;
  private final Acquired.Reading<K, V> reading;
  private final Unfinished unfinished = new Unfinished();
  private final Queue<Runnable> fates = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private int entries;
  private AcknowledgementListener listener = AcknowledgementListener.NONE;
  private volatile boolean closed;

  ShareConsumer(
      ShareSettings settings,
      Network network,
      Uuid memberId,
      Deserializer<K> keys,
      Deserializer<V> values) {
    this.settings = settings;
    this.network = network;
    this.core = new ShareCore(settings, network, arrivals, memberId.toString());
    this.reading = new Acquired.Reading<>(keys, values, settings.checksCrcs);
  }

  /**
   * A share consumer with its own connections; they are made when they are needed.
   *
   * @param settings of Kafka's names, {@code bootstrap.servers} and {@code group.id} at least
   * @throws ClientException when a setting is wrong or unknown
   */
  public static <K, V> ShareConsumer<K, V> open(
      Map<String, ?> settings, Deserializer<K> keys, Deserializer<V> values) {
    ShareSettings read = ShareSettings.of(settings);
    return new ShareConsumer<>(
        read, new SocketNetwork(read.clientId), Uuid.random(new SecureRandom()), keys, values);
  }

  /** Reads these topics as a member of the share group. */
  public void subscribe(Collection<String> topics) {
    Set<String> copy = new TreeSet<>(topics);
    as(() -> await(inTurn(() -> core.subscribe(copy)), "subscribe"));
  }

  /** Gives back what was not acknowledged, leaves the group and reads nothing. */
  public void unsubscribe() {
    as(() -> {
      sendSaid();
      await(ask(core::leave), "unsubscribe");
      unfinished.clear();
      tellFates();
      return null;
    });
  }

  /** Partitions that the group has given to this consumer; others may have the same ones. */
  public Set<TopicPartition> assignment() {
    return new TreeSet<>(core.assignment());
  }

  /** Hears what becomes of acknowledgements. */
  public void listen(AcknowledgementListener told) {
    as(() -> {
      listener = told;
      return null;
    });
  }

  /**
   * The next records, at most {@code max.poll.records}, waiting for the first of them.
   *
   * @return perhaps none
   * @throws IllegalStateException in explicit mode, when records were neither acknowledged nor
   *     renewed
   * @throws ConsumerException what is wrong; the next poll goes on where that is possible
   */
  public List<ShareRecord<K, V>> poll(Duration patience) {
    return as(() -> pollNow(patience.toNanos()));
  }

  private List<ShareRecord<K, V>> pollNow(long patienceNanos) {
    if (settings.isExplicit) {
      unfinished.checkAllSaid();
    } else {
      unfinished.acceptAll();
    }
    sendSaid();
    network.turns().submit(core::hungry);
    List<ShareRecord<K, V>> records = new ArrayList<>();
    try {
      long deadline = network.clock().monotonicNanos() + patienceNanos;
      while (records.isEmpty()) {
        Acquired next = take(deadline - network.clock().monotonicNanos());
        if (next == null) {
          break;
        }
        drain(next, records);
        if (records.isEmpty() && arrivals.isEmpty()) {
          sendSaid();
          network.turns().submit(core::hungry);
        }
      }
      while (records.size() < settings.pollRecordsMax && !arrivals.isEmpty()) {
        Acquired more = take(0);
        if (more == null) {
          break;
        }
        drain(more, records);
      }
    } finally {
      network.turns().submit(core::fed);
    }
    tellFates();
    return records;
  }

  private @Nullable Acquired take(long leftNanos) {
    try {
      return arrivals.take(leftNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsumerException.Retriable("interrupted while polling", e);
    }
  }

  private void drain(Acquired from, List<ShareRecord<K, V>> records) {
    while (from.isOurs(network.clock().monotonicMs())) {
      if (records.size() == settings.pollRecordsMax) {
        arrivals.putBack(from);
        return;
      }
      ShareRecord<K, V> record;
      try {
        record =
            from.next(
                reading,
                offset -> unfinished.say(from, offset, Acknowledgement.GAP),
                offset -> unfinished.say(from, offset, Acknowledgement.RELEASE.type()));
      } catch (ConsumerException.Unreadable e) {
        arrivals.putBack(from);
        if (records.isEmpty()) {
          throw e;
        }
        arrivals.add(e);
        return;
      }
      if (record == null) {
        return;
      }
      unfinished.add(from, record.offset());
      records.add(record);
    }
    from.close();
  }

  /** Accepts a record; see {@link #acknowledge(ShareRecord, Acknowledgement)}. */
  public void acknowledge(ShareRecord<K, V> record) {
    acknowledge(record, Acknowledgement.ACCEPT);
  }

  /**
   * Says what is to become of a record. It is sent with the next poll or commit; what was said last
   * counts.
   *
   * @throws IllegalStateException in implicit mode, or when this consumer does not have the record
   */
  public void acknowledge(ShareRecord<K, V> record, Acknowledgement said) {
    as(() -> {
      if (!settings.isExplicit) {
        throw new IllegalStateException(
            "set share.acknowledgement.mode=explicit to acknowledge records one by one");
      }
      unfinished.say(record.partition(), record.offset(), said);
      return null;
    });
  }

  /**
   * Sends what was said (implicitly: accepts everything that was handed out) and waits until the
   * cluster has it.
   *
   * @return faults of the partitions whose acknowledgements were not taken: their records may be
   *     given out again
   */
  public Map<TopicPartition, ConsumerException> commit() {
    return as(() -> {
      Map<TopicPartition, ConsumerException> faults = await(commitNow(), "commit");
      tellFates();
      return faults;
    });
  }

  /** The same without waiting; completes on the consumer's thread. */
  public CompletableFuture<Map<TopicPartition, ConsumerException>> commitAsync() {
    return as(this::commitNow);
  }

  private CompletableFuture<Map<TopicPartition, ConsumerException>> commitNow() {
    if (!settings.isExplicit) {
      unfinished.acceptAll();
    }
    return sendFinished();
  }

  /** Sends what was said; the listener hears the rest. */
  private void sendSaid() {
    Answers.tell(sendFinished(), (faults, none) -> {});
  }

  private CompletableFuture<Map<TopicPartition, ConsumerException>> sendFinished() {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    Map<TopicPartition, ConsumerException> faults = new TreeMap<>();
    List<Acks> acks =
        unfinished.takeSaid((said, partition) -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          waiting.add(done);
          return fault -> {
            if (fault != null) {
              synchronized (faults) {
                faults.put(partition, fault);
              }
            }
            if (!said.isEmpty()) {
              fates.add(() -> listener.acknowledged(partition, said, fault));
            }
            done.complete(null);
          };
        });
    if (!acks.isEmpty()) {
      network.turns().submit(() -> core.acknowledge(acks));
    }
    return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
        .thenApply(none -> faults);
  }

  private void tellFates() {
    for (Runnable fate = fates.poll(); fate != null; fate = fates.poll()) {
      fate.run();
    }
  }

  /** How long this consumer has a record, milliseconds; -1 before the first fetch. */
  public int lockTimeoutMs() {
    return core.lockMs();
  }

  /** Ends the poll of now, or the next one, with {@link ConsumerException.Woken}. Any thread. */
  public void wakeup() {
    arrivals.wake();
  }

  /**
   * Sends what the program said, gives back every other record, leaves the group and ends. What the
   * last poll handed out in implicit mode is given back: nobody said that it is done.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    as(() -> {
      try {
        sendSaid();
        await(ask(core::leave), "close");
        tellFates();
      } catch (ConsumerException e) {
        System.getLogger("dev.millrace.client.share")
            .log(System.Logger.Level.WARNING, "share consumer did not end well: " + e.getMessage());
      } finally {
        closed = true;
        network.turns().submit(core::close);
        network.close();
      }
      return null;
    });
  }

  private CompletableFuture<Void> inTurn(Runnable work) {
    return ask(() -> {
      work.run();
      return CompletableFuture.completedFuture(null);
    });
  }

  private CompletableFuture<Void> ask(Supplier<CompletableFuture<Void>> work) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    network.turns().submit(() -> Answers.tell(work.get(), (none, fault) -> result.complete(null)));
    return result;
  }

  private <T> T await(CompletableFuture<T> future, String what) {
    try {
      return future.get(settings.apiTimeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsumerException.Retriable("interrupted, doing=" + what, e);
    } catch (TimeoutException e) {
      ClientException fault = core.topology().fault();
      throw new ConsumerException.Retriable(
          "no answer in time, doing="
              + what
              + " default.api.timeout.ms="
              + settings.apiTimeoutMs
              + (fault == null ? "" : " last fault: " + fault.getMessage()),
          fault);
    } catch (ExecutionException e) {
      throw new ConsumerException.Fatal(what + " failed: " + e.getCause(), e);
    }
  }

  /** One thread at a time: a second one is told so instead of breaking things. */
  private <T> T as(Supplier<T> work) {
    Thread me = Thread.currentThread();
    if (user.get() != me && !user.compareAndSet(null, me)) {
      throw new IllegalStateException(
          "a share consumer is used by one thread at a time, another one is in it now");
    }
    entries++;
    try {
      if (closed) {
        throw new ConsumerException.Fatal("share consumer is closed", null);
      }
      return work.get();
    } finally {
      entries--;
      if (entries == 0) {
        user.set(null);
      }
    }
  }
}
