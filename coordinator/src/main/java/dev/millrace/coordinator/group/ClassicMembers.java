package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.consumer.HeartbeatRound;
import dev.millrace.coordinator.consumer.MemberState;
import dev.millrace.coordinator.consumer.Membership;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.LeaveGroupResponse.MemberResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Members of the classic protocol in a group of the consumer protocol. A generation is the epoch of
 * the one member: it joins when it has to let partitions go, and again to get new ones; it hears
 * from its heartbeats when.
 */
final class ClassicMembers {
  private static final String NO_MEMBER = "";

  private final ConsumerGroups groups;

  ClassicMembers(ConsumerGroups groups) {
    this.groups = groups;
  }

  // JoinGroup

  /**
   * A JoinGroup request.
   *
   * @param newMemberId the id of the member if it has none
   */
  record Join(
      JoinGroupRequest request,
      JoinRules rules,
      String newMemberId,
      Member.Profile profile,
      Answer<JoinGroupResponse> answer) {
    String memberId() {
      return request.memberId().isEmpty() ? newMemberId : request.memberId();
    }

    void refuse(ErrorCode error) {
      answer.give(Rebalances.failedJoin(request.memberId(), error));
    }
  }

  Decision join(ConsumerGroup group, Join join) {
    JoinGroupRequest request = join.request();
    ConsumerProtocolSubscription subscription = subscription(group, join.profile());
    ConsumerMember holder =
        request.groupInstanceId() == null ? null : group.instance(request.groupInstanceId());
    ErrorCode error = check(group, join, holder);
    if (error == ErrorCode.NONE && subscription == null) {
      error = ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }
    if (error != ErrorCode.NONE || subscription == null) {
      boolean named = error == ErrorCode.MEMBER_ID_REQUIRED;
      join.answer().give(Rebalances.failedJoin(named ? join.memberId() : NO_MEMBER, error));
      return Decision.NOTHING;
    }
    Draft draft = new Draft(group);
    ConsumerMember joined = enter(draft, join, subscription, holder);
    if (joined.position().isReconciledTo(draft.group().epochs().group())) {
      groups.migrations().downgradeInPlaceIfDue(draft);
    } else {
      groups.migrations().downgradeIfDue(draft);
    }
    return groups.write(
        draft,
        outcome -> {
          if (outcome == ErrorCode.NONE) {
            welcome(group.id(), join, joined);
          } else {
            join.refuse(outcome);
          }
        });
  }

  /**
   * Takes a member into the draft, and lets it go as far as it can.
   *
   * @param holder who has its group.instance.id until then, null for nobody
   */
  private ConsumerMember enter(
      Draft draft,
      Join join,
      ConsumerProtocolSubscription subscription,
      @Nullable ConsumerMember holder) {
    Membership membership = groups.membership(draft);
    if (holder != null && !holder.id().equals(join.memberId())) {
      membership.replace(holder, join.memberId());
    }
    String instanceId = join.request().groupInstanceId();
    membership.put(join.memberId(), Migrations.profile(join.profile(), instanceId, subscription));
    groups.round(draft).assignIfDue();
    ConsumerMember member = draft.group().member(join.memberId());
    if (member != null) {
      HeartbeatRound.reconcileJoining(
          draft, groups.topics(), member, EmbeddedProtocol.owned(subscription, groups.topics()));
    }
    ConsumerMember joined = draft.group().member(join.memberId());
    if (joined == null) {
      throw new IllegalStateException("member did not join, member=" + join.memberId());
    }
    return joined;
  }

