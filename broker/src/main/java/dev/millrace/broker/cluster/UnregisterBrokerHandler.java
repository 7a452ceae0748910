package dev.millrace.broker.cluster;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.UnregisterBroker;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.UnregisterBrokerRequest;
import dev.millrace.wire.message.UnregisterBrokerResponse;

/** UnregisterBroker (64), version 0: forgets a broker that will not come back (KIP-631). */
public final class UnregisterBrokerHandler implements Handler<UnregisterBrokerRequest> {
  private final ActiveController controller;

  public UnregisterBrokerHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.UNREGISTER_BROKER;
  }

  @Override
  public boolean isForController(UnregisterBrokerRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, UnregisterBrokerRequest request) {
    call.holdNext();
    controller.submit(
        new UnregisterBroker(request.brokerId()),
        outcome ->
            call.answer(
                UnregisterBrokerResponse.builder()
                    .errorCode(outcome.error())
                    .errorMessage(outcome instanceof Outcome.Refused<?> no ? no.message() : null)
                    .build()));
  }
}
