package dev.millrace.client.consumer;

import dev.millrace.client.ClientException;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Faults;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Looks up offsets by time at the leaders, again while errors are passing ones. In turns. */
public final class OffsetCalls {
  /** Stands for a time: the end. */
  public static final long LATEST = -1;

  /** Stands for a time: the first offset that is kept. */
  public static final long EARLIEST = -2;

  private final Topology topology;
  private final Rules rules;

  /**
   * How offsets are looked up.
   *
   * @param isolation 1 when the end is the last stable offset
   */
  public record Rules(byte isolation, int requestTimeoutMs, int patienceMs, int backoffMs) {}

  /**
   * An offset that was found.
   *
   * @param offset -1 when no record is that young
   * @param timestampMs of its record, -1 when unknown
   */
  public record Found(long offset, long timestampMs) {}

  public OffsetCalls(Topology topology, Rules rules) {
    this.topology = topology;
    this.rules = rules;
  }

  /** Offsets by partition, for times or {@link #LATEST} and {@link #EARLIEST}. */
  public CompletableFuture<Map<TopicPartition, Found>> find(Map<TopicPartition, Long> times) {
    Lookup lookup = new Lookup(times);
    lookup.ask();
    return lookup.result;
  }

  private String unknownLeader() {
    ClientException lost = topology.fault();
    return "no leader is known" + (lost == null ? "" : ", " + lost.getMessage());
  }

  /** One look-up until all is found. */
  private final class Lookup {
    final CompletableFuture<Map<TopicPartition, Found>> result = new CompletableFuture<>();
    private final Map<TopicPartition, Long> left;
    private final Map<TopicPartition, Found> found = new TreeMap<>();
    private final long deadlineMs = topology.network().clock().monotonicMs() + rules.patienceMs();
    private int inWork;
    private String lastFault = unknownLeader();

    Lookup(Map<TopicPartition, Long> times) {
      left = new TreeMap<>(times);
    }

    void ask() {
      if (result.isDone()) {
        return;
      }
      Map<Integer, List<TopicPartition>> byLeader = new HashMap<>();
      for (TopicPartition partition : left.keySet()) {
        topology.want(partition.topic());
        int leader = topology.leader(partition);
        if (leader >= 0) {
          byLeader.computeIfAbsent(leader, node -> new ArrayList<>()).add(partition);
        }
      }
      inWork = byLeader.size();
      byLeader.forEach(this::askLeader);
      if (inWork == 0) {
        round();
      }
    }

    private void askLeader(int leader, List<TopicPartition> partitions) {
      Map<String, List<ListOffsetsPartition>> topics = new TreeMap<>();
      for (TopicPartition partition : partitions) {
        topics
            .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
            .add(
                ListOffsetsPartition.builder()
                    .partitionIndex(partition.partition())
                    .timestamp(left.getOrDefault(partition, LATEST))
                    .build());
      }
      List<ListOffsetsTopic> asked = new ArrayList<>();
      topics.forEach((name, parts) ->
          asked.add(ListOffsetsTopic.builder().name(name).partitions(parts).build()));
      ListOffsetsRequest request =
          ListOffsetsRequest.builder()
              .replicaId(-1)
              .isolationLevel(rules.isolation())
              .topics(asked)
              .build();
      topology.call(
          leader,
          Question.of(request, ListOffsetsResponse::read, rules.requestTimeoutMs())
              .then(this::take, Faults.told(this::failed)));
    }

    private void take(ListOffsetsResponse answer) {
      for (ListOffsetsTopicResponse topic : answer.topics()) {
        for (ListOffsetsPartitionResponse part : topic.partitions()) {
          TopicPartition partition = new TopicPartition(topic.name(), part.partitionIndex());
          ErrorCode error = ErrorCode.of(part.errorCode());
          if (error == ErrorCode.NONE) {
            left.remove(partition);
            found.put(partition, new Found(part.offset(), part.timestamp()));
          } else if (ClientException.isPassing(error)) {
            lastFault = partition + " " + error;
          } else {
            result.completeExceptionally(
                ClientException.answered(part.errorCode(), "offset of " + partition, null));
          }
        }
      }
      answered();
    }

    private void failed(ClientException e) {
      if (e.mayPass()) {
        lastFault = String.valueOf(e.getMessage());
      } else {
        result.completeExceptionally(e);
      }
      answered();
    }

    private void answered() {
      inWork--;
      if (inWork == 0) {
        round();
      }
    }

    /** All asked leaders have answered. */
    private void round() {
      if (left.isEmpty()) {
        result.complete(found);
      } else if (topology.network().clock().monotonicMs() >= deadlineMs) {
        result.completeExceptionally(
            ClientException.broken(
                "offsets were not found in time, partitions="
                    + left.keySet()
                    + " last fault: "
                    + lastFault,
                null));
      } else if (!result.isDone()) {
        topology.refresh();
        topology.network().turns().after(rules.backoffMs(), this::ask);
      }
    }
  }
}
