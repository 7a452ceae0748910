package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.GroupMember;
import dev.millrace.client.Partitioner;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.SocketNetwork;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes records. {@code send} returns at once while there is memory ({@code buffer.memory}) and
 * the topic is known, else it waits up to {@code max.block.ms}. Safe for any thread, also virtual
 * ones; records that one thread sends to one partition stay in order.
 *
 * <pre>
 *   try (var producer =
 *       Producer.open(
 *           Map.of("bootstrap.servers", "127.0.0.1:9092"),
 *           Serializer.string(), Serializer.string())) {
 *     producer.send(ProducerRecord.of("orders", "customer 7", "3 apples"));
 *   }
 * </pre>
 *
 * @param <K> key
 * @param <V> value
 */
public final class Producer<K, V> implements AutoCloseable {
  private final ProducerSettings settings;
  private final Network network;
  private final Topology topology;
  private final Sender sender;
  private final MemoryGate memory;
  private final @Nullable TransactionGate gate;
  private final Serializer<? super K> keys;
  private final Serializer<? super V> values;
  private final RandomGenerator random;
  private final Gathering.Making making = new Making();
  private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();
  private final Pages pages;
  private final KnownTopics topics;
  private final Awaited awaited;
  private volatile @Nullable End late;
  private volatile boolean closed;

  Producer(
      ProducerSettings settings,
      Network network,
      RandomGenerator random,
      Serializer<? super K> keys,
      Serializer<? super V> values) {
    this.settings = settings;
    this.network = network;
    this.random = random;
    this.keys = keys;
    this.values = values;
    this.topology = new Topology(network, settings.bootstrap, settings.topologyRules());
    this.memory = new MemoryGate(settings.memoryBytes);
    this.pages = new Pages(Pages.bytesFor(settings.batchBytes), settings.memoryBytes);
    this.gate = settings.transactionalId == null ? null : new TransactionGate();
    this.sender = new Sender(topology, settings, memory, gate);
    this.awaited = new Awaited(topology);
    this.topics = new KnownTopics(topology, awaited, settings.blockMs);
  }

  /**
   * A producer with its own connections; they are made when they are needed.
   *
   * @param settings of Kafka's names, {@code bootstrap.servers} at least
   * @throws ClientException when a setting is wrong or unknown
   */
  public static <K, V> Producer<K, V> open(
      Map<String, ?> settings, Serializer<? super K> keys, Serializer<? super V> values) {
    ProducerSettings read = ProducerSettings.of(settings);
    return new Producer<>(
        read, new SocketNetwork(read.clientId), new SplittableRandom(), keys, values);
  }

  /**
   * A producer on a network of the caller's: a simulated one. In turns of its owner nothing waits:
   * a record of a topic that is not known yet is refused with {@link ProducerException.Retriable},
   * and the topic is asked for.
   */
  public static <K, V> Producer<K, V> over(
      Network network,
      RandomGenerator random,
      Map<String, ?> settings,
      Serializer<? super K> keys,
      Serializer<? super V> values) {
    return new Producer<>(ProducerSettings.of(settings), network, random, keys, values);
  }

  /**
   * Sends a record.
   *
   * @return completes on the producer's thread when the cluster has the record as {@code acks}
   *     wants it, or exceptionally with a {@link ProducerException}; what hangs on it must not
   *     block
   * @throws ProducerException when there is no place for it in time, or the producer is closed
   */
  public CompletableFuture<Delivered> send(ProducerRecord<K, V> record) {
    Fate fate = new Fate();
    append(record, fate);
    return fate;
  }

  /**
   * The same with a callback, which comes in the order of the partition's records. One callback may
   * serve all records: nothing is kept for each of them but its place in the batch.
   */
  public void send(ProducerRecord<K, V> record, Callback callback) {
    append(record, callback);
  }

  /** Waits until everything that was sent before has its fate. */
  public void flush() {
    awaited.get(flushing(), "flush", Long.MAX_VALUE);
  }

  /**
   * Takes the place of earlier producers with this {@code transactional.id}: what they left open is
   * aborted, and they are fenced. Comes once, before everything else.
   *
   * @throws ProducerException.Retriable when it is not done within {@code max.block.ms}; calling it
   *     again goes on with it
   */
  public void initTransactions() {
    awaited.get(initTransactionsAsync(), "initTransactions", settings.blockMs);
  }

  /** The same without waiting; completes on the producer's thread. */
  public CompletableFuture<Void> initTransactionsAsync() {
    return transact(Transactor::start);
  }

  /** Opens a transaction: every record belongs to it from now on. */
  public void beginTransaction() {
    gate().begin();
  }

  /**
   * Commits offsets of a consumer group when the transaction is committed: what was read is done
   * exactly when what was written is there.
   *
   * @param offsets the next one to read of each partition
   * @param member {@code consumer.groupMember()}
   * @throws ProducerException.Abortable when the group has moved on: abort
   */
  public void sendOffsets(Map<TopicPartition, Long> offsets, GroupMember member) {
    awaited.get(sendOffsetsAsync(offsets, member), "sendOffsets", settings.blockMs);
  }

