package dev.millrace.client;

import dev.millrace.wire.message.DeleteRecordsRequest;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsTopic;
import dev.millrace.wire.message.DeleteRecordsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Deletes records from the beginning of partitions. Blocks; throws {@link ClientException}. */
public final class Records {
  /** Stands for an offset: everything up to the end. */
  public static final long ALL = -1;

  private final Cluster cluster;

  public Records(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Deletes what lies before these offsets.
   *
   * @param before by partition, or {@link #ALL}
   * @return the first offset that is kept, by partition
   */
  public Map<TopicPartition, Long> delete(Map<TopicPartition, Long> before) {
    Map<TopicPartition, Long> kept = new TreeMap<>();
    Map<TopicPartition, Long> left = new TreeMap<>(before);
    return cluster.patiently(
        "delete records",
        () -> {
          new ByLeader(cluster)
              .group(List.copyOf(left.keySet()))
              .forEach((leader, partitions) -> delete(leader, partitions, left, kept));
          return kept;
        });
  }

  private void delete(
      int leader,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> left,
      Map<TopicPartition, Long> kept) {
    List<DeleteRecordsTopic> topics = new ArrayList<>();
    ByTopic.of(partitions)
        .forEach((name, indexes) ->
            topics.add(
                new DeleteRecordsTopic(
                    name,
                    indexes.stream()
                        .map(index ->
                            new DeleteRecordsPartition(
                                index, left.getOrDefault(new TopicPartition(name, index), 0L)))
                        .toList())));
    DeleteRecordsResponse answer =
        cluster.call(
            leader,
            new DeleteRecordsRequest(topics, cluster.settings().callTimeoutMs()),
            Short.MAX_VALUE,
            DeleteRecordsResponse::read);
    answer
        .topics()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(part -> {
                  TopicPartition partition =
                      new TopicPartition(topic.name(), part.partitionIndex());
                  Topics.check(part.errorCode(), "delete records of " + partition, null);
                  kept.put(partition, part.lowWatermark());
                  left.remove(partition);
                }));
  }
}
