package dev.millrace.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Apache's share consumers that accept everything, in one group. */
public final class ShareLoad {
  private static final int CONSUMERS = 4;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long TIMEOUT_NANOS = Duration.ofMinutes(2).toNanos();

  private ShareLoad() {}

  /** A new group begins at the start of its partitions. */
  public static void fromTheStart(String bootstrap, String group) {
    AlterConfigOp earliest =
        new AlterConfigOp(
            new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(earliest)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot set the group's start: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Reads so many records; the time begins with the first of them. */
  public static Load read(String bootstrap, String group, String topic, long records) {
    AtomicLong left = new AtomicLong(records);
    AtomicLong bytes = new AtomicLong();
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    long last =
        Crew.run(
                CONSUMERS,
                _ -> () -> consume(bootstrap, group, topic, new Counts(left, bytes, first)))
            .stream()
            .mapToLong(Long::longValue)
            .max()
            .orElseThrow();
    return new Load(records, bytes.get(), (last - first.get()) / 1e9);
  }

  private record Counts(AtomicLong left, AtomicLong bytes, AtomicLong firstNanos) {
    long take(ConsumerRecords<byte[], byte[]> records) {
      long size = 0;
      for (var record : records) {
        size += record.serializedValueSize();
      }
      long now = System.nanoTime();
      firstNanos.accumulateAndGet(now, Math::min);
      bytes.addAndGet(size);
      left.addAndGet(-records.count());
      return now;
    }
  }

  /** Returns when the last records came. */
  private static long consume(String bootstrap, String group, String topic, Counts counts) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", group);
    long last = Long.MIN_VALUE;
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    try (KafkaShareConsumer<byte[], byte[]> consumer =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (counts.left().get() > 0) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("records did not come, left=" + counts.left());
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          last = counts.take(records);
        }
      }
    }
    return last == Long.MIN_VALUE ? counts.firstNanos().get() : last;
  }
}
