package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.transaction.EndRequest;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.EndTxnRequest;
import dev.millrace.wire.message.EndTxnResponse;

/**
 * EndTxn (26), versions 0–5: commits or aborts a transaction. Answered when the decision is
 * lasting; the partitions hear of it afterwards.
 *
 * <ul>
 *   <li>2: PRODUCER_FENCED instead of INVALID_PRODUCER_EPOCH
 *   <li>4: the client knows TRANSACTION_ABORTABLE (KIP-890)
 *   <li>5: the producer's epoch goes up with every transaction, so that nothing that comes late
 *       gets into the next one (KIP-890)
 * </ul>
 */
final class EndTxnHandler implements Handler<EndTxnRequest> {
  private static final short FENCED_SINCE = 2;
  private static final short BUMPS_SINCE = 5;

  private final TransactionCoordinator coordinator;

  EndTxnHandler(TransactionCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.END_TXN;
  }

  @Override
  public void handle(Call call, EndTxnRequest request) {
    boolean bumps = call.version() >= BUMPS_SINCE;
    call.holdNext();
    coordinator.end(
        new EndRequest(
            request.transactionalId(),
            new ProducerIdentity(request.producerId(), request.producerEpoch()),
            request.committed(),
            bumps ? TransactionVersions.EPOCH_PER_TRANSACTION : TransactionVersions.SHARED_EPOCH),
        (error, producer) ->
            call.answer(
                EndTxnResponse.builder()
                    .errorCode(FencedErrors.of(error, call.version() >= FENCED_SINCE).code())
                    .producerId(producer.id())
                    .producerEpoch(producer.epoch())
                    .build()));
  }
}
