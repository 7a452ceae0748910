package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddOffsetsToTxnRequest;
import dev.millrace.wire.message.AddOffsetsToTxnResponse;
import dev.millrace.wire.message.ApiKey;
import java.util.List;

/**
 * AddOffsetsToTxn (25), versions 0–4: the partition on which a group's offsets live becomes part of
 * a transaction.
 *
 * <ul>
 *   <li>2: PRODUCER_FENCED instead of INVALID_PRODUCER_EPOCH
 *   <li>4: the client knows TRANSACTION_ABORTABLE (KIP-890)
 * </ul>
 */
final class AddOffsetsToTxnHandler implements Handler<AddOffsetsToTxnRequest> {
  private static final short FENCED_SINCE = 2;

  private final TransactionCoordinator coordinator;
  private final GroupCoordinator groups;

  AddOffsetsToTxnHandler(TransactionCoordinator coordinator, GroupCoordinator groups) {
    this.coordinator = coordinator;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ADD_OFFSETS_TO_TXN;
  }

  @Override
  public void handle(Call call, AddOffsetsToTxnRequest request) {
    if (request.groupId().isEmpty()) {
      answer(call, ErrorCode.INVALID_GROUP_ID);
      return;
    }
    PartitionName offsets =
        new PartitionName(GroupCoordinator.TOPIC, groups.partitionOf(request.groupId()));
    call.holdNext();
    coordinator.add(
        new Participation(
            request.transactionalId(),
            new ProducerIdentity(request.producerId(), request.producerEpoch()),
            List.of(offsets),
            TransactionVersions.SHARED_EPOCH),
        error -> answer(call, FencedErrors.of(error, call.version() >= FENCED_SINCE)));
  }

  private static void answer(Call call, ErrorCode error) {
    call.answer(AddOffsetsToTxnResponse.builder().errorCode(error.code()).build());
  }
}
