package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks up where partitions begin and end, and the offset of a time. */
public final class Offsets {
  /** Stands for a time: the end, the offset that the next record will get. */
  public static final long LATEST = -1;

  /** Stands for a time: the first offset that is kept. */
  public static final long EARLIEST = -2;

  private static final int CONSUMER = -1;

  private final Cluster cluster;

  public Offsets(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * The first offset whose record is not older than a time.
   *
   * @param timestampMs wall-clock milliseconds, {@link #LATEST} or {@link #EARLIEST}
   * @return by partition; -1 when no record is that young
   */
  public Map<TopicPartition, Long> at(long timestampMs, Collection<TopicPartition> partitions) {
    return cluster.patiently(
        "offsets",
        () -> {
          Map<TopicPartition, Short> errors = new TreeMap<>();
          Map<TopicPartition, Long> found = ask(timestampMs, partitions, errors);
          errors.forEach((partition, error) -> {
            throw ClientException.answered(error, "offsets of " + partition, null);
          });
          return found;
        });
  }

  /** The same without those partitions that give an error now: they are left out. */
  public Map<TopicPartition, Long> ofAvailable(
      long timestampMs, Collection<TopicPartition> partitions) {
    return ask(timestampMs, partitions, new TreeMap<>());
  }

  private Map<TopicPartition, Long> ask(
      long timestampMs, Collection<TopicPartition> partitions, Map<TopicPartition, Short> errors) {
    Map<TopicPartition, Long> found = new TreeMap<>();
    for (var entry : new ByLeader(cluster).group(partitions).entrySet()) {
      ListOffsetsResponse answer = askLeader(entry.getKey(), timestampMs, entry.getValue());
      for (ListOffsetsTopicResponse topic : answer.topics()) {
        for (ListOffsetsPartitionResponse part : topic.partitions()) {
          TopicPartition partition = new TopicPartition(topic.name(), part.partitionIndex());
          if (part.errorCode() == ErrorCode.NONE.code()) {
            found.put(partition, part.offset());
          } else {
            errors.put(partition, part.errorCode());
          }
        }
      }
    }
    return found;
  }

  private ListOffsetsResponse askLeader(
      int leader, long timestampMs, List<TopicPartition> partitions) {
    Map<String, List<ListOffsetsPartition>> topics = new HashMap<>();
    for (TopicPartition partition : partitions) {
      topics
          .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
          .add(
              ListOffsetsPartition.builder()
                  .partitionIndex(partition.partition())
                  .timestamp(timestampMs)
                  .build());
    }
    List<ListOffsetsTopic> asked = new ArrayList<>();
    topics.forEach((name, parts) ->
        asked.add(ListOffsetsTopic.builder().name(name).partitions(parts).build()));
    ListOffsetsRequest request =
        ListOffsetsRequest.builder().replicaId(CONSUMER).topics(asked).build();
    return cluster.call(leader, request, Short.MAX_VALUE, ListOffsetsResponse::read);
  }
}
