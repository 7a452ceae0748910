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
    return cluster.patiently("offsets", () -> ask(timestampMs, partitions));
  }

  private Map<TopicPartition, Long> ask(long timestampMs, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> found = new TreeMap<>();
    new ByLeader(cluster)
        .group(partitions)
        .forEach((leader, mine) -> askLeader(leader, timestampMs, mine, found));
    return found;
  }

  private void askLeader(
      int leader,
      long timestampMs,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> found) {
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
    ListOffsetsResponse answer =
        cluster.call(leader, request, Short.MAX_VALUE, ListOffsetsResponse::read);
    for (ListOffsetsTopicResponse topic : answer.topics()) {
      for (ListOffsetsPartitionResponse part : topic.partitions()) {
        TopicPartition partition = new TopicPartition(topic.name(), part.partitionIndex());
        if (part.errorCode() != ErrorCode.NONE.code()) {
          throw ClientException.answered(part.errorCode(), "offsets of " + partition, null);
        }
        found.put(partition, part.offset());
      }
    }
  }
}
