package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteAclsRequest;
import dev.millrace.wire.message.DeleteAclsResponse;
import dev.millrace.wire.message.DeleteAclsResponse.DeleteAclsFilterResult;
import java.util.Collections;

/** DeleteAcls (31), versions 1–3: SECURITY_DISABLED for each, as there is no authorizer. */
public final class DeleteAclsHandler implements Handler<DeleteAclsRequest> {
  private static final DeleteAclsFilterResult REFUSED =
      DeleteAclsFilterResult.builder()
          .errorCode(ErrorCode.SECURITY_DISABLED)
          .errorMessage(DescribeAclsHandler.NO_AUTHORIZER)
          .build();

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_ACLS;
  }

  @Override
  public void handle(Call call, DeleteAclsRequest request) {
    call.answer(
        DeleteAclsResponse.builder()
            .filterResults(Collections.nCopies(request.filters().size(), REFUSED))
            .build());
  }
}
