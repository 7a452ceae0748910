package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.SaslHandshakeRequest;
import dev.millrace.wire.message.SaslHandshakeResponse;

/**
 * SaslHandshake (17), versions 0–1: on a listener without SASL the answer is ILLEGAL_SASL_STATE and
 * the connection stays, so that a client with wrong settings can say what is wrong.
 */
public final class SaslHandshakeHandler implements Handler<SaslHandshakeRequest> {
  @Override
  public ApiKey key() {
    return ApiKey.SASL_HANDSHAKE;
  }

  @Override
  public void handle(Call call, SaslHandshakeRequest request) {
    call.answer(SaslHandshakeResponse.builder().errorCode(ErrorCode.ILLEGAL_SASL_STATE).build());
  }
}
