package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeTransactionsRequest;
import dev.millrace.wire.message.DescribeTransactionsResponse;
import dev.millrace.wire.message.DescribeTransactionsResponse.TransactionState;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.ListTransactionsRequest;
import dev.millrace.wire.message.ListTransactionsResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Looks at transactions and ends those that hang. Blocks. */
public final class Transactions {
  private static final byte TRANSACTION = 1;
  private static final int FIND_BATCHED = 4;
  private static final int INIT_OF_TODAY = 5;

  private final Cluster cluster;

  public Transactions(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A transactional id in a list. */
  public record Listed(String id, long producerId, String state, int coordinator) {}

  /**
   * A transactional id and its transaction of now.
   *
   * @param startedMs wall-clock milliseconds, -1 when none is open
   */
  public record Described(
      String id,
      String state,
      long producerId,
      int producerEpoch,
      int timeoutMs,
      long startedMs,
      List<TopicPartition> partitions) {}

  /** All transactional ids of all nodes, sorted. */
  public List<Listed> list() {
    List<Listed> listed = new ArrayList<>();
    for (int node : cluster.learn(List.of()).nodes().keySet()) {
      ListTransactionsResponse answer =
          cluster.call(
              node,
              ListTransactionsRequest.DEFAULT,
              Short.MAX_VALUE,
              ListTransactionsResponse::read);
      Topics.check(answer.errorCode(), "list transactions", null);
      answer
          .transactionStates()
          .forEach(state ->
              listed.add(
                  new Listed(
                      state.transactionalId(),
                      state.producerId(),
                      state.transactionState(),
                      node)));
    }
    listed.sort(Comparator.comparing(Listed::id));
    return listed;
  }

  /**
   * What an id and its transaction are now, as its coordinator knows it; waits for a coordinator
   * that loads.
   *
   * @throws ClientException when nobody has used the id, or so long ago that it was forgotten
   */
  public Described describe(String id) {
    DescribeTransactionsRequest request =
        DescribeTransactionsRequest.builder().transactionalIds(List.of(id)).build();
    return cluster.patiently(
        "describe transaction " + id,
        () -> {
          DescribeTransactionsResponse answer =
              cluster.call(
                  coordinator(id), request, Short.MAX_VALUE, DescribeTransactionsResponse::read);
          TransactionState state = Topics.only(answer.transactionStates(), "DescribeTransactions");
          Topics.check(state.errorCode(), "describe transaction " + id, null);
          return described(state);
        });
  }

  /**
   * Aborts the open transaction of an id by taking its producer's place: that one is fenced, and
   * must be started again.
   */
  public void abort(String id) {
    int timeoutMs = describe(id).timeoutMs();
    InitProducerIdRequest request =
        InitProducerIdRequest.builder()
            .transactionalId(id)
            .transactionTimeoutMs(Math.max(1, timeoutMs))
            .build();
    cluster.patiently(
        "abort transaction " + id,
        () -> {
          InitProducerIdResponse answer =
              cluster.call(coordinator(id), request, INIT_OF_TODAY, InitProducerIdResponse::read);
          if (answer.errorCode() == ErrorCode.CONCURRENT_TRANSACTIONS.code()) {
            throw ClientException.broken("the transaction is being ended, id=" + id, null);
          }
          Topics.check(answer.errorCode(), "abort transaction " + id, null);
          return answer;
        });
  }

  private static Described described(TransactionState state) {
    List<TopicPartition> partitions = new ArrayList<>();
    state
        .topics()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(index -> partitions.add(new TopicPartition(topic.topic(), index))));
    return new Described(
        state.transactionalId(),
        state.transactionState(),
        state.producerId(),
        state.producerEpoch(),
        state.transactionTimeoutMs(),
        state.transactionStartTimeMs(),
        List.copyOf(partitions));
  }

  private int coordinator(String id) {
    FindCoordinatorResponse answer =
        cluster.call(
            ApiKey.FIND_COORDINATOR,
            FIND_BATCHED,
            version -> finding(id, version),
            FindCoordinatorResponse::read);
    if (answer.coordinators().isEmpty()) {
      Topics.check(answer.errorCode(), "coordinator of transaction " + id, answer.errorMessage());
      return answer.nodeId();
    }
    Coordinator found = Topics.only(answer.coordinators(), "FindCoordinator");
    Topics.check(found.errorCode(), "coordinator of transaction " + id, found.errorMessage());
    return found.nodeId();
  }

  private static Request finding(String id, int version) {
    FindCoordinatorRequest.Builder request = FindCoordinatorRequest.builder().keyType(TRANSACTION);
    return version >= FIND_BATCHED
        ? request.coordinatorKeys(List.of(id)).build()
        : request.key(id).build();
  }
}
