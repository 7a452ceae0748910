package dev.millrace.server.command.bench;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Cluster;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Callback;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code millrace bench latency TOPIC}: from {@code send} here to {@code poll} here. Records leave
 * at a fixed rate whatever the cluster does, and each is measured from when it should have left, so
 * that a stall counts for all that it delays.
 */
@Command(name = "latency", description = "Measure the time from send to poll at a fixed rate.")
final class BenchLatency extends Measured {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  @Option(
      names = {"-n", "--records"},
      paramLabel = "N",
      description = "How many (default: 10000).")
  private int records = 10_000;

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "N",
      description = "Records a second (default: 1000).")
  private int rate = 1_000;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      description = "Size of a value, 16 at least (default: 100).")
  private int size = 100;

  private volatile @Nullable ProducerException fault;

  @Override
  protected void run(Cluster cluster) {
    if (rate <= 0 || records <= 0 || size < 2 * Long.BYTES) {
      throw UserException.usage("--rate and --records must be above 0, --size at least 16");
    }
    check(cluster);
    TopicPartition partition = new TopicPartition(topic(), 0);
    try (Producer<byte[], byte[]> producer =
            Producer.open(settings(Map.of()), Serializer.bytes(), Serializer.bytes());
        Consumer<Bytes, Bytes> consumer = reader();
        Stop stop = Stop.ofLoop()) {
      consumer.assign(List.of(partition));
      consumer.seekToEnd(List.of(partition));
      consumer.poll(Duration.ofMillis(1));
      Thread sender = Thread.ofVirtual().start(() -> send(producer, stop));
      long[] latencies = receive(consumer, stop);
      sender.join();
      latencies("latency", latencies);
    } catch (ProducerException | ConsumerException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserException.failed("interrupted");
    }
  }

  private Consumer<Bytes, Bytes> reader() {
    return Consumer.open(
        Map.of(
            "bootstrap.servers", bootstrap(),
            "client.id", "millrace-bench",
            "enable.auto.commit", "false"),
        (from, bytes) -> Bytes.copyOf(bytes),
        (from, bytes) -> Bytes.copyOf(bytes));
  }

  private void send(Producer<byte[], byte[]> producer, Stop stop) {
    long begunNanos = System.nanoTime();
    for (int i = 0; i < warmUps() + records && !stop.isAsked(); i++) {
      long dueNanos = begunNanos + i * NANOS_PER_SECOND / rate;
      for (long left = dueNanos - System.nanoTime();
          left > 0;
          left = dueNanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      byte[] value = new byte[size];
      ByteBuffer.wrap(value).putLong(begunNanos).putLong(dueNanos);
      producer.send(ProducerRecord.<byte[], byte[]>of(topic(), value).to(0), failures());
    }
    producer.flush();
  }

  /** A second that is not counted: connections are made and code is compiled in it. */
  private int warmUps() {
    return rate;
  }

  /** What is not taken leaves a hole that would never be filled: better to say so. */
  private Callback failures() {
    return (delivered, refused) -> {
      if (refused != null) {
        fault = refused;
      }
    };
  }

  private long[] receive(Consumer<Bytes, Bytes> consumer, Stop stop) {
    long[] latencies = new long[records];
    int count = -warmUps();
    while (count < records && !stop.isAsked()) {
      ProducerException refused = fault;
      if (refused != null) {
        throw refused;
      }
      for (ConsumerRecord<Bytes, Bytes> found : consumer.poll(POLL)) {
        Bytes value = found.value();
        if (value != null && value.size() == size && count < records) {
          if (count >= 0) {
            latencies[count] = System.nanoTime() - value.buffer().getLong(Long.BYTES);
          }
          count++;
        }
      }
      progress(Math.max(0, count), records);
    }
    return Arrays.copyOf(latencies, Math.max(0, count));
  }
}
