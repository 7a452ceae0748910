package dev.millrace.broker.group;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeGroupsRequest;
import dev.millrace.wire.message.DescribeGroupsResponse;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;

/**
 * DescribeGroups (15), versions 0–6: classic groups with their members.
 *
 * <ul>
 *   <li>3: what the client may do with a group (KIP-430)
 *   <li>4: static members (KIP-345)
 *   <li>6: a group that is not there has an error; before, it is in state Dead without one
 * </ul>
 */
final class DescribeGroupsHandler implements Handler<DescribeGroupsRequest> {
  private static final short NOT_FOUND_SINCE = 6;
  private static final short OPERATIONS_SINCE = 3;

  private final GroupCoordinator coordinator;

  DescribeGroupsHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_GROUPS;
  }

  @Override
  public void handle(Call call, DescribeGroupsRequest request) {
    boolean operations =
        call.version() >= OPERATIONS_SINCE && request.includeAuthorizedOperations();
    coordinator.describe(
        request.groups(),
        groups ->
            call.answer(
                DescribeGroupsResponse.builder()
                    .groups(
                        groups.stream()
                            .map(group -> fit(group, call.version(), operations))
                            .toList())
                    .build()));
  }

  private static DescribedGroup fit(DescribedGroup group, short version, boolean operations) {
    DescribedGroup.Builder fitted = group.toBuilder();
    boolean isMissing = group.errorCode() == ErrorCode.GROUP_ID_NOT_FOUND.code();
    boolean isWell = group.errorCode() == ErrorCode.NONE.code();
    if (isMissing && version < NOT_FOUND_SINCE) {
      fitted.errorCode(ErrorCode.NONE).errorMessage(null);
      isWell = true;
    }
    return fitted
        .authorizedOperations(
            operations && isWell ? AuthorizedOperations.GROUP : AuthorizedOperations.NOT_REQUESTED)
        .build();
  }
}
