package dev.millrace.broker.transaction;

import dev.millrace.broker.Brokers;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.CoordinatorTopic;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddPartitionsToTxnRequest;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import dev.millrace.wire.message.AddPartitionsToTxnResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks the transaction's coordinator: here, or by AddPartitionsToTxn on another broker (KIP-890).
 * Safe for any thread.
 */
final class RoutedEnlisting implements Enlisting {
  private static final String VERIFICATION = "transaction.partition.verification.enable";
  private static final int TIMEOUT_MS = 5_000;

  private final Node node;
  private final CoordinatorTopic topic;
  private final TransactionCoordinator coordinator;
  private final Enlisting here;
  private final Brokers brokers;

  RoutedEnlisting(
      Node node,
      CoordinatorTopic topic,
      TransactionCoordinator coordinator,
      Enlisting here,
      Brokers brokers) {
    this.node = node;
    this.topic = topic;
    this.coordinator = coordinator;
    this.here = here;
    this.brokers = brokers;
  }

  @Override
  public void enlist(Participation request, Consumer<List<ErrorCode>> answer) {
    int leader = leader(request.transactionalId());
    boolean adds = request.version() >= TransactionVersions.EPOCH_PER_TRANSACTION;
    boolean asks = adds || node.settings(node.image()).booleanValue(VERIFICATION);
    if (leader == node.id() || !asks) {
      here.enlist(request, answer);
    } else if (leader == PartitionImage.NO_LEADER) {
      answer.accept(all(request, ErrorCode.COORDINATOR_NOT_AVAILABLE));
    } else {
      brokers.ask(
          leader,
          Question.of(wire(request, !adds), AddPartitionsToTxnResponse::read, TIMEOUT_MS),
          response -> answer.accept(errors(response, request)),
          fault -> answer.accept(all(request, ErrorCode.COORDINATOR_NOT_AVAILABLE)));
    }
  }

  private int leader(String transactionalId) {
    TopicImage states = topic.in(node.image());
    PartitionImage partition =
        states == null ? null : states.partition(coordinator.partitionOf(transactionalId));
    return partition == null ? node.id() : partition.leader();
  }

  private static AddPartitionsToTxnRequest wire(Participation request, boolean verifyOnly) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    request
        .partitions()
        .forEach(one ->
            topics.computeIfAbsent(one.topic(), name -> new ArrayList<>()).add(one.partition()));
    List<AddPartitionsToTxnTopic> named = new ArrayList<>();
    topics.forEach((name, indexes) -> named.add(new AddPartitionsToTxnTopic(name, indexes)));
    return AddPartitionsToTxnRequest.builder()
        .transactions(
            List.of(
                AddPartitionsToTxnTransaction.builder()
                    .transactionalId(request.transactionalId())
                    .producerId(request.producer().id())
                    .producerEpoch(request.producer().epoch())
                    .verifyOnly(verifyOnly)
                    .topics(named)
                    .build()))
        .build();
  }

  private static List<ErrorCode> errors(
      AddPartitionsToTxnResponse response, Participation request) {
    ErrorCode all0 = ErrorCode.of(response.errorCode());
    if (all0 != ErrorCode.NONE) {
      return all(request, all0 == null ? ErrorCode.COORDINATOR_NOT_AVAILABLE : all0);
    }
    Map<PartitionName, ErrorCode> told = new HashMap<>();
    for (var transaction : response.resultsByTransaction()) {
      for (var topic : transaction.topicResults()) {
        for (var partition : topic.resultsByPartition()) {
          ErrorCode error = ErrorCode.of(partition.partitionErrorCode());
          told.put(
              new PartitionName(topic.name(), partition.partitionIndex()),
              error == null ? ErrorCode.COORDINATOR_NOT_AVAILABLE : error);
        }
      }
    }
    return request.partitions().stream()
        .map(one -> told.getOrDefault(one, ErrorCode.COORDINATOR_NOT_AVAILABLE))
        .toList();
  }

  private static List<ErrorCode> all(Participation request, ErrorCode error) {
    return request.partitions().stream().map(_ -> error).toList();
  }
}
