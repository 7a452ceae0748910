package dev.millrace.bench.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Apache's consumers that do nothing but commit, each a group of its own. */
public final class CommitLoad {
  private static final int CONSUMERS = 8;

  private CommitLoad() {}

  /**
   * Several consumers, each committing all partitions again and again, one commit at a time.
   *
   * @return commits a second
   */
  public static Load run(String bootstrap, String topic, int partitions, double seconds) {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    List<TopicPartition> places =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    long commits =
        Crew.run(CONSUMERS, i -> () -> commit(bootstrap, "group-" + i, places, end)).stream()
            .mapToLong(Long::longValue)
            .sum();
    return new Load(commits, 0, (System.nanoTime() - begin) / 1e9);
  }

  private static long commit(
      String bootstrap, String group, List<TopicPartition> places, long end) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "group.id", group);
    long commits = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(places);
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      while (System.nanoTime() < end) {
        OffsetAndMetadata offset = new OffsetAndMetadata(++commits);
        places.forEach(place -> offsets.put(place, offset));
        consumer.commitSync(offsets);
      }
    }
    return commits;
  }
}
