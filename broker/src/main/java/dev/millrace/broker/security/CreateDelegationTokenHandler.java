package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.CreateDelegationTokenRequest;
import dev.millrace.wire.message.CreateDelegationTokenResponse;

/**
 * CreateDelegationToken (38), versions 1–3: asks for a token (KIP-48). Refused, as by Kafka on a
 * listener that does not know who its clients are. 3: who asked, beside who would own the token.
 */
public final class CreateDelegationTokenHandler implements Handler<CreateDelegationTokenRequest> {
  private static final short REQUESTER_SINCE = 3;
  private static final String TYPE = "User";
  private static final String NAME = "ANONYMOUS";

  @Override
  public ApiKey key() {
    return ApiKey.CREATE_DELEGATION_TOKEN;
  }

  @Override
  public void handle(Call call, CreateDelegationTokenRequest request) {
    boolean tellsRequester = call.version() >= REQUESTER_SINCE;
    call.answer(
        CreateDelegationTokenResponse.builder()
            .errorCode(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED)
            .principalType(TYPE)
            .principalName(NAME)
            .tokenRequesterPrincipalType(tellsRequester ? TYPE : "")
            .tokenRequesterPrincipalName(tellsRequester ? NAME : "")
            .issueTimestampMs(-1)
            .expiryTimestampMs(-1)
            .maxTimestampMs(-1)
            .build());
  }
}