  /** The same without waiting; a commit waits for it. */
  public CompletableFuture<Void> sendOffsetsAsync(
      Map<TopicPartition, Long> offsets, GroupMember member) {
    gate().check();
    Map<TopicPartition, Long> copy = Map.copyOf(offsets);
    return transact(transactor -> transactor.sendOffsets(copy, member));
  }

  /**
   * Sends what is left and commits: everything of the transaction is there for readers of committed
   * records, or nothing.
   *
   * @throws ProducerException.Abortable when it can only be aborted
   * @throws ProducerException.Retriable when it is not known within {@code max.block.ms} whether it
   *     was committed; calling it again waits on
   */
  public void commitTransaction() {
    end(true, "commitTransaction");
  }

  /** The same without waiting; completes on the producer's thread. */
  public CompletableFuture<Void> commitTransactionAsync() {
    return endTransaction(true);
  }

  /** Throws away everything of the transaction, also what is still to be sent. */
  public void abortTransaction() {
    end(false, "abortTransaction");
  }

  /** Ends the transaction, or waits on for an end that took too long before. */
  private void end(boolean isCommit, String what) {
    End begun = late;
    if (begun == null || begun.isCommit != isCommit) {
      begun = new End(isCommit, endTransaction(isCommit));
    }
    try {
      awaited.get(begun.future, what, settings.blockMs);
    } finally {
      late = begun.future.isDone() ? null : begun;
    }
  }

  /** An end that was asked for. */
  private record End(boolean isCommit, CompletableFuture<Void> future) {}

  /** The same without waiting; completes on the producer's thread. */
  public CompletableFuture<Void> abortTransactionAsync() {
    return endTransaction(false);
  }

  private CompletableFuture<Void> endTransaction(boolean isCommit) {
    TransactionGate shut = gate();
    if (shut.phase() != TransactionGate.Phase.ENDING) {
      shut.end(isCommit);
      return transact(transactor -> transactor.end(isCommit));
    }
    return transact(transactor -> {
      CompletableFuture<Void> known = transactor.ending(isCommit);
      return known == null
          ? CompletableFuture.failedFuture(
              new IllegalStateException("the transaction is being ended in another way"))
          : known;
    });
  }

  private TransactionGate gate() {
    if (gate == null) {
      throw new IllegalStateException("set transactional.id to use transactions");
    }
    return gate;
  }

  /** Works on the transaction in a turn. */
  private CompletableFuture<Void> transact(Function<Transactor, CompletableFuture<Void>> work) {
    ProducerException over = gate().phase() == TransactionGate.Phase.OVER ? gate().fault() : null;
    Transactor transactor = sender.transactor();
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (transactor == null || over != null || closed) {
      done.completeExceptionally(over == null ? closedFault() : over);
      return done;
    }
    network
        .turns()
        .submit(() ->
            Answers.tell(
                work.apply(transactor),
                (none, fault) -> {
                  if (fault == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(fault);
                  }
                }));
    return done;
  }

  /** Partitions of a topic, asking for it when it is not known. */
  public int partitions(String topic) {
    return known(topic).partitions().size();
  }

  /** What it has done until now; may be asked from any thread, also after it was closed. */
  public ProducerMetrics metrics() {
    return sender.counts().metrics(memory.usedBytes());
  }

  /** Waits for what was sent before, however long {@code delivery.timeout.ms} lets it take. */
  @Override
  public void close() {
    close(Duration.ofMillis(settings.deliveryTimeoutMs + 1_000L));
  }

  /** Waits for what was sent before up to {@code patience}; the rest fails. */
  public void close(Duration patience) {
    if (closed) {
      return;
    }
    if (network.turns().inTurn()) {
      throw new IllegalStateException("close must not be called on the producer's thread");
    }
    try {
      abortOpen(patience);
      closed = true;
      awaited.get(flushing(), "close", Math.max(0, patience.toMillis()));
    } catch (ProducerException e) {
      // what is left is told below
    } finally {
      closed = true;
      CompletableFuture<Void> ended = new CompletableFuture<>();
      network
          .turns()
          .submit(() -> {
            Transactor transactor = sender.transactor();
            if (transactor == null) {
              sender.endWith(closedFault());
            } else {
              transactor.over(closedFault());
            }
            topology.close();
            ended.complete(null);
          });
      awaited.get(ended, "close", settings.requestTimeoutMs);
      network.close();
    }
  }

  /** A transaction that is open is aborted, so that nobody has to wait for its time to run out. */
  private void abortOpen(Duration patience) {
    if (gate != null && gate.phase() == TransactionGate.Phase.OPEN) {
      awaited.get(abortTransactionAsync(), "close", Math.max(0, patience.toMillis()));
    }
  }

  private CompletableFuture<Void> flushing() {
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    network
        .turns()
        .submit(() -> Answers.tell(sender.flush(), (none, fault) -> flushed.complete(null)));
    return flushed;
  }

