package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddPartitionsToTxnRequest;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction;
import dev.millrace.wire.message.AddPartitionsToTxnResponse;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnResult;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * AddPartitionsToTxn (24), versions 0–5: partitions become part of a transaction, all of them or
 * none.
 *
 * <ul>
 *   <li>0–3: a client names the partitions that it is going to write to
 *   <li>2: PRODUCER_FENCED instead of INVALID_PRODUCER_EPOCH
 *   <li>4: leaders of partitions ask for several producers at once, also just whether partitions
 *       are part of a transaction (KIP-890)
 *   <li>5: TRANSACTION_ABORTABLE instead of INVALID_TXN_STATE
 * </ul>
 */
final class AddPartitionsToTxnHandler implements Handler<AddPartitionsToTxnRequest> {
  private static final short FENCED_SINCE = 2;
  private static final short BATCHED_SINCE = 4;
  private static final short ABORTABLE_SINCE = 5;

  /** Topics of the cluster that transactions have no part in. */
  private static final Set<String> CLOSED =
      Set.of(TransactionCoordinator.TOPIC, "__share_group_state");

  private final Node node;
  private final TransactionCoordinator coordinator;

  AddPartitionsToTxnHandler(Node node, TransactionCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ADD_PARTITIONS_TO_TXN;
  }

  @Override
  public void handle(Call call, AddPartitionsToTxnRequest request) {
    call.holdNext();
    if (call.version() >= BATCHED_SINCE) {
      batched(call, request.transactions());
    } else {
      single(call, request);
    }
  }

  private void single(Call call, AddPartitionsToTxnRequest request) {
    Participation asked =
        new Participation(
            request.v3AndBelowTransactionalId(),
            new ProducerIdentity(request.v3AndBelowProducerId(), request.v3AndBelowProducerEpoch()),
            partitions(request.v3AndBelowTopics()),
            (short) 0);
    add(
        asked,
        errors ->
            call.answer(
                AddPartitionsToTxnResponse.builder()
                    .resultsByTopicV3AndBelow(
                        results(call, request.v3AndBelowTopics(), errors.iterator()))
                    .build()));
  }

  private void batched(Call call, List<AddPartitionsToTxnTransaction> transactions) {
    AtomicReferenceArray<AddPartitionsToTxnResult> results =
        new AtomicReferenceArray<>(transactions.size());
    AtomicInteger open = new AtomicInteger(transactions.size() + 1);
    Runnable done =
        () -> {
          if (open.decrementAndGet() == 0) {
            call.answer(response(results));
          }
        };
    for (int i = 0; i < transactions.size(); i++) {
      int index = i;
      AddPartitionsToTxnTransaction one = transactions.get(i);
      Participation asked =
          new Participation(
              one.transactionalId(),
              new ProducerIdentity(one.producerId(), one.producerEpoch()),
              partitions(one.topics()),
              TransactionVersions.EPOCH_PER_TRANSACTION);
      Consumer<List<ErrorCode>> take =
          errors -> {
            results.set(
                index,
                new AddPartitionsToTxnResult(
                    one.transactionalId(), results(call, one.topics(), errors.iterator())));
            done.run();
          };
      if (one.verifyOnly()) {
        coordinator.verify(asked, take);
      } else {
        add(asked, take);
      }
    }
    done.run();
  }

  private static AddPartitionsToTxnResponse response(
      AtomicReferenceArray<AddPartitionsToTxnResult> results) {
    List<AddPartitionsToTxnResult> all = new ArrayList<>(results.length());
    for (int i = 0; i < results.length(); i++) {
      all.add(results.get(i));
    }
    return AddPartitionsToTxnResponse.builder().resultsByTransaction(all).build();
  }

  /** Adds all partitions or, when one of them is not there, none. */
  private void add(Participation asked, Consumer<List<ErrorCode>> answer) {
    ClusterImage image = node.image();
    List<ErrorCode> errors = asked.partitions().stream().map(one -> check(image, one)).toList();
    if (errors.stream().anyMatch(error -> error != ErrorCode.NONE)) {
      answer.accept(
          errors.stream()
              .map(error -> error == ErrorCode.NONE ? ErrorCode.OPERATION_NOT_ATTEMPTED : error)
              .toList());
      return;
    }
    coordinator.add(
        asked, error -> answer.accept(asked.partitions().stream().map(_ -> error).toList()));
  }

  private static ErrorCode check(ClusterImage image, PartitionName partition) {
    if (CLOSED.contains(partition.topic())) {
      return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    }
    TopicImage topic = image.topic(partition.topic());
    boolean isThere =
        topic == null
            ? partition.topic().equals(GroupCoordinator.TOPIC)
            : topic.partition(partition.partition()) != null;
    return isThere ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  private static List<PartitionName> partitions(List<AddPartitionsToTxnTopic> topics) {
    List<PartitionName> partitions = new ArrayList<>();
    for (AddPartitionsToTxnTopic topic : topics) {
      topic.partitions().forEach(index -> partitions.add(new PartitionName(topic.name(), index)));
    }
    return partitions;
  }

  private static List<AddPartitionsToTxnTopicResult> results(
      Call call, List<AddPartitionsToTxnTopic> topics, Iterator<ErrorCode> errors) {
    List<AddPartitionsToTxnTopicResult> results = new ArrayList<>(topics.size());
    for (AddPartitionsToTxnTopic topic : topics) {
      List<AddPartitionsToTxnPartitionResult> partitions =
          new ArrayList<>(topic.partitions().size());
      for (int index : topic.partitions()) {
        partitions.add(
            AddPartitionsToTxnPartitionResult.builder()
                .partitionIndex(index)
                .partitionErrorCode(told(call, errors.next()))
                .build());
      }
      results.add(new AddPartitionsToTxnTopicResult(topic.name(), partitions));
    }
    return results;
  }

  private static ErrorCode told(Call call, ErrorCode error) {
    ErrorCode known = FencedErrors.of(error, call.version() >= FENCED_SINCE);
    return FencedErrors.abortable(known, call.version() >= ABORTABLE_SINCE);
  }
}
