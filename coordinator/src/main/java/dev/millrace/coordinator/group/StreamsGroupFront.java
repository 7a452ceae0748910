package dev.millrace.coordinator.group;

import dev.millrace.coordinator.streams.StreamsBeat;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.util.List;
import java.util.function.Consumer;

/** The requests that concern streams groups. Safe for any thread. */
public final class StreamsGroupFront {
  private final GroupCoordinator coordinator;

  StreamsGroupFront(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** The group id is not empty. */
  public void heartbeat(
      StreamsGroupHeartbeatRequest request,
      GroupClient client,
      Consumer<StreamsGroupHeartbeatResponse> answer) {
    StreamsBeat beat = new StreamsBeat(request, client.clientId(), client.host());
    coordinator.submit(request.groupId(), new StreamsHeartbeats(beat, new Answer<>(answer)));
  }

  /** Describes streams groups, in the order of their ids. */
  public void describe(List<String> groupIds, Consumer<List<DescribedGroup>> answer) {
    Gather<DescribedGroup> gather = new Gather<>(groupIds.size(), answer);
    for (int i = 0; i < groupIds.size(); i++) {
      int index = i;
      String groupId = groupIds.get(i);
      coordinator.read(
          groupId,
          machine -> gather.put(index, StreamsViews.describe(groupId, machine)),
          error -> gather.put(index, StreamsViews.undescribed(groupId, error)));
    }
  }
}
