package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.record.GroupMetadataValue.MemberMetadata;
import dev.millrace.coordinator.streams.StreamsDraft;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JoinGroup: a member comes, comes again, or takes the place of a static one. */
final class Joins implements Command<GroupMachine> {
  private static final String NO_MEMBER = "";

  private final JoinGroupRequest request;
  private final JoinRules rules;
  private final String newMemberId;
  private final Member.Profile profile;
  private final Answer<JoinGroupResponse> answer;

  /**
   * @param newMemberId the id that a new member gets
   */
  Joins(
      JoinGroupRequest request,
      GroupClient client,
      JoinRules rules,
      String newMemberId,
      Answer<JoinGroupResponse> answer) {
    this.request = request;
    this.rules = rules;
    this.newMemberId = newMemberId;
    this.profile =
        new Member.Profile(
            client,
            request.rebalanceTimeoutMs(),
            request.sessionTimeoutMs(),
            request.protocolType(),
            eachNameOnce(request.protocols()));
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    if (machine.shares().find(request.groupId()) != null) {
      return reply(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    if (consumers != null) {
      return consumers.members().isEmpty()
          ? takeOver(machine, consumers)
          : machine
              .classicMembers()
              .join(
                  consumers, new ClassicMembers.Join(request, rules, newMemberId, profile, answer));
    }
    StreamsGroup streams = machine.streams().find(request.groupId());
    if (streams != null) {
      return streams.members().isEmpty()
          ? takeOver(machine, streams)
          : reply(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
    ClassicGroup group = machine.find(request.groupId());
    if (group == null && !isNew()) {
      return reply(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    if (group == null) {
      group = machine.findOrCreate(request.groupId());
    }
    Decision decision = join(machine, group);
    machine.dropIfVoid(group);
    return decision;
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(Rebalances.failedJoin(request.memberId(), error));
  }

  /** An empty group of another protocol makes room for a classic one, and then it is joined. */
  private Decision takeOver(GroupMachine machine, ConsumerGroup consumers) {
    if (!isNew()) {
      return reply(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    Draft draft = new Draft(consumers);
    draft.removeAll();
    return makeRoom(machine, draft.records());
  }

  private Decision takeOver(GroupMachine machine, StreamsGroup streams) {
    if (!isNew()) {
      return reply(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    StreamsDraft draft = new StreamsDraft(streams);
    draft.removeAll();
    return makeRoom(machine, draft.records());
  }

  private Decision makeRoom(GroupMachine machine, List<KeyValue> records) {
    return Decision.write(
        records, Decision.Outcome.of(() -> machine.again(request.groupId(), this), this::refuse));
  }

  private boolean isNew() {
    return request.memberId().isEmpty();
  }

  private Decision join(GroupMachine machine, ClassicGroup group) {
    if (isFull(group, machine.settings().membership().sizeMax())) {
      Member member = group.member(request.memberId());
      answer.give(Rebalances.failedJoin(NO_MEMBER, ErrorCode.GROUP_MAX_SIZE_REACHED));
      if (member == null) {
        group.remove(request.memberId());
      } else {
        machine.rebalances().dismiss(group, member, ErrorCode.GROUP_MAX_SIZE_REACHED);
      }
      return machine.rebalances().completeIfReady(group);
    }
    if (!group.accepts(profile.protocolType(), profile.protocols())) {
      return reply(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
    return isNew() ? joinNew(machine, group) : joinAgain(machine, group);
  }

  /**
   * While members join, those who have count, so that of a group that was made smaller the last
   * ones to join again are sent away.
   */
  private boolean isFull(ClassicGroup group, int sizeMax) {
    Member member = group.member(request.memberId());
    return switch (group.state()) {
      case EMPTY, DEAD -> false;
      case PREPARING_REBALANCE ->
          (member == null || !member.isJoining()) && group.joiningCount() >= sizeMax;
      case COMPLETING_REBALANCE, STABLE -> member == null && group.size() >= sizeMax;
    };
  }

  private Decision joinNew(GroupMachine machine, ClassicGroup group) {
    Member holder = group.instance(request.groupInstanceId());
    if (holder != null) {
      return succeed(machine, group, holder);
    }
    if (request.groupInstanceId() == null && rules.memberIdRequired()) {
      machine.sessions().await(group, newMemberId, request.sessionTimeoutMs());
      answer.give(Rebalances.failedJoin(newMemberId, ErrorCode.MEMBER_ID_REQUIRED));
      return Decision.NOTHING;
    }
    return add(machine, group, newMemberId);
  }

  private Decision joinAgain(GroupMachine machine, ClassicGroup group) {
    String memberId = request.memberId();
    if (group.isPending(memberId) && request.groupInstanceId() == null) {
      return add(machine, group, memberId);
    }
    ErrorCode error = group.check(memberId, request.groupInstanceId());
    Member member = group.member(memberId);
    if (error != ErrorCode.NONE || member == null) {
      return reply(error == ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : error);
    }
    boolean sameMetadata = member.profile().protocols().equals(profile.protocols());
    return switch (group.state()) {
      case PREPARING_REBALANCE -> update(machine, group, member);
      case COMPLETING_REBALANCE ->
          // it did not get the answer to its last request, or it has changed
          sameMetadata ? replyJoined(group, member) : update(machine, group, member);
      case STABLE ->
          // a leader joins again when something changed that members' metadata doesn't show
          sameMetadata && !group.isLeader(memberId)
              ? replyJoined(group, member)
              : update(machine, group, member);
      case EMPTY, DEAD -> reply(ErrorCode.UNKNOWN_MEMBER_ID);
    };
  }

  private Decision add(GroupMachine machine, ClassicGroup group, String memberId) {
    Member member =
        new Member(
            memberId, request.groupInstanceId(), profile, machine.sessions().open(group.id()));
    member.fresh(true);
    if (group.isGathering()) {
      group.newcomerCame();
    }
    group.add(member);
    machine.rebalances().awaitJoin(group, member, answer);
    // who has no id yet can't send heartbeats, so its session lasts longer
    machine.sessions().restart(group, member, machine.settings().membership().newMemberJoinMs());
    return machine.rebalances().prepareOrComplete(group);
  }

  private Decision update(GroupMachine machine, ClassicGroup group, Member member) {
    group.update(member, profile);
    machine.rebalances().awaitJoin(group, member, answer);
    return machine.rebalances().prepareOrComplete(group);
  }

  /** A static member that was restarted takes the place of its predecessor (KIP-345). */
  private Decision succeed(GroupMachine machine, ClassicGroup group, Member holder) {
    if (group.in(GroupState.STABLE) && fits(group, holder)) {
      return succeedSilently(machine, group, holder);
    }
    Member successor = replace(machine, group, holder);
    group.update(successor, profile);
    machine.rebalances().awaitJoin(group, successor, answer);
    return switch (group.state()) {
      // the predecessor may have been sent to the leader already, so the assignment won't fit
      case STABLE, COMPLETING_REBALANCE -> machine.rebalances().prepare(group);
      case PREPARING_REBALANCE -> machine.rebalances().completeIfReady(group);
      case EMPTY, DEAD ->
          throw new IllegalStateException("empty group has a static member, group=" + group.id());
    };
  }

  private Member replace(GroupMachine machine, ClassicGroup group, Member holder) {
    Rebalances rebalances = machine.rebalances();
    rebalances.fence(group, holder);
    Member successor = group.replace(holder, newMemberId, machine.sessions().open(group.id()));
    machine.sessions().restart(group, successor, profile.sessionTimeoutMs());
    return successor;
  }

  /** Whether the current assignment is still right with what the successor says about itself. */
  private boolean fits(ClassicGroup group, Member holder) {
    Member.Profile old = holder.profile();
    group.update(holder, profile);
    String elected = group.electedProtocol();
    group.update(holder, old);
    if (!elected.equals(group.protocol())) {
      return false;
    }
    return !group.usesConsumerProtocol()
        || !Subscriptions.differ(old.metadata(elected), profile.metadata(elected));
  }

  /** The group keeps its generation; only the id of the member changes, once that is written. */
  private Decision succeedSilently(GroupMachine machine, ClassicGroup group, Member holder) {
    String oldLeader = group.leader();
    String leader = group.isLeader(holder.id()) ? newMemberId : oldLeader;
    List<MemberMetadata> members = new ArrayList<>(group.size());
    for (Member member : group.members()) {
      members.add(
          member == holder
              ? GroupRecords.member(group, member, newMemberId, profile, member.assignment())
              : GroupRecords.member(
                  group, member, member.id(), member.profile(), member.assignment()));
    }
    return Decision.write(
        List.of(GroupRecords.group(group, leader, members)),
        Decision.Outcome.of(
            () -> {
              Member successor = group.member(newMemberId);
              if (successor == null) {
                throw new IllegalStateException("successor is missing, member=" + newMemberId);
              }
              group.update(successor, profile);
              machine.sessions().restart(group, successor);
              answer.give(silentlyJoined(group, successor, oldLeader));
            },
            error -> answer.give(Rebalances.failedJoin(NO_MEMBER, error))));
  }

  /**
   * A leader must not assign anew: it is told so (KIP-814), or, where its version has no word for
   * it, that somebody else leads.
   */
  private JoinGroupResponse silentlyJoined(
      ClassicGroup group, Member successor, @Nullable String oldLeader) {
    JoinGroupResponse joined = Rebalances.joined(group, successor);
    if (rules.skipAssignmentKnown()) {
      return joined.toBuilder().skipAssignment(group.isLeader(successor.id())).build();
    }
    return joined.toBuilder()
        .leader(oldLeader == null ? NO_MEMBER : oldLeader)
        .members(List.of())
        .build();
  }

  private Decision replyJoined(ClassicGroup group, Member member) {
    answer.give(Rebalances.joined(group, member));
    return Decision.NOTHING;
  }

  private Decision reply(ErrorCode error) {
    refuse(error);
    return Decision.NOTHING;
  }

  private static List<JoinGroupRequestProtocol> eachNameOnce(
      List<JoinGroupRequestProtocol> protocols) {
    Set<String> names = new HashSet<>();
    return protocols.stream().filter(protocol -> names.add(protocol.name())).toList();
  }
}
