package dev.millrace.coordinator.transaction;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeTransactionsResponse;
import dev.millrace.wire.message.DescribeTransactionsResponse.TopicData;
import dev.millrace.wire.message.ListTransactionsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Transactions as tools see them. */
final class TransactionViews {
  private TransactionViews() {}

  static DescribeTransactionsResponse.TransactionState describe(
      TransactionMachine machine, String id) {
    Transaction transaction = machine.find(id);
    if (transaction == null) {
      return failed(id, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
    }
    return DescribeTransactionsResponse.TransactionState.builder()
        .transactionalId(id)
        .transactionState(transaction.state().title())
        .transactionTimeoutMs(transaction.timeoutMs())
        .transactionStartTimeMs(transaction.times().startedMs())
        .producerId(transaction.producer().id())
        .producerEpoch(transaction.producer().epoch())
        .topics(topics(machine.unmarked(transaction)))
        .build();
  }

  static DescribeTransactionsResponse.TransactionState failed(String id, ErrorCode error) {
    return DescribeTransactionsResponse.TransactionState.builder()
        .transactionalId(id)
        .errorCode(error)
        .build();
  }

  private static List<TopicData> topics(List<PartitionName> partitions) {
    Map<String, List<Integer>> byTopic = new TreeMap<>();
    for (PartitionName one : partitions) {
      byTopic.computeIfAbsent(one.topic(), _ -> new ArrayList<>()).add(one.partition());
    }
    List<TopicData> topics = new ArrayList<>(byTopic.size());
    byTopic.forEach((topic, indexes) -> topics.add(new TopicData(topic, indexes)));
    return topics;
  }

  static List<ListTransactionsResponse.TransactionState> list(
      TransactionMachine machine, TransactionFilter filter) {
    long nowMs = machine.clock().wallMs();
    return machine.all().stream()
        .filter(transaction -> filter.takes(transaction, nowMs))
        .map(TransactionViews::listed)
        .toList();
  }

  private static ListTransactionsResponse.TransactionState listed(Transaction transaction) {
    return ListTransactionsResponse.TransactionState.builder()
        .transactionalId(transaction.id())
        .producerId(transaction.producer().id())
        .transactionState(transaction.state().title())
        .build();
  }
}
