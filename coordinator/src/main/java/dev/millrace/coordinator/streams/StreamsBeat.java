package dev.millrace.coordinator.streams;

import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.TaskIds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A StreamsGroupHeartbeat request and who sent it.
 *
 * @param clientId the client's name for itself
 * @param clientHost its address as tools show it: {@code /127.0.0.1}
 */
public record StreamsBeat(
    StreamsGroupHeartbeatRequest request, String clientId, String clientHost) {
  static final int JOIN = 0;
  static final int LEAVE = -1;

  /** The epoch of a static member that leaves and will be back (KIP-345). */
  static final int LEAVE_FOR_NOW = -2;

  static final int UNCHANGED = -1;

  String memberId() {
    return request.memberId();
  }

  public boolean joins() {
    return request.memberEpoch() == JOIN;
  }

  public boolean leaves() {
    return request.memberEpoch() == LEAVE || request.memberEpoch() == LEAVE_FOR_NOW;
  }

  /** What the member says it has; null when it does not say. */
  @Nullable Assigned owned() {
    List<TaskIds> active = request.activeTasks();
    List<TaskIds> standby = request.standbyTasks();
    List<TaskIds> warmup = request.warmupTasks();
    return active == null || standby == null || warmup == null
        ? null
        : new Assigned(tasks(active), tasks(standby), tasks(warmup));
  }

  private static Tasks tasks(List<TaskIds> ids) {
    Tasks.Builder builder = new Tasks.Builder();
    ids.forEach(each -> builder.addAll(each.subtopologyId(), each.partitions()));
    return builder.build();
  }
}
