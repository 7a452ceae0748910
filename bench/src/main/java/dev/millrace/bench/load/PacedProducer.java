package dev.millrace.bench.load;

import dev.millrace.bench.figure.LatencyHistogram;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Apache's Java producer, driven at a fixed rate over all partitions of a topic in turn. A record's
 * latency counts from when it was due, not from when it was sent, so a broker that stalls pays for
 * all that had to wait. The time when it was due ({@link System#nanoTime}) is in its first bytes.
 */
public final class PacedProducer implements AutoCloseable {
  private static final int VALUE_BYTES = 1024;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private long next;

  /**
   * @param lingerMs how long the client waits for more records of a batch
   */
  public PacedProducer(String bootstrap, String topic, int partitions, int lingerMs) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("linger.ms", lingerMs);
    settings.put("request.timeout.ms", 30_000);
    settings.put("delivery.timeout.ms", 40_000);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.partitions = partitions;
  }

  /** Sends at a rate for a while and waits for all answers; returns the latencies. */
  public LatencyHistogram run(double recordsPerSecond, double seconds) {
    LatencyHistogram latencies = new LatencyHistogram();
    long records = (long) (recordsPerSecond * seconds);
    double nanosPerRecord = 1e9 / recordsPerSecond;
    long start = System.nanoTime();
    for (long i = 0; i < records; i++) {
      long due = start + (long) (i * nanosPerRecord);
      Pause.until(due);
      send(due, latencies);
    }
    producer.flush();
    check();
    return latencies;
  }

  /** Sends as fast as answers come; returns records a second over the second half of the time. */
  public double saturate(double seconds) {
    LatencyHistogram latencies = new LatencyHistogram();
    double half = seconds / 2;
    sendFor(half, latencies);
    producer.flush();
    long start = System.nanoTime();
    long sent = sendFor(half, latencies);
    producer.flush();
    check();
    return sent / ((System.nanoTime() - start) / 1e9);
  }

  private long sendFor(double seconds, LatencyHistogram latencies) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long sent = 0;
    while (System.nanoTime() < end) {
      send(System.nanoTime(), latencies);
      sent++;
    }
    return sent;
  }

  /** The client calls back from one thread, so the latencies have one writer. */
  private void send(long due, LatencyHistogram latencies) {
    byte[] value = new byte[VALUE_BYTES];
    ByteBuffer.wrap(value).putLong(due);
    int partition = (int) (next++ % partitions);
    var _ =
        producer.send(
            new ProducerRecord<>(topic, partition, null, value),
            (metadata, fault) -> {
              latencies.record(System.nanoTime() - due);
              if (fault != null) {
                failure.compareAndSet(null, fault);
              }
            });
  }

  private void check() {
    Exception fault = failure.get();
    if (fault != null) {
      throw new IllegalStateException("a record was not accepted: " + fault.getMessage(), fault);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
