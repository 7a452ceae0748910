package dev.millrace.broker.group;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ConsumerGroupDescribeRequest;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import java.util.List;

/**
 * ConsumerGroupDescribe (69), versions 0–1: groups of the consumer protocol with their members
 * (KIP-848).
 *
 * <ul>
 *   <li>1: which protocol a member speaks (KIP-1099)
 * </ul>
 */
final class ConsumerGroupDescribeHandler implements Handler<ConsumerGroupDescribeRequest> {
  private final Node node;
  private final GroupCoordinator coordinator;

  ConsumerGroupDescribeHandler(Node node, GroupCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.CONSUMER_GROUP_DESCRIBE;
  }

  @Override
  public void handle(Call call, ConsumerGroupDescribeRequest request) {
    if (!ClusterConsumerRules.areOn(node)) {
      call.answer(
          response(
              request.groupIds().stream().map(ConsumerGroupDescribeHandler::unsupported).toList(),
              false));
      return;
    }
    coordinator.describeConsumers(
        request.groupIds(),
        groups -> call.answer(response(groups, request.includeAuthorizedOperations())));
  }

  private static DescribedGroup unsupported(String groupId) {
    return DescribedGroup.builder()
        .groupId(groupId)
        .errorCode(ErrorCode.UNSUPPORTED_VERSION)
        .build();
  }

  private static ConsumerGroupDescribeResponse response(
      List<DescribedGroup> groups, boolean operations) {
    return ConsumerGroupDescribeResponse.builder()
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
