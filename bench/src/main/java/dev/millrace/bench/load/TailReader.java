package dev.millrace.bench.load;

import dev.millrace.bench.figure.LatencyHistogram;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Apache's Java consumer at the end of all partitions of a topic, on a thread of its own: how long
 * after it was due each record of a {@link PacedProducer} arrives.
 */
public final class TailReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long LOOK_MS = 10;
  private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

  private final String bootstrap;
  private final List<TopicPartition> partitions;
  private final Thread thread;
  private final Object lock = new Object();
  private LatencyHistogram latencies = new LatencyHistogram();
  private boolean ready;
  private boolean ended;
  private @Nullable RuntimeException failure;

  public TailReader(String bootstrap, String topic, int partitions) {
    this.bootstrap = bootstrap;
    this.partitions =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    this.thread = Thread.ofPlatform().daemon().name("bench-tail-reader").start(this::read);
    while (!isReady()) {
      Pause.millis(LOOK_MS);
    }
  }

  /**
   * The latencies since the last call, when so many records have arrived: those that come last are
   * often those that took longest. Fails when they do not come.
   */
  public LatencyHistogram take(long records) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (arrived() < records) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "records did not arrive, sent=" + records + " arrived=" + arrived());
      }
      Pause.millis(LOOK_MS);
    }
    synchronized (lock) {
      LatencyHistogram taken = latencies;
      latencies = new LatencyHistogram();
      return taken;
    }
  }

  private long arrived() {
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
      return latencies.count();
    }
  }

  private boolean isReady() {
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
      return ready;
    }
  }

  private void read() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "latest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      boolean more = markReady();
      while (more) {
        more = count(consumer.poll(POLL));
      }
    } catch (RuntimeException e) {
      synchronized (lock) {
        failure = e;
      }
    }
  }

  private boolean count(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    long now = System.nanoTime();
    synchronized (lock) {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        latencies.record(now - ByteBuffer.wrap(record.value()).getLong());
      }
      return !ended;
    }
  }

  private boolean markReady() {
    synchronized (lock) {
      ready = true;
      return !ended;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      ended = true;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
