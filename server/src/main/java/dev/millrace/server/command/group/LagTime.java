package dev.millrace.server.command.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How old the first record is that a group has not read.
 *
 * @param bootstrap where the cluster is
 */
record LagTime(String bootstrap) {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Seconds by partition: 0 where nothing is left to read; partitions whose record did not come in
   * time are left out.
   */
  Map<TopicPartition, Long> seconds(
      Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> seconds = new HashMap<>();
    Set<TopicPartition> behind = new TreeSet<>();
    committed.forEach((partition, offset) -> {
      Long end = ends.get(partition);
      if (end != null && offset < end) {
        behind.add(partition);
      } else if (end != null) {
        seconds.put(partition, 0L);
      }
    });
    if (!behind.isEmpty()) {
      read(behind, committed, seconds);
    }
    return seconds;
  }

  private void read(
      Set<TopicPartition> behind,
      Map<TopicPartition, Long> committed,
      Map<TopicPartition, Long> seconds) {
    Map<String, String> settings =
        Map.of(
            "bootstrap.servers", bootstrap,
            "client.id", "millrace-cli",
            "auto.offset.reset", "earliest",
            "max.partition.fetch.bytes", "4096");
    Instant deadline = Instant.now().plus(PATIENCE);
    try (Consumer<Bytes, Bytes> consumer =
        Consumer.open(settings, (from, bytes) -> Bytes.EMPTY, (from, bytes) -> Bytes.EMPTY)) {
      consumer.assign(behind);
      behind.forEach(partition -> consumer.seek(partition, committed.getOrDefault(partition, 0L)));
      Set<TopicPartition> left = new TreeSet<>(behind);
      while (!left.isEmpty() && Instant.now().isBefore(deadline)) {
        for (ConsumerRecord<Bytes, Bytes> found : consumer.poll(POLL)) {
          if (left.remove(found.partition())) {
            Duration age =
                Duration.between(Instant.ofEpochMilli(found.timestampMs()), Instant.now());
            seconds.put(found.partition(), Math.max(0, age.toSeconds()));
          }
        }
        consumer.pause(
            behind.stream().filter(partition -> seconds.containsKey(partition)).toList());
      }
    } catch (ConsumerException e) {
      System.getLogger("dev.millrace.server")
          .log(System.Logger.Level.DEBUG, "age of lag is not known", e);
    }
  }
}
