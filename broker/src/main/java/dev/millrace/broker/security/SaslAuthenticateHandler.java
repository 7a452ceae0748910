package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.SaslAuthenticateRequest;
import dev.millrace.wire.message.SaslAuthenticateResponse;

/** SaslAuthenticate (36), versions 0–2: ILLEGAL_SASL_STATE, see {@link SaslHandshakeHandler}. */
public final class SaslAuthenticateHandler implements Handler<SaslAuthenticateRequest> {
  @Override
  public ApiKey key() {
    return ApiKey.SASL_AUTHENTICATE;
  }

  @Override
  public void handle(Call call, SaslAuthenticateRequest request) {
    call.answer(
        SaslAuthenticateResponse.builder()
            .errorCode(ErrorCode.ILLEGAL_SASL_STATE)
            .errorMessage("listener has no sasl, listener=" + call.connection().listener())
            .build());
  }
}
