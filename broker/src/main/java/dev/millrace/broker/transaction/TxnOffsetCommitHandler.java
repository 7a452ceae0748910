package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.OffsetTopics;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.group.Enlistment;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import java.util.List;
import java.util.function.Consumer;

/**
 * TxnOffsetCommit (28), versions 0–6: how far a group has read, as part of a transaction. The
 * offsets count when the transaction commits.
 *
 * <ul>
 *   <li>2: leader epochs (KIP-320)
 *   <li>3: the member that commits, so that one that lost its partitions cannot (KIP-447)
 *   <li>4: TRANSACTION_ABORTABLE instead of INVALID_TXN_STATE (KIP-890)
 *   <li>5: makes the group's partition part of the transaction, no AddOffsetsToTxn before (KIP-890)
 *   <li>6: topics by id (KIP-1319)
 * </ul>
 */
final class TxnOffsetCommitHandler implements Handler<TxnOffsetCommitRequest> {
  private static final short ABORTABLE_SINCE = 4;
  private static final short JOINS_SINCE = 5;
  private static final short IDS_SINCE = 6;

  private final Node node;
  private final GroupCoordinator groups;
  private final Enlisting enlisting;

  TxnOffsetCommitHandler(Node node, GroupCoordinator groups, Enlisting enlisting) {
    this.node = node;
    this.groups = groups;
    this.enlisting = enlisting;
  }

  @Override
  public ApiKey key() {
    return ApiKey.TXN_OFFSET_COMMIT;
  }

  @Override
  public void handle(Call call, TxnOffsetCommitRequest request) {
    boolean byId = call.version() >= IDS_SINCE;
    OffsetTopics topics = OffsetTopics.of(TxnOffsets.topics(request), node.image(), byId);
    List<OffsetCommitRequestTopic> known = topics.known();
    if (known.isEmpty()) {
      call.answer(TxnOffsets.response(topics.answers(List.of())));
      return;
    }
    call.holdNext();
    groups.commitInTransaction(
        TxnOffsets.commit(request, known),
        new InTransaction.Part(request.producerId(), request.producerEpoch()),
        new Question(call, request),
        committed ->
            call.answer(
                TxnOffsets.response(topics.answers(told(call.version(), committed.topics())))));
  }

  /** Older versions know members of groups by their generation only. */
  private static List<OffsetCommitResponseTopic> told(
      short version, List<OffsetCommitResponseTopic> topics) {
    return version >= IDS_SINCE
        ? topics
        : topics.stream()
            .map(topic ->
                topic.toBuilder()
                    .partitions(
                        topic.partitions().stream().map(TxnOffsetCommitHandler::told).toList())
                    .build())
            .toList();
  }

  private static OffsetCommitResponsePartition told(OffsetCommitResponsePartition one) {
    return one.errorCode() == ErrorCode.STALE_MEMBER_EPOCH.code()
        ? one.toBuilder().errorCode(ErrorCode.ILLEGAL_GENERATION).build()
        : one;
  }

  /** The question whether the group's partition is part of the transaction, or shall be. */
  private final class Question implements Enlistment {
    private final Call call;
    private final TxnOffsetCommitRequest request;

    Question(Call call, TxnOffsetCommitRequest request) {
      this.call = call;
      this.request = request;
    }

    @Override
    public void enlist(int partition, Consumer<ErrorCode> answer) {
      short version =
          isOfOwnEpoch()
              ? TransactionVersions.EPOCH_PER_TRANSACTION
              : TransactionVersions.SHARED_EPOCH;
      enlisting.enlist(
          new Participation(
              request.transactionalId(),
              new ProducerIdentity(request.producerId(), request.producerEpoch()),
              List.of(new PartitionName(GroupCoordinator.TOPIC, partition)),
              version),
          errors -> answer.accept(told(call.version(), errors.getFirst())));
    }

    @Override
    public boolean isOfOwnEpoch() {
      return call.version() >= JOINS_SINCE;
    }
  }

  /** The client talks to the coordinator of the group: that of the transaction it may ask again. */
  private static ErrorCode told(short version, ErrorCode error) {
    return switch (error) {
      case NOT_COORDINATOR,
          COORDINATOR_NOT_AVAILABLE,
          CONCURRENT_TRANSACTIONS,
          COORDINATOR_LOAD_IN_PROGRESS ->
          ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
      case PRODUCER_FENCED -> ErrorCode.INVALID_PRODUCER_EPOCH;
      default -> FencedErrors.abortable(error, version >= ABORTABLE_SINCE);
    };
  }
}
