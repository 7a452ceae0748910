package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.data.ProducerIds;
import dev.millrace.coordinator.transaction.InitRequest;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;

/**
 * InitProducerId (22), versions 0 to 5: who an idempotent or transactional producer is.
 *
 * <p>Without a transactional id every request gets a new producer id with epoch 0. With one, the
 * epoch goes up, so that the producer before cannot write any more, and a transaction that it left
 * open is aborted first.
 *
 * <ul>
 *   <li>3: a producer id and epoch that the client had, to go on after an error (KIP-360); ignored
 *       without a transactional id
 *   <li>4: PRODUCER_FENCED instead of INVALID_PRODUCER_EPOCH (KIP-588)
 *   <li>5: the client knows TRANSACTION_ABORTABLE (KIP-890)
 * </ul>
 */
final class InitProducerIdHandler implements Handler<InitProducerIdRequest> {
  private static final short FENCED_SINCE = 4;

  private final ProducerIds ids;
  private final TransactionCoordinator coordinator;

  InitProducerIdHandler(ProducerIds ids, TransactionCoordinator coordinator) {
    this.ids = ids;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.INIT_PRODUCER_ID;
  }

  @Override
  public void handle(Call call, InitProducerIdRequest request) {
    String transactionalId = request.transactionalId();
    if (transactionalId == null) {
      ids.next(answer ->
          call.answer(
              response(answer.error(), new ProducerIdentity(answer.producerId(), (short) 0))));
      return;
    }
    ProducerIdentity expected = new ProducerIdentity(request.producerId(), request.producerEpoch());
    boolean isHalf =
        (expected.id() == ProducerIdentity.NO_ID)
            != (expected.epoch() == ProducerIdentity.NO_EPOCH);
    if (transactionalId.isEmpty() || isHalf) {
      call.answer(response(ErrorCode.INVALID_REQUEST, ProducerIdentity.NONE));
      return;
    }
    call.holdNext();
    coordinator.init(
        new InitRequest(transactionalId, request.transactionTimeoutMs(), expected),
        (error, producer) ->
            call.answer(
                response(FencedErrors.of(error, call.version() >= FENCED_SINCE), producer)));
  }

  private static InitProducerIdResponse response(ErrorCode error, ProducerIdentity producer) {
    boolean given = error == ErrorCode.NONE;
    return InitProducerIdResponse.builder()
        .errorCode(error.code())
        .producerId(given ? producer.id() : ProducerIdentity.NO_ID)
        .producerEpoch(given ? producer.epoch() : ProducerIdentity.NO_EPOCH)
        .build();
  }
}
