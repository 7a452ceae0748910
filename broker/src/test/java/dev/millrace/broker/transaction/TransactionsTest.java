package dev.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadQuery;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeTransactionsRequest;
import dev.millrace.wire.message.DescribeTransactionsResponse;
import dev.millrace.wire.message.DescribeTransactionsResponse.TransactionState;
import dev.millrace.wire.message.EndTxnResponse;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.ListTransactionsRequest;
import dev.millrace.wire.message.ListTransactionsResponse;
import dev.millrace.wire.message.WriteTxnMarkersRequest;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarker;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import dev.millrace.wire.message.WriteTxnMarkersResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransactionsTest {
  private final TransactionNode node = new TransactionNode();

  private TransactionState describe() {
    DescribeTransactionsRequest request =
        new DescribeTransactionsRequest(List.of(TransactionNode.ID));
    return node.node
        .call(DescribeTransactionsResponse.class, request, 0)
        .transactionStates()
        .getFirst();
  }

  private List<ReadOutcome.AbortedTransaction> aborted(int index) {
    ReadOutcome read = node.partition(index).read(new ReadQuery(0, -1, -1, 1 << 20, true, true));
    List<ReadOutcome.AbortedTransaction> aborted = ((ReadOutcome.Found) read).aborted();
    return aborted == null ? List.of() : aborted;
  }

  @Test
  void partitionsAreNamedFirstAndAllOfThemEndTogether() {
    ProducerIdentity producer = node.producer();
    assertThat(node.add(producer, 3, "t", 0, 1)).containsOnly(ErrorCode.NONE);
    assertThat(node.produce(producer, 9, 0, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(node.produce(producer, 9, 1, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(node.produce(producer, 9, 1, 1)).isEqualTo(ErrorCode.NONE);
    assertThat(List.of(node.stable(0), node.stable(1))).containsExactly(0L, 0L);
    assertThat(describe().transactionState()).isEqualTo("Ongoing");
    assertThat(node.endError(producer, 3, true)).isEqualTo(ErrorCode.NONE);
    node.settle();
    assertThat(List.of(node.stable(0), node.stable(1))).containsExactly(2L, 3L);
    assertThat(describe().transactionState()).isEqualTo("CompleteCommit");
    assertThat(aborted(0)).isEmpty();

    assertThat(node.add(producer, 0, "t", 1)).containsOnly(ErrorCode.NONE);
    assertThat(node.produce(producer, 3, 1, 2)).isEqualTo(ErrorCode.NONE);
    assertThat(node.endError(producer, 0, false)).isEqualTo(ErrorCode.NONE);
    node.settle();
    assertThat(node.stable(1)).isEqualTo(5);
    assertThat(aborted(1)).containsExactly(new ReadOutcome.AbortedTransaction(producer.id(), 3));
  }

  @Test
  void theFirstBatchMakesAPartitionPartAndEveryTransactionHasItsEpoch() {
    ProducerIdentity first = node.producer();
    assertThat(node.produce(first, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(node.produce(first, 13, 1, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(describe().topics().getFirst().partitions()).containsExactly(0, 1);
    EndTxnResponse ended = node.end(first, 5, true);
    assertThat(ended.errorCode()).isZero();
    assertThat(ended.producerEpoch()).isEqualTo((short) (first.epoch() + 1));
    // the answer of a repetition is that of the first time, once the markers are there
    node.settle();
    EndTxnResponse again = node.end(first, 5, true);
    assertThat(again).isEqualTo(ended);
    assertThat(node.endError(first, 5, false)).isEqualTo(ErrorCode.INVALID_TXN_STATE);

    ProducerIdentity second = new ProducerIdentity(ended.producerId(), ended.producerEpoch());
    // what comes late of the first transaction is not part of the second
    assertThat(node.produce(second, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(node.produce(first, 12, 0, 1)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(node.produce(first, 12, 1, 1)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(node.endError(first, 5, true)).isEqualTo(ErrorCode.PRODUCER_FENCED);
    assertThat(node.stable(0)).isEqualTo(2);
    assertThat(node.endError(second, 5, false)).isEqualTo(ErrorCode.NONE);
    node.settle();
    assertThat(node.stable(0)).isEqualTo(4);
    assertThat(aborted(0)).hasSize(1);
  }

  @Test
  void recordsOutsideATransactionOfTheCoordinatorAreRefused() {
    ProducerIdentity producer = node.producer();
    assertThat(node.produce(producer, 10, 0, 0)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    assertThat(node.produce(producer, 11, 0, 0)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
    ProducerIdentity unknown = new ProducerIdentity(4711, (short) 0);
    for (int version = 10; version <= 13; version++) {
      assertThat(node.produce(unknown, version, 0, 0))
          .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }
    assertThat(node.produce(producer, 12, 0, 5))
        .as("a transaction begins with sequence 0")
        .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertThat(node.end(0)).isZero();

    TransactionNode careless =
        new TransactionNode(Map.of("transaction.partition.verification.enable", "false"));
    assertThat(careless.produce(careless.producer(), 10, 0, 0)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aNewProducerFencesTheOneBefore() {
    ProducerIdentity old = node.producer();
    assertThat(node.add(old, 3, "t", 0)).containsOnly(ErrorCode.NONE);
    assertThat(node.produce(old, 9, 0, 0)).isEqualTo(ErrorCode.NONE);
    ProducerIdentity next = node.producer();
    assertThat(next).isEqualTo(new ProducerIdentity(old.id(), (short) (old.epoch() + 2)));
    assertThat(node.stable(0)).as("the transaction before is aborted").isEqualTo(2);
    assertThat(node.endError(old, 4, true)).isEqualTo(ErrorCode.PRODUCER_FENCED);
    assertThat(node.endError(old, 1, true)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(node.add(old, 2, "t", 0)).containsOnly(ErrorCode.PRODUCER_FENCED);
    assertThat(node.add(old, 1, "t", 0)).containsOnly(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(node.produce(old, 9, 0, 1)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    InitProducerIdResponse recovery =
        node.init(TransactionNode.init().producerId(old.id()).producerEpoch(old.epoch()), 4);
    assertThat(recovery.errorCode()).isEqualTo(ErrorCode.PRODUCER_FENCED.code());
    recovery = node.init(TransactionNode.init().producerId(old.id()).producerEpoch(old.epoch()), 3);
    assertThat(recovery.errorCode()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH.code());
  }

  @Test
  void aProducerGoesOnAfterAnErrorAndMayRepeatThat() {
    ProducerIdentity first = node.producer();
    InitProducerIdResponse bumped =
        node.init(TransactionNode.init().producerId(first.id()).producerEpoch(first.epoch()), 5);
    assertThat(bumped.producerEpoch()).isEqualTo((short) (first.epoch() + 1));
    InitProducerIdResponse again =
        node.init(TransactionNode.init().producerId(first.id()).producerEpoch(first.epoch()), 5);
    assertThat(again).isEqualTo(bumped);
    // a zombie does not abort what its successor has begun
    ProducerIdentity second = new ProducerIdentity(bumped.producerId(), bumped.producerEpoch());
    assertThat(node.produce(second, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(
            node.init(TransactionNode.init().producerId(first.id()).producerEpoch(first.epoch()), 5)
                .errorCode())
        .isEqualTo(ErrorCode.PRODUCER_FENCED.code());
    assertThat(describe().transactionState()).isEqualTo("Ongoing");
  }

  @Test
  void aTransactionEndsWithItsTime() {
    ProducerIdentity producer = node.producer();
    assertThat(node.produce(producer, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    node.node.owners().clock().jumpWallMs(3_600_000);
    node.node.owners().runMs(9_000);
    assertThat(node.stable(0)).as("a jump of the clock ends nothing").isZero();
    node.node.owners().runMs(3_000);
    assertThat(node.stable(0)).isEqualTo(2);
    assertThat(describe().transactionState()).isEqualTo("CompleteAbort");
    assertThat(node.endError(producer, 5, true)).isEqualTo(ErrorCode.PRODUCER_FENCED);
    assertThat(node.produce(producer, 12, 0, 1)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
  }

  @Test
  void aCoordinatorThatLoadsFinishesWhatWasBegun() {
    ProducerIdentity producer = node.producer();
    assertThat(node.produce(producer, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    node.reload();
    assertThat(describe().transactionState()).isEqualTo("Ongoing");
    assertThat(node.produce(producer, 12, 1, 0)).isEqualTo(ErrorCode.NONE);
    EndTxnResponse ended = node.end(producer, 5, true);
    assertThat(ended.errorCode()).isZero();
    node.reload();
    node.settle();
    assertThat(describe().transactionState()).isEqualTo("CompleteCommit");
    assertThat(List.of(node.stable(0), node.stable(1)))
        .as("a marker may be there twice")
        .containsExactly(node.end(0), node.end(1));
    assertThat(node.end(producer, 5, true)).isEqualTo(ended);
    assertThat(describe().producerEpoch()).isEqualTo(ended.producerEpoch());
  }

  @Test
  void whatIsNotThereIsNotAdded() {
    ProducerIdentity producer = node.producer();
    assertThat(node.add(producer, 3, "t", 0, 7))
        .containsExactly(ErrorCode.OPERATION_NOT_ATTEMPTED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(node.add(producer, 3, "__transaction_state", 0))
        .containsExactly(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
    assertThat(describe().transactionState()).isEqualTo("Empty");
    assertThat(node.endError(producer, 4, true)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    assertThat(node.endError(producer, 4, false)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    assertThat(node.endError(producer, 5, true)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    assertThat(node.endError(producer, 5, false)).isEqualTo(ErrorCode.NONE);
    assertThat(node.endError(new ProducerIdentity(99, (short) 0), 5, true))
        .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    assertThat(node.init(TransactionNode.init().transactionTimeoutMs(0), 4).errorCode())
        .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT.code());
    assertThat(node.init(TransactionNode.init().transactionTimeoutMs(900_001), 4).errorCode())
        .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT.code());
    assertThat(node.init(TransactionNode.init().producerId(3), 4).errorCode())
        .isEqualTo(ErrorCode.INVALID_REQUEST.code());
  }

  private ErrorCode mark(
      ProducerIdentity producer, boolean commit, int coordinatorEpoch, int version) {
    WritableTxnMarker marker =
        WritableTxnMarker.builder()
            .producerId(producer.id())
            .producerEpoch(producer.epoch())
            .transactionResult(commit)
            .topics(List.of(new WritableTxnMarkerTopic("t", List.of(0))))
            .coordinatorEpoch(coordinatorEpoch)
            .transactionVersion((byte) version)
            .build();
    WriteTxnMarkersRequest request = new WriteTxnMarkersRequest(List.of(marker));
    return ErrorCode.of(
        node.node
            .call(WriteTxnMarkersResponse.class, request, 2)
            .markers()
            .getFirst()
            .topics()
            .getFirst()
            .partitions()
            .getFirst()
            .errorCode());
  }

  @Test
  void aHangingTransactionCanBeAborted() {
    ProducerIdentity producer = node.producer();
    assertThat(node.produce(producer, 12, 0, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(mark(producer, false, 7, 2))
        .as("the epoch of the records is not that of their end")
        .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(node.stable(0)).isZero();
    assertThat(mark(producer, false, 7, 0)).isEqualTo(ErrorCode.NONE);
    assertThat(node.stable(0)).isEqualTo(2);
    assertThat(mark(producer, false, 6, 0)).isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    ProducerIdentity stale = new ProducerIdentity(producer.id(), (short) -1);
    assertThat(mark(stale, false, 7, 0)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(mark(new ProducerIdentity(555, (short) 0), true, 1, 0))
        .as("of an unknown producer")
        .isEqualTo(ErrorCode.NONE);
    assertThat(node.stable(0)).isEqualTo(3);
  }

  @Test
  void toolsSeeTransactions() {
    ProducerIdentity producer = node.producer();
    node.produce(producer, 12, 0, 0);
    ListTransactionsRequest.Builder all = ListTransactionsRequest.builder();
    assertThat(list(all, 2).transactionStates())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.transactionalId()).isEqualTo("app");
          assertThat(one.producerId()).isEqualTo(producer.id());
          assertThat(one.transactionState()).isEqualTo("Ongoing");
        });
    assertThat(list(all.stateFilters(List.of("Empty", "Nonsense")), 2).transactionStates())
        .isEmpty();
    assertThat(list(all, 2).unknownStateFilters()).containsExactly("Nonsense");
    all.stateFilters(List.of("Ongoing")).producerIdFilters(List.of(producer.id()));
    assertThat(list(all, 2).transactionStates()).hasSize(1);
    assertThat(list(all.durationFilter(60_000), 1).transactionStates()).isEmpty();
    all.durationFilter(-1);
    assertThat(list(all.transactionalIdPattern("a.*"), 2).transactionStates()).hasSize(1);
    assertThat(list(all.transactionalIdPattern("b.*"), 2).transactionStates()).isEmpty();
    assertThat(list(all.transactionalIdPattern("("), 2).errorCode())
        .isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION.code());
    DescribeTransactionsRequest unknown = new DescribeTransactionsRequest(List.of("nobody"));
    assertThat(
            node.node
                .call(DescribeTransactionsResponse.class, unknown, 0)
                .transactionStates()
                .getFirst()
                .errorCode())
        .isEqualTo(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND.code());
  }

  private ListTransactionsResponse list(ListTransactionsRequest.Builder request, int version) {
    return node.node.call(ListTransactionsResponse.class, request.build(), version);
  }
}
