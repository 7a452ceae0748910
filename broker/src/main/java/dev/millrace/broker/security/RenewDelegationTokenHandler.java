package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.RenewDelegationTokenRequest;
import dev.millrace.wire.message.RenewDelegationTokenResponse;

/**
 * RenewDelegationToken (39), versions 1–2: gives a token more time (KIP-48). Refused, as by Kafka
 * on a listener that does not know who its clients are.
 */
public final class RenewDelegationTokenHandler implements Handler<RenewDelegationTokenRequest> {
  @Override
  public ApiKey key() {
    return ApiKey.RENEW_DELEGATION_TOKEN;
  }

  @Override
  public void handle(Call call, RenewDelegationTokenRequest request) {
    call.answer(
        RenewDelegationTokenResponse.builder()
            .errorCode(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
            .build());
  }
}
