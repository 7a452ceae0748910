package dev.millrace.broker.control;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.message.AllocateProducerIdsRequest;
import dev.millrace.wire.message.AllocateProducerIdsResponse;
import dev.millrace.wire.message.ApiKey;

/** AllocateProducerIds (67), version 0: a block of producer ids for a broker (KIP-730). */
final class AllocateProducerIdsHandler implements Handler<AllocateProducerIdsRequest> {
  private final ActiveController controller;

  AllocateProducerIdsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALLOCATE_PRODUCER_IDS;
  }

  @Override
  public void handle(Call call, AllocateProducerIdsRequest request) {
    controller.submit(
        new AllocateProducerIds(request.brokerId(), request.brokerEpoch()),
        outcome ->
            call.answer(
                switch (outcome) {
                  case Outcome.Done<AllocateProducerIds.Block> done ->
                      AllocateProducerIdsResponse.builder()
                          .producerIdStart(done.value().first())
                          .producerIdLen(done.value().size())
                          .build();
                  case Outcome.Refused<AllocateProducerIds.Block> refused ->
                      AllocateProducerIdsResponse.builder().errorCode(refused.error()).build();
                }));
  }
}
