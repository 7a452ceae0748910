package dev.millrace.client.process;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientException;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.consumer.RebalanceListener;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a handler work on all records of some topics, as a member of a group. Records of one key are
 * handled in their order, others side by side on virtual threads; offsets are committed once
 * everything below them is done, so every record is handled at least once. A record that fails is
 * tried again after a pause, then goes to the dead-letter topic or stops the processor. Safe for
 * any thread.
 *
 * <pre>
 *   try (var processor =
 *       Processor.start(
 *           Map.of("bootstrap.servers", "127.0.0.1:9092", "group.id", "billing"),
 *           List.of("orders"),
 *           new Processor.Reading&lt;&gt;(Deserializer.string(), Deserializer.string()),
 *           record -> bill(record.key(), record.value()),
 *           ProcessorOptions.DEFAULT.withDeadLetterTopic("orders-failed"))) {
 *     processor.join();
 *   }
 * </pre>
 *
 * @param <K> key
 * @param <V> value
 */
public final class Processor<K, V> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.process");

  private final Consumer<Bytes, Bytes> consumer;
  private final @Nullable Producer<byte[], byte[]> deadLetters;
  private final Reading<K, V> reading;
  private final Handler<K, V> handler;
  private final ProcessorOptions options;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Lanes lanes = new Lanes(threads);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Progress progress = new Progress();
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
  private volatile boolean stopping;
  private volatile @Nullable RuntimeException fault;
  private long nextCommitNanos = System.nanoTime();

  /** How keys and values are made; what throws counts as a failed attempt. */
  public record Reading<K, V>(Deserializer<K> keys, Deserializer<V> values) {}

  private Processor(
      Consumer<Bytes, Bytes> consumer,
      @Nullable Producer<byte[], byte[]> deadLetters,
      Reading<K, V> reading,
      Handler<K, V> handler,
      ProcessorOptions options) {
    this.consumer = consumer;
    this.deadLetters = deadLetters;
    this.reading = reading;
    this.handler = handler;
    this.options = options;
  }

  /**
   * Starts.
   *
   * @param settings of the consumer, {@code bootstrap.servers} and {@code group.id} at least
   * @throws ClientException when a setting is wrong or unknown
   */
  public static <K, V> Processor<K, V> start(
      Map<String, ?> settings,
      Collection<String> topics,
      Reading<K, V> reading,
      Handler<K, V> handler,
      ProcessorOptions options) {
    Map<String, Object> consuming = new HashMap<>(settings);
    consuming.put("enable.auto.commit", "false");
    consuming.putIfAbsent("auto.offset.reset", "earliest");
    Consumer<Bytes, Bytes> consumer =
        Consumer.open(
            consuming,
            (topic, bytes) -> Bytes.copyOf(bytes),
            (topic, bytes) -> Bytes.copyOf(bytes));
    Producer<byte[], byte[]> deadLetters =
        options.deadLetterTopic() == null
            ? null
            : Producer.open(
                Map.of(
                    "bootstrap.servers",
                    String.valueOf(settings.get("bootstrap.servers")),
                    "client.id",
                    "millrace-dead-letters"),
                Serializer.bytes(),
                Serializer.bytes());
    Processor<K, V> processor = new Processor<>(consumer, deadLetters, reading, handler, options);
    List<String> names = List.copyOf(topics);
    processor.threads.execute(() -> processor.run(names));
    return processor;
  }

  /**
   * Waits until it has stopped.
   *
   * @throws RuntimeException what stopped it, when nobody asked it to
   */
  public void join() {
    stopped.join();
    RuntimeException cause = fault;
    if (cause != null) {
      throw cause;
    }
  }

  /**
   * Stops: reads nothing more, waits for the records in work, commits what is done and leaves the
   * group.
   */
  @Override
  public void close() {
    stopping = true;
    stopped.join();
    threads.shutdownNow();
  }

  private void run(List<String> topics) {
    try {
      consumer.subscribe(topics, new Gone());
      while (!stopping) {
        consumer.poll(POLL).forEach(this::begin);
        balance();
        commitWhenDue();
      }
    } catch (RuntimeException e) {
      fault = fault == null ? e : fault;
    } finally {
      end();
    }
  }

  private void end() {
    try {
      awaitIdle(List.copyOf(consumer.assignment()));
      commit();
      consumer.close();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "stop was not clean: " + e.getMessage());
    } finally {
      if (deadLetters != null) {
        deadLetters.close();
      }
      stopped.complete(null);
    }
  }

  private void begin(ConsumerRecord<Bytes, Bytes> record) {
    locked(() -> progress.begin(record.partition(), record.offset()));
    lanes.run(
        record.key(),
        () -> {
          if (work(record)) {
            locked(() -> {
              progress.end(record.partition(), record.offset());
              ended.signalAll();
            });
          }
        });
  }

  /** Handles a record until it is done; returns whether it counts as done. */
  private boolean work(ConsumerRecord<Bytes, Bytes> record) {
    long pauseMs = options.backoff().toMillis();
    for (int attempt = 1; fault == null; attempt++) {
      try {
        handler.handle(read(record));
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (Exception e) {
        if (attempt == options.attempts()) {
          return giveUp(record, e);
        }
        LOG.log(
            System.Logger.Level.DEBUG,
            "record failed, partition=" + record.partition() + " offset=" + record.offset(),
            e);
      }
      if (!pause(pauseMs)) {
        return false;
      }
      pauseMs = Math.min(2 * pauseMs, options.backoffMax().toMillis());
    }
    return false; // another record has stopped the processor: this one is read again
  }

  private boolean pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ConsumerRecord<K, V> read(ConsumerRecord<Bytes, Bytes> record) {
    Bytes key = record.key();
    Bytes value = record.value();
    return new ConsumerRecord<>(
        record.partition(),
        record.offset(),
        record.timestampMs(),
        key == null ? null : reading.keys().deserialize(record.topic(), key.buffer()),
        value == null ? null : reading.values().deserialize(record.topic(), value.buffer()),
        record.headers());
  }

  /** Sends a record to the dead-letter topic, or stops: it is read again after the next start. */
  private boolean giveUp(ConsumerRecord<Bytes, Bytes> record, Exception cause) {
    String what =
        "record failed every attempt, partition="
            + record.partition()
            + " offset="
            + record.offset()
            + " attempts="
            + options.attempts()
            + " cause="
            + cause;
    String topic = options.deadLetterTopic();
    Producer<byte[], byte[]> producer = deadLetters;
    if (topic == null || producer == null) {
      stop(new IllegalStateException(what, cause));
      return false;
    }
    try {
      Bytes key = record.key();
      Bytes value = record.value();
      producer
          .send(
              new ProducerRecord<>(
                  topic,
                  null,
                  record.timestampMs() < 0 ? null : record.timestampMs(),
                  key == null ? null : key.toArray(),
                  value == null ? null : value.toArray(),
                  headers(record, cause)))
          .join();
      LOG.log(System.Logger.Level.WARNING, what + " deadLetterTopic=" + topic);
      return true;
    } catch (RuntimeException e) {
      stop(new IllegalStateException(what + ", and its dead letter was not taken", e));
      return false;
    }
  }

  private static List<RecordHeader> headers(ConsumerRecord<Bytes, Bytes> record, Exception cause) {
    List<RecordHeader> headers = new ArrayList<>(record.headers());
    headers.add(header("millrace.dead.topic", record.topic()));
    headers.add(header("millrace.dead.partition", "" + record.partition().partition()));
    headers.add(header("millrace.dead.offset", "" + record.offset()));
    headers.add(header("millrace.dead.cause", String.valueOf(cause)));
    return headers;
  }

  private static RecordHeader header(String key, String value) {
    return new RecordHeader(key, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  private void stop(RuntimeException cause) {
    locked(() -> {
      if (fault == null) {
        fault = cause;
      }
      ended.signalAll();
    });
    stopping = true;
  }

  /** Pauses partitions while enough is in work; polls go on, so the group keeps its member. */
  private void balance() {
    int inWork = count();
    if (inWork >= options.recordsMax()) {
      consumer.pause(consumer.assignment());
    } else if (inWork <= options.recordsMax() / 2) {
      consumer.resume(consumer.assignment());
    }
  }

  private int count() {
    lock.lock();
    try {
      return progress.inWork();
    } finally {
      lock.unlock();
    }
  }

  private void commitWhenDue() {
    if (System.nanoTime() - nextCommitNanos >= 0) {
      nextCommitNanos = System.nanoTime() + options.commitEvery().toNanos();
      commit();
    }
  }

  private void commit() {
    Map<TopicPartition, Long> offsets;
    lock.lock();
    try {
      offsets = progress.committable();
    } finally {
      lock.unlock();
    }
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commit(offsets);
      locked(() -> progress.committed(offsets));
    } catch (ConsumerException.Retriable | ConsumerException.Lost e) {
      LOG.log(System.Logger.Level.WARNING, "commit comes later: " + e.getMessage());
    }
  }

  /** Waits until nothing of these is in work, as long as the options allow. */
  private void awaitIdle(Collection<TopicPartition> partitions) {
    lock.lock();
    try {
      long leftNanos = options.patience().toNanos();
      while (leftNanos > 0 && fault == null && !progress.isIdle(partitions)) {
        leftNanos = ended.awaitNanos(leftNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /** Partitions that leave are finished and committed first. */
  private final class Gone implements RebalanceListener {
    @Override
    public void revoked(Collection<TopicPartition> partitions) {
      awaitIdle(partitions);
      commit();
      locked(() -> progress.forget(partitions));
    }

    @Override
    public void lost(Collection<TopicPartition> partitions) {
      locked(() -> progress.forget(partitions));
    }
  }
}
