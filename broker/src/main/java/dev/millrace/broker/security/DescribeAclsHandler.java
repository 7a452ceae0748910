package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeAclsRequest;
import dev.millrace.wire.message.DescribeAclsResponse;

/** DescribeAcls (29), versions 1–3: SECURITY_DISABLED, as there is no authorizer. */
public final class DescribeAclsHandler implements Handler<DescribeAclsRequest> {
  static final String NO_AUTHORIZER = "there is no authorizer, so there are no acls";

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_ACLS;
  }

  @Override
  public void handle(Call call, DescribeAclsRequest request) {
    call.answer(
        DescribeAclsResponse.builder()
            .errorCode(ErrorCode.SECURITY_DISABLED)
            .errorMessage(NO_AUTHORIZER)
            .build());
  }
}
