package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;

/**
 * ListGroups (16), versions 0–5: the groups whose coordinator is this node.
 *
 * <ul>
 *   <li>4: states, and a filter for them (KIP-518)
 *   <li>5: types, and a filter for them (KIP-848)
 * </ul>
 */
final class ListGroupsHandler implements Handler<ListGroupsRequest> {
  private final GroupCoordinator coordinator;

  ListGroupsHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LIST_GROUPS;
  }

  @Override
  public void handle(Call call, ListGroupsRequest request) {
    coordinator.list(
        request.statesFilter(),
        request.typesFilter(),
        listing ->
            call.answer(
                ListGroupsResponse.builder()
                    .errorCode(listing.error())
                    .groups(listing.groups())
                    .build()));
  }
}
