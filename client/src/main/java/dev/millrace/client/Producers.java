package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeProducersRequest;
import dev.millrace.wire.message.DescribeProducersRequest.TopicRequest;
import dev.millrace.wire.message.DescribeProducersResponse;
import dev.millrace.wire.message.WriteTxnMarkersRequest;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarker;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import dev.millrace.wire.message.WriteTxnMarkersResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What partitions know of their producers, and transactions that hang there: open in a partition
 * while their coordinator knows nothing of them, so that readers of committed records wait for ever
 * (KIP-664). Blocks; throws {@link ClientException}.
 */
public final class Producers {
  private final Cluster cluster;

  public Producers(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * A producer as one partition knows it.
   *
   * @param lastTimestampMs of its last batch, wall-clock milliseconds
   * @param openSinceOffset first offset of its open transaction, -1 without one
   */
  public record Active(
      TopicPartition partition,
      long producerId,
      int producerEpoch,
      int lastSequence,
      long lastTimestampMs,
      int coordinatorEpoch,
      long openSinceOffset) {}

  /** Producers of these partitions. */
  public List<Active> describe(Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return cluster.patiently(
        "describe producers",
        () -> {
          List<Active> found = new ArrayList<>();
          new ByLeader(cluster)
              .group(copy)
              .forEach((leader, mine) -> found.addAll(ask(leader, mine)));
          return found;
        });
  }

  private List<Active> ask(int leader, List<TopicPartition> partitions) {
    List<TopicRequest> topics = new ArrayList<>();
    ByTopic.of(partitions).forEach((name, indexes) -> topics.add(new TopicRequest(name, indexes)));
    DescribeProducersResponse answer =
        cluster.call(
            leader,
            new DescribeProducersRequest(topics),
            Short.MAX_VALUE,
            DescribeProducersResponse::read);
    List<Active> found = new ArrayList<>();
    for (var topic : answer.topics()) {
      for (var part : topic.partitions()) {
        TopicPartition partition = new TopicPartition(topic.name(), part.partitionIndex());
        Topics.check(part.errorCode(), "producers of " + partition, part.errorMessage());
        for (var one : part.activeProducers()) {
          found.add(
              new Active(
                  partition,
                  one.producerId(),
                  one.producerEpoch(),
                  one.lastSequence(),
                  one.lastTimestamp(),
                  one.coordinatorEpoch(),
                  one.currentTxnStartOffset()));
        }
      }
    }
    return found;
  }

  /**
   * Transactions that are open in these partitions, for at least so long, and that no coordinator
   * will end.
   */
  public List<Active> hanging(Collection<TopicPartition> partitions, long openForMs) {
    long latestMs = cluster.clock().wallMs() - openForMs;
    List<Active> suspects =
        describe(partitions).stream()
            .filter(one -> one.openSinceOffset() >= 0 && one.lastTimestampMs() <= latestMs)
            .toList();
    if (suspects.isEmpty()) {
      return List.of();
    }
    Transactions transactions = new Transactions(cluster);
    Map<Long, Transactions.Described> known = new HashMap<>();
    for (Transactions.Listed listed : transactions.list()) {
      if (suspects.stream().anyMatch(one -> one.producerId() == listed.producerId())) {
        describe(transactions, listed.id(), known);
      }
    }
    return suspects.stream().filter(one -> !isKnown(one, known.get(one.producerId()))).toList();
  }

  private static void describe(
      Transactions transactions, String id, Map<Long, Transactions.Described> known) {
    try {
      Transactions.Described one = transactions.describe(id);
      known.put(one.producerId(), one);
    } catch (ClientException e) {
      if (!e.is(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND)) {
        throw e;
      }
    }
  }

  private static boolean isKnown(Active one, Transactions.@Nullable Described known) {
    return known != null
        && (known.partitions().contains(one.partition()) || known.state().startsWith("Prepare"));
  }

  /** Aborts a hanging transaction in its partition, by a marker that no coordinator wrote. */
  public void abort(Active hanging) {
    WriteTxnMarkersRequest request =
        WriteTxnMarkersRequest.builder()
            .markers(
                List.of(
                    WritableTxnMarker.builder()
                        .producerId(hanging.producerId())
                        .producerEpoch((short) hanging.producerEpoch())
                        .transactionResult(false)
                        .coordinatorEpoch(Math.max(0, hanging.coordinatorEpoch()))
                        .topics(
                            List.of(
                                new WritableTxnMarkerTopic(
                                    hanging.partition().topic(),
                                    List.of(hanging.partition().partition()))))
                        .build()))
            .build();
    cluster.patiently("abort in " + hanging.partition(), () -> mark(hanging, request));
  }

  private WriteTxnMarkersResponse mark(Active hanging, WriteTxnMarkersRequest request) {
    int leader =
        new ByLeader(cluster).group(List.of(hanging.partition())).keySet().iterator().next();
    WriteTxnMarkersResponse answer =
        cluster.call(leader, request, 1, WriteTxnMarkersResponse::read);
    for (var marker : answer.markers()) {
      for (var topic : marker.topics()) {
        for (var part : topic.partitions()) {
          Topics.check(part.errorCode(), "abort in " + hanging.partition(), null);
        }
      }
    }
    return answer;
  }
}
