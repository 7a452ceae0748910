package dev.millrace.broker.group;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.StreamsGroupFront;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.StreamsGroupDescribeRequest;
import dev.millrace.wire.message.StreamsGroupDescribeResponse;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import java.util.List;

/**
 * StreamsGroupDescribe (89), versions 0–1: streams groups with their topologies and members
 * (KIP-1071).
 *
 * <ul>
 *   <li>1: the assignor (KIP-1357), and a description of the topology (KIP-1331), of which there is
 *       none here
 * </ul>
 */
final class StreamsGroupDescribeHandler implements Handler<StreamsGroupDescribeRequest> {
  private static final byte DESCRIPTION_NOT_STORED = 1;
  private static final short DESCRIPTION_SINCE = 1;

  private final Node node;
  private final StreamsGroupFront groups;

  StreamsGroupDescribeHandler(Node node, StreamsGroupFront groups) {
    this.node = node;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.STREAMS_GROUP_DESCRIBE;
  }

  @Override
  public void handle(Call call, StreamsGroupDescribeRequest request) {
    if (!ClusterStreamsRules.areOn(node)) {
      call.answer(
          new StreamsGroupDescribeResponse(
              0, request.groupIds().stream().map(this::unsupported).toList()));
      return;
    }
    boolean description =
        call.version() >= DESCRIPTION_SINCE && request.includeTopologyDescription();
    groups.describe(
        request.groupIds(),
        found -> call.answer(response(found, request.includeAuthorizedOperations(), description)));
  }

  private DescribedGroup unsupported(String groupId) {
    return DescribedGroup.builder()
        .groupId(groupId)
        .errorCode(ErrorCode.UNSUPPORTED_VERSION)
        .build();
  }

  private static StreamsGroupDescribeResponse response(
      List<DescribedGroup> groups, boolean operations, boolean description) {
    return StreamsGroupDescribeResponse.builder()
        .groups(groups.stream().map(group -> fit(group, operations, description)).toList())
        .build();
  }

  private static DescribedGroup fit(DescribedGroup group, boolean operations, boolean description) {
    boolean isWell = group.errorCode() == ErrorCode.NONE.code();
    return group.toBuilder()
        .authorizedOperations(
            operations && isWell ? AuthorizedOperations.GROUP : AuthorizedOperations.NOT_REQUESTED)
        .topologyDescriptionStatus(description && isWell ? DESCRIPTION_NOT_STORED : 0)
        .build();
  }
}
