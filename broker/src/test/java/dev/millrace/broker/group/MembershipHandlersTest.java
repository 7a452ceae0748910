package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static dev.millrace.broker.group.GroupNode.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipHandlersTest {
  private final GroupNode groups = GroupNode.withOffsetsTopic();

  private SyncGroupResponse sync(SyncGroupRequest.Builder request, int version) {
    return groups.node.call(SyncGroupResponse.class, request.build(), version);
  }

  private short heartbeat(String memberId, int generation, int version) {
    HeartbeatRequest request =
        HeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(memberId)
            .generationId(generation)
            .build();
    return groups.node.call(HeartbeatResponse.class, request, version).errorCode();
  }

  private LeaveGroupResponse leave(LeaveGroupRequest.Builder request, int version) {
    return groups.node.call(LeaveGroupResponse.class, request.groupId(GROUP).build(), version);
  }

  @Test
  void oldVersionsJoinAtOnceAndNewOnesGetTheirIdFirst() {
    for (int version = 0; version <= 9; version++) {
      JoinGroupResponse joined = groups.join(joining(""), version);
      if (version >= 4) {
        assertThat(joined.errorCode()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED.code());
        assertThat(joined.protocolName()).isEqualTo(version >= 7 ? null : "");
        joined = groups.join(joining(joined.memberId()), version);
      }
      assertThat(joined.errorCode()).as("version " + version).isZero();
      assertThat(joined.memberId()).startsWith("tester-").isEqualTo(joined.leader());
      assertThat(joined.protocolName()).isEqualTo("range");
      assertThat(joined.protocolType()).isEqualTo(version >= 7 ? "consumer" : null);
      assertThat(joined.members()).hasSize(1);
      LeaveGroupResponse left =
          leave(LeaveGroupRequest.builder().memberId(joined.memberId()), version % 3);
      assertThat(left.errorCode()).isZero();
    }
  }

  @Test
  void errorsOfOldVersionsHaveNoNulls() {
    JoinGroupResponse refused = groups.join(joining("stranger"), 2);
    assertThat(refused.errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
    assertThat(refused.protocolName()).isEmpty();
    assertThat(refused.generationId()).isEqualTo(-1);
    assertThat(groups.join(joining("stranger"), 9).protocolName()).isNull();
  }

  @Test
  void inVersion0TheSessionTimeoutIsTheRebalanceTimeout() {
    JoinGroupResponse first = groups.join(joining(""), 0);
    var second = groups.node.client().send(joining("").build(), 3);
    groups.node.owners().runMs(9_000);
    assertThat(second.frame()).isNull();
    groups.node.owners().runMs(2_000);
    assertThat(second.frame()).isNotNull();
    assertThat(heartbeat(first.memberId(), 1, 0)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
  }

  @Test
  void everyVersionSyncs() {
    String id = groups.join(joining(""), 3).memberId();
    for (int version = 0; version <= 5; version++) {
      SyncGroupRequest.Builder request =
          SyncGroupRequest.builder()
              .groupId(GROUP)
              .memberId(id)
              .generationId(1)
              .assignments(
                  List.of(
                      SyncGroupRequestAssignment.builder()
                          .memberId(id)
                          .assignment(Bytes.utf8("a"))
                          .build()));
      if (version >= 5) {
        assertThat(sync(request, version).errorCode())
            .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
        request.protocolType("consumer").protocolName("range");
      }
      SyncGroupResponse synced = sync(request, version);
      assertThat(synced.errorCode()).isZero();
      assertThat(synced.assignment()).isEqualTo(Bytes.utf8("a"));
      assertThat(synced.protocolName()).isEqualTo(version >= 5 ? "range" : null);
      assertThat(heartbeat(id, 1, Math.min(version, 4))).isZero();
    }
  }

  @Test
  void oneOrSeveralMembersLeave() {
    String id = groups.member();
    for (int version = 0; version <= 2; version++) {
      assertThat(leave(LeaveGroupRequest.builder().memberId("stranger"), version).errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
    }
    for (int version = 3; version <= 5; version++) {
      LeaveGroupResponse response =
          leave(
              LeaveGroupRequest.builder()
                  .members(List.of(MemberIdentity.builder().memberId("stranger").build())),
              version);
      assertThat(response.errorCode()).isZero();
      assertThat(response.members().getFirst().errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
    }
    assertThat(heartbeat(id, 1, 4)).isZero();
    assertThat(leave(LeaveGroupRequest.builder().memberId(id), 1).errorCode()).isZero();
    assertThat(heartbeat(id, 1, 4)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
  }

  @Test
  void staticMembersAreFenced() {
    JoinGroupResponse first = groups.join(joining("").groupInstanceId("name"), 5);
    JoinGroupResponse second = groups.join(joining("").groupInstanceId("name"), 5);
    HeartbeatRequest beat =
        HeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(first.memberId())
            .groupInstanceId("name")
            .generationId(second.generationId())
            .build();
    assertThat(groups.node.call(HeartbeatResponse.class, beat, 4).errorCode())
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID.code());
  }
}