  private void append(ProducerRecord<K, V> record, Object teller) {
    if (gate != null) {
      gate.check();
    }
    String name = record.topic();
    Topic topic = known(name);
    K key = record.key();
    V value = record.value();
    byte[] keyBytes = key == null ? null : serialized(keys, name, key);
    byte[] valueBytes = value == null ? null : serialized(values, name, value);
    int size = OutBatch.sizeBytes(keyBytes, valueBytes, record.headers());
    checkSize(name, size);
    Lanes mine = lanes(name);
    Gathering gathering = mine.at(partition(record, topic, mine, keyBytes, size));
    takeMemory(size);
    int bits = gather(gathering, record, keyBytes, valueBytes, teller);
    if (bits == Gathering.REFUSED) {
      memory.free(size);
      throw ended();
    }
    if ((bits & Gathering.WAKES) != 0) {
      wake();
    }
    if ((bits & Gathering.PACKS) != 0 && gathering.pack()) {
      wake();
    }
  }

  private void wake() {
    try {
      sender.wake();
    } catch (RejectedExecutionException e) {
      throw closedFault(); // closed by another thread meanwhile
    }
  }

  private static <T> byte @Nullable [] serialized(Serializer<T> by, String topic, T content) {
    try {
      return by.serialize(topic, content);
    } catch (ClassCastException e) {
      throw new ProducerException.Refused(
          "serializer takes another type, give open the right one, topic="
              + topic
              + " got="
              + content.getClass().getName(),
          e);
    }
  }

  private Lanes lanes(String topic) {
    Lanes known = lanes.get(topic);
    return known == null
        ? lanes.computeIfAbsent(
            topic,
            name -> new Lanes(name, new Sticky(settings.batchBytes, settings.rack, random), making))
        : known;
  }

  /** Appends, into the open transaction if there are any; returns the bits of the gathering. */
  private int gather(
      Gathering gathering,
      ProducerRecord<K, V> record,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Object teller) {
    if (gate == null) {
      return gatherNow(gathering, record, key, value, teller);
    }
    try {
      gate.enter();
    } catch (ProducerException | IllegalStateException e) {
      memory.free(OutBatch.sizeBytes(key, value, record.headers()));
      throw e;
    }
    try {
      return gatherNow(gathering, record, key, value, teller);
    } finally {
      gate.leave();
    }
  }

  private int gatherNow(
      Gathering gathering,
      ProducerRecord<K, V> record,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Object teller) {
    Long given = record.timestampMs();
    long timestampMs = given == null ? network.clock().wallMs() : given;
    int bits = gathering.append(timestampMs, key, value, record.headers(), teller);
    if (bits != Gathering.REFUSED && (bits & Gathering.ACTIVATES) != 0) {
      sender.activate(gathering);
    }
    return bits;
  }

  private ProducerException ended() {
    ProducerException end = sender.end();
    return end == null ? closedFault() : end;
  }

  private void checkSize(String topic, int size) {
    if (size > settings.requestBytesMax) {
      throw new ProducerException.Refused(
          "record is larger than max.request.size, topic="
              + topic
              + " bytes="
              + size
              + " max.request.size="
              + settings.requestBytesMax,
          null);
    }
  }

  private int partition(
      ProducerRecord<K, V> record, Topic topic, Lanes mine, byte @Nullable [] key, int size) {
    int partitions = topic.partitions().size();
    Integer asked = record.partition();
    if (asked != null) {
      if (asked >= partitions) {
        throw new ProducerException.Refused(
            "topic has no such partition, topic="
                + topic.name()
                + " partition="
                + asked
                + " partitions="
                + partitions,
            null);
      }
      return asked;
    }
    if (key != null && !settings.ignoreKeys) {
      return Partitioner.partition(key, partitions);
    }
    return mine.sticky.choose(topology.view(), topic, size, mine);
  }

  private void takeMemory(int size) {
    if (closed) {
      throw closedFault();
    }
    if (memory.tryTake(size)) {
      return;
    }
    boolean taken = false;
    if (!network.turns().inTurn()) {
      sender.wake();
      try {
        taken = memory.take(size, settings.blockMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProducerException.Retriable("interrupted while waiting for memory", e);
      }
    }
    if (!taken) {
      throw new ProducerException.Retriable(
          "no memory for the record, records come faster than the cluster takes them,"
              + " buffer.memory="
              + settings.memoryBytes
              + " max.block.ms="
              + settings.blockMs,
          null);
    }
    if (closed || sender.end() != null) {
      memory.free(size);
      throw ended();
    }
  }

  private Topic known(String name) {
    Topic topic = topics.now(name);
    if (topic == null && closed) {
      throw closedFault();
    }
    return topic == null ? topics.await(name) : topic;
  }

  /** Lets a topic be asked for. */
  void want(String name) {
    topics.want(name);
  }

  private static ProducerException closedFault() {
    return new ProducerException.Fatal("producer is closed", null);
  }

  /** How batches begin. */
  private final class Making implements Gathering.Making {
    @Override
    public int batchBytes() {
      return settings.batchBytes;
    }

    @Override
    public OutBatch begin(TopicPartition partition, boolean isBusy) {
      OutBatch batch =
          new OutBatch(partition, network.clock().monotonicMs(), pages, settings, isBusy);
      return gate == null ? batch : batch.transactional();
    }
  }
}
