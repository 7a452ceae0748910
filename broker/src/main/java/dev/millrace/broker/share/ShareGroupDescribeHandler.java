package dev.millrace.broker.share;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ShareGroupDescribeRequest;
import dev.millrace.wire.message.ShareGroupDescribeResponse;
import dev.millrace.wire.message.ShareGroupDescribeResponse.DescribedGroup;
import java.util.List;

/** ShareGroupDescribe (77), version 1: share groups and their members (KIP-932). */
final class ShareGroupDescribeHandler implements Handler<ShareGroupDescribeRequest> {
  private final ShareAccess access;
  private final ShareGroupFront groups;

  ShareGroupDescribeHandler(ShareAccess access, ShareGroupFront groups) {
    this.access = access;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.SHARE_GROUP_DESCRIBE;
  }

  @Override
  public void handle(Call call, ShareGroupDescribeRequest request) {
    if (access.isOn()) {
      groups.describe(
          request.groupIds(),
          found -> call.answer(response(found, request.includeAuthorizedOperations())));
    } else {
      call.answer(
          response(
              request.groupIds().stream().map(ShareGroupDescribeHandler::unsupported).toList(),
              false));
    }
  }

  private static DescribedGroup unsupported(String groupId) {
    return DescribedGroup.builder()
        .groupId(groupId)
        .errorCode(ErrorCode.UNSUPPORTED_VERSION)
        .build();
  }

  private static ShareGroupDescribeResponse response(
      List<DescribedGroup> groups, boolean operations) {
    return ShareGroupDescribeResponse.builder()
        .groups(groups.stream().map(group -> fit(group, operations)).toList())
        .build();
  }

  private static DescribedGroup fit(DescribedGroup group, boolean operations) {
    boolean isWell = group.errorCode() == ErrorCode.NONE.code();
    return group.toBuilder()
        .authorizedOperations(
            operations && isWell ? AuthorizedOperations.GROUP : AuthorizedOperations.NOT_REQUESTED)
        .build();
  }
}
