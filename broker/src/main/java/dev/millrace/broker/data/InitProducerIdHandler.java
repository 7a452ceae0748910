package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;

/**
 * InitProducerId (22), versions 0 to 5: a new producer id with epoch 0 for an idempotent producer.
 *
 * <ul>
 *   <li>A transactional id is refused with {@link ErrorCode#UNSUPPORTED_VERSION}, which clients
 *       report at once and do not retry: this node has no transactions.
 *   <li>3: a producer id and epoch that the client had are ignored without a transactional id.
 * </ul>
 */
public final class InitProducerIdHandler implements Handler<InitProducerIdRequest> {
  private final ProducerIds ids;

  /** Gives out {@code ids}. */
  public InitProducerIdHandler(ProducerIds ids) {
    this.ids = ids;
  }

  @Override
  public ApiKey key() {
    return ApiKey.INIT_PRODUCER_ID;
  }

  @Override
  public void handle(Call call, InitProducerIdRequest request) {
    String transactionalId = request.transactionalId();
    if (transactionalId != null) {
      ErrorCode error =
          transactionalId.isEmpty() ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION;
      call.answer(InitProducerIdResponse.builder().errorCode(error.code()).build());
      return;
    }
    ids.next(answer -> call.answer(response(answer)));
  }

  private static InitProducerIdResponse response(ProducerIds.Answer answer) {
    boolean given = answer.error() == ErrorCode.NONE;
    return InitProducerIdResponse.builder()
        .errorCode(answer.error().code())
        .producerId(answer.producerId())
        .producerEpoch((short) (given ? 0 : -1))
        .build();
  }
}
