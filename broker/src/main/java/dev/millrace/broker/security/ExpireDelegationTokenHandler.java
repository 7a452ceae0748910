package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ExpireDelegationTokenRequest;
import dev.millrace.wire.message.ExpireDelegationTokenResponse;

/**
 * ExpireDelegationToken (40), versions 1–2: ends a token (KIP-48). Refused, as by Kafka on a
 * listener that does not know who its clients are.
 */
public final class ExpireDelegationTokenHandler implements Handler<ExpireDelegationTokenRequest> {
  @Override
  public ApiKey key() {
    return ApiKey.EXPIRE_DELEGATION_TOKEN;
  }

  @Override
  public void handle(Call call, ExpireDelegationTokenRequest request) {
    call.answer(
        ExpireDelegationTokenResponse.builder()
            .errorCode(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
            .build());
  }
}
