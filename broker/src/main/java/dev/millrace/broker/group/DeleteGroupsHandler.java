package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteGroupsRequest;
import dev.millrace.wire.message.DeleteGroupsResponse;
import dev.millrace.wire.message.DeleteGroupsResponse.DeletableGroupResult;
import java.util.ArrayList;
import java.util.List;

/**
 * DeleteGroups (42), versions 0–2: empty groups go with all their offsets. A group that is named
 * twice is deleted once and answered once.
 */
final class DeleteGroupsHandler implements Handler<DeleteGroupsRequest> {
  private final GroupCoordinator coordinator;

  DeleteGroupsHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_GROUPS;
  }

  @Override
  public void handle(Call call, DeleteGroupsRequest request) {
    List<String> groups = request.groupsNames().stream().distinct().toList();
    call.holdNext();
    coordinator.delete(groups, errors -> call.answer(response(groups, errors)));
  }

  private static DeleteGroupsResponse response(List<String> groups, List<ErrorCode> errors) {
    List<DeletableGroupResult> results = new ArrayList<>(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      results.add(
          DeletableGroupResult.builder().groupId(groups.get(i)).errorCode(errors.get(i)).build());
    }
    return DeleteGroupsResponse.builder().results(results).build();
  }
}
