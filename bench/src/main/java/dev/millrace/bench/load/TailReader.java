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
    awaitReady();
  }

  /** The latencies since the last call. */
  public LatencyHistogram take() {
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
      LatencyHistogram taken = latencies;
      latencies = new LatencyHistogram();
      return taken;
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
        lock.notifyAll();
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
      lock.notifyAll();
      return !ended;
    }
  }

  private void awaitReady() {
    synchronized (lock) {
      try {
        while (!ready && failure == null) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
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
