package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.CreateAclsRequest;
import dev.millrace.wire.message.CreateAclsResponse;
import dev.millrace.wire.message.CreateAclsResponse.AclCreationResult;
import java.util.Collections;

/** CreateAcls (30), versions 1–3: SECURITY_DISABLED for each, as there is no authorizer. */
public final class CreateAclsHandler implements Handler<CreateAclsRequest> {
  private static final AclCreationResult REFUSED =
      AclCreationResult.builder()
          .errorCode(ErrorCode.SECURITY_DISABLED)
          .errorMessage(DescribeAclsHandler.NO_AUTHORIZER)
          .build();

  @Override
  public ApiKey key() {
    return ApiKey.CREATE_ACLS;
  }

  @Override
  public void handle(Call call, CreateAclsRequest request) {
    call.answer(
        CreateAclsResponse.builder()
            .results(Collections.nCopies(request.creations().size(), REFUSED))
            .build());
  }
}
