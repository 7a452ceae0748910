package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.sharegroup.ShareBeat;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.sharegroup.ShareMembership;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The requests that concern share groups. Safe for any thread. */
public final class ShareGroupFront {
  private final GroupCoordinator coordinator;
  private final ShareGroupRules rules;

  ShareGroupFront(GroupCoordinator coordinator, ShareGroupRules rules) {
    this.coordinator = coordinator;
    this.rules = rules;
  }

  public void heartbeat(
      ShareGroupHeartbeatRequest request,
      GroupClient client,
      Consumer<ShareGroupHeartbeatResponse> answer) {
    Refusal refusal = ShareMembership.check(request);
    if (refusal != null) {
      answer.accept(ShareMembership.refused(refusal));
      return;
    }
    ShareBeat beat = new ShareBeat(request, client.clientId(), client.host());
    coordinator.submit(request.groupId(), new ShareHeartbeats(beat, new Answer<>(answer)));
  }

  /** Describes share groups, in the order of their ids. */
  public void describe(List<String> groupIds, Consumer<List<DescribedGroup>> answer) {
    Gather<DescribedGroup> gather = new Gather<>(groupIds.size(), answer);
    for (int i = 0; i < groupIds.size(); i++) {
      int index = i;
      String groupId = groupIds.get(i);
      if (groupId.isEmpty()) {
        gather.put(index, ShareViews.undescribed(groupId, ErrorCode.INVALID_GROUP_ID));
        continue;
      }
      coordinator.read(
          groupId,
          machine -> gather.put(index, ShareViews.describe(groupId, machine, rules.topics())),
          error -> gather.put(index, ShareViews.undescribed(groupId, error)));
    }
  }

  /**
   * The partitions that a group has states of.
   *
   * @param error {@link ErrorCode#GROUP_ID_NOT_FOUND} when there is no such group
   */
  public record Read(ErrorCode error, Partitions partitions) {}

  /** Which partitions a group reads. */
  public void read(String groupId, Consumer<Read> answer) {
    coordinator.read(
        groupId,
        machine -> {
          ShareGroup group = machine.shares().find(groupId);
          answer.accept(
              group == null
                  ? new Read(ErrorCode.GROUP_ID_NOT_FOUND, Partitions.NONE)
                  : new Read(ErrorCode.NONE, group.states().initialized()));
        },
        error -> answer.accept(new Read(error, Partitions.NONE)));
  }

  /**
   * What became of a change of offsets.
   *
   * @param error of the request as a whole
   * @param results by partition; of a deletion by topic, with partition -1
   */
  public record Changed(ErrorCode error, Map<ShareKey, ErrorCode> results) {
    static Changed refused(ErrorCode error) {
      return new Changed(error, Map.of());
    }
  }

  /** Sets where a group that nobody is in goes on. */
  public void alter(String groupId, Map<ShareKey, Long> starts, Consumer<Changed> answer) {
    Answer<Changed> once = new Answer<>(answer);
    coordinator.submit(groupId, new ShareOffsets.Alter(groupId, starts, once::give));
  }

  /** Has a group that nobody is in forget topics. */
  public void deleteOffsets(String groupId, List<Uuid> topics, Consumer<Changed> answer) {
    Answer<Changed> once = new Answer<>(answer);
    coordinator.submit(groupId, new ShareOffsets.Delete(groupId, topics, once::give));
  }
}