  private ErrorCode check(ConsumerGroup group, Join join, @Nullable ConsumerMember holder) {
    JoinGroupRequest request = join.request();
    boolean known = group.member(request.memberId()) != null || holder != null;
    if (!known && group.members().size() >= groups.settings(group.id()).sizeMax()) {
      return ErrorCode.GROUP_MAX_SIZE_REACHED;
    }
    boolean isNew = request.memberId().isEmpty();
    if (request.groupInstanceId() == null) {
      return isNew && join.rules().memberIdRequired()
          ? ErrorCode.MEMBER_ID_REQUIRED
          : ErrorCode.NONE;
    }
    if (isNew) {
      return ErrorCode.NONE;
    }
    if (holder == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    return holder.id().equals(request.memberId()) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
  }

  /** The subscription, when the member has a protocol in common with the other classic ones. */
  private static @Nullable ConsumerProtocolSubscription subscription(
      ConsumerGroup group, Member.Profile profile) {
    boolean common =
        ClassicGroup.CONSUMER.equals(profile.protocolType())
            && profile.protocols().stream()
                .anyMatch(protocol -> group.supportedByAllClassic(protocol.name()));
    return common ? EmbeddedProtocol.subscription(profile.protocols().getFirst().metadata()) : null;
  }

  private void welcome(String groupId, Join join, ConsumerMember joined) {
    ConsumerGroup now = groups.find(groupId);
    ConsumerMember member = now == null ? null : now.member(joined.id());
    if (member != null) {
      groups.timers(groupId).rebalanced(member.id());
      groups.heardOf(groupId, member);
      // it has to fetch its assignment
      groups.joinAgain(groupId, member);
    }
    List<JoinGroupRequestProtocol> protocols = join.profile().protocols();
    join.answer()
        .give(
            JoinGroupResponse.builder()
                .memberId(joined.id())
                .generationId(joined.position().epoch())
                .protocolType(ClassicGroup.CONSUMER)
                .protocolName(protocols.getFirst().name())
                .leader(NO_MEMBER)
                .build());
  }

  // SyncGroup

  Decision sync(ConsumerGroup group, SyncGroupRequest request, Answer<SyncGroupResponse> answer) {
    ConsumerMember member = group.member(request.memberId());
    ErrorCode error = identity(group, request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE || member == null) {
      answer.give(Rebalances.failedSync(error));
      return Decision.NOTHING;
    }
    ClassicProtocol protocol = firstProtocol(member);
    error = checkSync(group, member, protocol.name(), request);
    if (error != ErrorCode.NONE) {
      answer.give(Rebalances.failedSync(error));
      return Decision.NOTHING;
    }
    groups.timers(group.id()).rebalanced(member.id());
    groups.heardOf(group.id(), member);
    Bytes assignment =
        EmbeddedProtocol.assignment(
            member.position().assigned(), groups.topics(), protocol.metadata());
    answer.give(
        SyncGroupResponse.builder()
            .protocolType(ClassicGroup.CONSUMER)
            .protocolName(protocol.name())
            .assignment(assignment)
            .build());
    return Decision.NOTHING;
  }

  private ErrorCode checkSync(
      ConsumerGroup group, ConsumerMember member, String protocol, SyncGroupRequest request) {
    if (request.generationId() != member.position().epoch()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    String type = request.protocolType();
    String name = request.protocolName();
    if ((type != null && !type.equals(ClassicGroup.CONSUMER))
        || (name != null && !name.equals(protocol))) {
      return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }
    boolean outdated =
        member.position().epoch() < group.epochs().assignment()
            && member.position().state() != MemberState.UNREVOKED_PARTITIONS;
    if (outdated) {
      groups.joinAgain(group.id(), member);
      return ErrorCode.REBALANCE_IN_PROGRESS;
    }
    return ErrorCode.NONE;
  }

  // Heartbeat

  ErrorCode heartbeat(ConsumerGroup group, HeartbeatRequest request) {
    ConsumerMember member = group.member(request.memberId());
    ErrorCode error = identity(group, request.memberId(), request.groupInstanceId());
    if (error != ErrorCode.NONE || member == null) {
      return error;
    }
    if (request.generationId() != member.position().epoch()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    groups.heardOf(group.id(), member);
    if (mustJoin(group, member)) {
      groups.joinAgain(group.id(), member);
      return ErrorCode.REBALANCE_IN_PROGRESS;
    }
    return ErrorCode.NONE;
  }

  /** Joining again helps only once there is a newer target. */
  private static boolean mustJoin(ConsumerGroup group, ConsumerMember member) {
    return member.position().epoch() < group.epochs().assignment()
        || switch (member.position().state()) {
          case STABLE -> false;
          case UNREVOKED_PARTITIONS, UNKNOWN -> true;
          case UNRELEASED_PARTITIONS -> group.hasFreeFor(member);
        };
  }

  // LeaveGroup

  /**
   * Members of either protocol leave: their clients say it for themselves, or an administrator for
   * them, who may name a static member alone. Each answer repeats what was asked.
   */
  Decision leave(
      ConsumerGroup group, LeaveGroupRequest request, Answer<LeaveGroupResponse> answer) {
    Set<String> leaving = new LinkedHashSet<>();
    List<MemberResponse> members = new ArrayList<>(request.members().size());
    for (MemberIdentity identity : request.members()) {
      ConsumerMember member = leaver(group, identity);
      ErrorCode error = ErrorCode.NONE;
      if (member == null) {
        error = ErrorCode.UNKNOWN_MEMBER_ID;
      } else if (!identity.memberId().isEmpty() && !identity.memberId().equals(member.id())) {
        error = ErrorCode.FENCED_INSTANCE_ID;
      } else {
        leaving.add(member.id());
      }
      members.add(
          MemberResponse.builder()
              .memberId(identity.memberId())
              .groupInstanceId(identity.groupInstanceId())
              .errorCode(error)
              .build());
    }
    Draft draft = new Draft(group);
    groups.membership(draft).remove(List.copyOf(leaving));
    groups.migrations().downgradeIfDue(draft);
    LeaveGroupResponse response = LeaveGroupResponse.builder().members(members).build();
    return groups.write(
        draft,
        error ->
            answer.give(
                error == ErrorCode.NONE
                    ? response
                    : LeaveGroupResponse.builder().errorCode(error).build()));
  }

  private static @Nullable ConsumerMember leaver(ConsumerGroup group, MemberIdentity identity) {
    String instanceId = identity.groupInstanceId();
    return instanceId == null ? group.member(identity.memberId()) : group.instance(instanceId);
  }

  /** Whether a request may speak for a classic member. */
  private static ErrorCode identity(
      ConsumerGroup group, String memberId, @Nullable String instanceId) {
    ConsumerMember member =
        instanceId == null ? group.member(memberId) : group.instance(instanceId);
    if (member == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    if (!member.id().equals(memberId)) {
      return ErrorCode.FENCED_INSTANCE_ID;
    }
    return member.isClassic() ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
  }

  private static ClassicProtocol firstProtocol(ConsumerMember member) {
    ClassicMemberMetadata said = member.classic();
    if (said == null || said.supportedProtocols().isEmpty()) {
      throw new IllegalStateException("classic member has no protocol, member=" + member.id());
    }
    return said.supportedProtocols().getFirst();
  }
}
