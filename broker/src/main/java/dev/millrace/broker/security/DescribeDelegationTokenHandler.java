package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeDelegationTokenRequest;
import dev.millrace.wire.message.DescribeDelegationTokenResponse;

/**
 * DescribeDelegationToken (41), versions 1–3: lists tokens (KIP-48). Refused, as by Kafka on a
 * listener that does not know who its clients are.
 */
public final class DescribeDelegationTokenHandler
    implements Handler<DescribeDelegationTokenRequest> {
  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_DELEGATION_TOKEN;
  }

  @Override
  public void handle(Call call, DescribeDelegationTokenRequest request) {
    call.answer(
        DescribeDelegationTokenResponse.builder()
            .errorCode(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
            .build());
  }
}
