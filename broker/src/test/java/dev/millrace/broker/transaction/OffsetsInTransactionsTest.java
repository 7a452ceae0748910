package dev.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddOffsetsToTxnRequest;
import dev.millrace.wire.message.AddOffsetsToTxnResponse;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import dev.millrace.wire.message.TxnOffsetCommitResponse;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetsInTransactionsTest {
  private static final String GROUP = "readers";

  private final TransactionNode node = new TransactionNode();

  private static TxnOffsetCommitRequest.Builder committing(ProducerIdentity producer) {
    return TxnOffsetCommitRequest.builder()
        .transactionalId(TransactionNode.ID)
        .groupId(GROUP)
        .producerId(producer.id())
        .producerEpoch(producer.epoch());
  }

  private ErrorCode commit(TxnOffsetCommitRequest.Builder request, int version, long offset) {
    Uuid id = Objects.requireNonNull(node.node.image().topic("t")).id();
    TxnOffsetCommitRequestPartition partition =
        TxnOffsetCommitRequestPartition.builder()
            .partitionIndex(1)
            .committedOffset(offset)
            .committedMetadata("m")
            .build();
    TxnOffsetCommitRequestTopic topic =
        TxnOffsetCommitRequestTopic.builder()
            .name(version < 6 ? "t" : "")
            .topicId(version < 6 ? Uuid.ZERO : id)
            .partitions(List.of(partition))
            .build();
    TxnOffsetCommitResponse response =
        node.node.call(
            TxnOffsetCommitResponse.class, request.topics(List.of(topic)).build(), version);
    return ErrorCode.of(response.topics().getFirst().partitions().getFirst().errorCode());
  }

  private ErrorCode addOffsets(ProducerIdentity producer, int version) {
    AddOffsetsToTxnRequest request =
        new AddOffsetsToTxnRequest(TransactionNode.ID, producer.id(), producer.epoch(), GROUP);
    return ErrorCode.of(
        node.node.call(AddOffsetsToTxnResponse.class, request, version).errorCode());
  }

  private OffsetFetchResponsePartitions fetch(boolean requireStable) {
    OffsetFetchRequest request =
        OffsetFetchRequest.builder()
            .groups(
                List.of(
                    OffsetFetchRequestGroup.builder()
                        .groupId(GROUP)
                        .topics(
                            List.of(
                                OffsetFetchRequestTopics.builder()
                                    .name("t")
                                    .partitionIndexes(List.of(1))
                                    .build()))
                        .build()))
            .requireStable(requireStable)
            .build();
    return node.node
        .call(OffsetFetchResponse.class, request, 8)
        .groups()
        .getFirst()
        .topics()
        .getFirst()
        .partitions()
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void offsetsCountWhenTheTransactionCommits(int version) {
    ProducerIdentity producer = node.producer();
    assertThat(addOffsets(producer, Math.min(version, 4))).isEqualTo(ErrorCode.NONE);
    assertThat(commit(committing(producer), version, 5)).isEqualTo(ErrorCode.NONE);
    assertThat(fetch(false).committedOffset()).isEqualTo(-1);
    assertThat(fetch(true).errorCode()).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT.code());
    assertThat(node.endError(producer, 3, true)).isEqualTo(ErrorCode.NONE);
    node.settle();
    assertThat(fetch(true).errorCode()).isZero();
    assertThat(fetch(true).committedOffset()).isEqualTo(5);
    assertThat(fetch(true).metadata()).isEqualTo("m");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void theGroupsPartitionNeedsNoWordBefore(int version) {
    ProducerIdentity producer = node.producer();
    assertThat(commit(committing(producer), version, 5)).isEqualTo(ErrorCode.NONE);
    ProducerIdentity next = end(producer, true);
    assertThat(fetch(true).committedOffset()).isEqualTo(5);
    assertThat(commit(committing(next), version, 9)).isEqualTo(ErrorCode.NONE);
    node.reload();
    assertThat(fetch(true).errorCode()).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT.code());
    end(next, false);
    assertThat(fetch(true).committedOffset()).isEqualTo(5);
    // late: of a transaction that has ended
    assertThat(commit(committing(producer), version, 77))
        .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(fetch(true).committedOffset()).isEqualTo(5);
    node.reload();
    assertThat(fetch(true).committedOffset()).isEqualTo(5);
  }

  private ProducerIdentity end(ProducerIdentity producer, boolean commit) {
    var ended = node.end(producer, 5, commit);
    assertThat(ended.errorCode()).isZero();
    node.settle();
    return new ProducerIdentity(ended.producerId(), ended.producerEpoch());
  }

  @Test
  void whoIsNoMemberAndWhatIsNoTransactionIsRefused() {
    ProducerIdentity producer = node.producer();
    assertThat(commit(committing(producer), 3, 5)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    assertThat(commit(committing(producer), 4, 5)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
    ProducerIdentity unknown = new ProducerIdentity(4711, (short) 0);
    assertThat(commit(committing(unknown), 5, 5)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    assertThat(addOffsets(unknown, 3)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    assertThat(commit(committing(producer).generationIdOrMemberEpoch(3), 5, 5))
        .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(fetch(true).errorCode()).isZero();
    assertThat(fetch(true).committedOffset()).isEqualTo(-1);
  }
}
