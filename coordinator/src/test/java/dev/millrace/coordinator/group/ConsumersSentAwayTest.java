package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static dev.millrace.coordinator.group.GroupWorld.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An administrator takes members of the consumer protocol out, with LeaveGroup. */
class ConsumersSentAwayTest {
  private final GroupWorld world = new GroupWorld();

  private ConsumerGroupHeartbeatResponse beat(
      String memberId, @Nullable String instanceId, int epoch) {
    Later<ConsumerGroupHeartbeatResponse> answer = new Later<>();
    world
        .coordinator()
        .heartbeat(
            ConsumerGroupHeartbeatRequest.builder()
                .groupId(GROUP)
                .memberId(memberId)
                .instanceId(instanceId)
                .memberEpoch(epoch)
                .rebalanceTimeoutMs(1_000)
                .subscribedTopicNames(List.of("t"))
                .topicPartitions(List.of())
                .build(),
            GroupWorld.CLIENT,
            answer);
    world.settle();
    return answer.get();
  }

  private static ErrorCode error(ConsumerGroupHeartbeatResponse response) {
    return GroupWorld.error(response.errorCode());
  }

  private static MemberResponse answered(MemberIdentity asked, ErrorCode error) {
    return MemberResponse.builder()
        .memberId(asked.memberId())
        .groupInstanceId(asked.groupInstanceId())
        .errorCode(error)
        .build();
  }

  @Test
  void membersOfTheConsumerProtocolAreTakenOut() {
    assertThat(error(beat("one", "first", 0))).isEqualTo(ErrorCode.NONE);
    assertThat(error(beat("two", "second", 0))).isEqualTo(ErrorCode.NONE);
    assertThat(error(beat("three", null, 0))).isEqualTo(ErrorCode.NONE);
    MemberIdentity byName = who("", "first");
    MemberIdentity byBoth = who("two", "second");
    MemberIdentity byId = who("three", null);
    LeaveGroupResponse left = world.leave(byName, byBoth, byId);
    assertThat(left.members())
        .containsExactly(
            answered(byName, ErrorCode.NONE),
            answered(byBoth, ErrorCode.NONE),
            answered(byId, ErrorCode.NONE));
    assertThat(error(beat("three", null, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.leave(byName, byId).members())
        .containsExactly(
            answered(byName, ErrorCode.UNKNOWN_MEMBER_ID),
            answered(byId, ErrorCode.UNKNOWN_MEMBER_ID));
  }

  @Test
  void whoHoldsANameIsNotTakenOutForAnother() {
    ConsumerGroupHeartbeatResponse joined = beat("one", "first", 0);
    assertThat(error(joined)).isEqualTo(ErrorCode.NONE);
    MemberIdentity other = who("two", "first");
    assertThat(world.leave(other).members())
        .containsExactly(answered(other, ErrorCode.FENCED_INSTANCE_ID));
    assertThat(error(beat("one", "first", joined.memberEpoch()))).isEqualTo(ErrorCode.NONE);
  }
}
