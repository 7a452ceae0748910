package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Decision;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * How a group gets from one generation to the next.
 *
 * <pre>
 *   Empty --first member--> PreparingRebalance       waits initialRebalanceDelayMs, again for each
 *                                                    newcomer, rebalanceTimeoutMs in all
 *   Stable, CompletingRebalance --change-->
 *                           PreparingRebalance       waits until all have joined, at most
 *                                                    rebalanceTimeoutMs; who has not is out
 *   PreparingRebalance --generation + 1--> CompletingRebalance, or Empty without members
 *   CompletingRebalance --leader's assignment is written--> Stable
 * </pre>
 *
 * Members that do not fetch their assignment within rebalanceTimeoutMs are out, too.
 */
final class Rebalances {
  private static final String NO_MEMBER = "";
  private static final int WRITE_AGAIN_MS = 1_000;

  private final GroupSettings.Membership settings;
  private final Clock clock;
  private final Sessions sessions;

  Rebalances(GroupSettings.Membership settings, Clock clock, Sessions sessions) {
    this.settings = settings;
    this.clock = clock;
    this.sessions = sessions;
  }

  /** Starts a rebalance if none is under way, and completes it if nobody is missing. */
  Decision prepareOrComplete(ClassicGroup group) {
    return group.in(GroupState.PREPARING_REBALANCE) ? completeIfReady(group) : prepare(group);
  }

  Decision prepare(ClassicGroup group) {
    if (group.in(GroupState.COMPLETING_REBALANCE)) {
      failSyncs(group, ErrorCode.REBALANCE_IN_PROGRESS);
    }
    group.syncDeadline().cancel();
    group.prepareRebalance(clock.wallMs());
    group.members().forEach(member -> member.tell(ErrorCode.REBALANCE_IN_PROGRESS));
    if (group.isGathering()) {
      int delayMs = settings.initialRebalanceDelayMs();
      gather(group, delayMs, Math.max(group.rebalanceTimeoutMs() - delayMs, 0));
      return Decision.NOTHING;
    }
    if (group.allJoined()) {
      return complete(group);
    }
    group.rebalanceDeadline().arm(group.rebalanceTimeoutMs(), () -> complete(group));
    return Decision.NOTHING;
  }

  /** Completes the joining if all are there and the group is not new. */
  Decision completeIfReady(ClassicGroup group) {
    boolean ready =
        group.in(GroupState.PREPARING_REBALANCE) && !group.isGathering() && group.allJoined();
    return ready ? complete(group) : Decision.NOTHING;
  }

  /** What follows when members are gone. */
  Decision afterDeparture(ClassicGroup group) {
    return switch (group.state()) {
      case STABLE, COMPLETING_REBALANCE -> prepare(group);
      case PREPARING_REBALANCE -> completeIfReady(group);
      case EMPTY, DEAD -> Decision.NOTHING;
    };
  }

  /** The session of a member ended, or nobody joined with an id that was given out. */
  Decision expire(ClassicGroup group, String memberId) {
    if (group.isPending(memberId)) {
      group.remove(memberId);
      return completeIfReady(group);
    }
    Member member = group.member(memberId);
    if (member == null || member.isSurelyAlive()) {
      return Decision.NOTHING;
    }
    dismiss(group, member, ErrorCode.UNKNOWN_MEMBER_ID);
    return afterDeparture(group);
  }

  /** Takes a member out; requests of it that wait here are answered with {@code error}. */
  void dismiss(ClassicGroup group, Member member, ErrorCode error) {
    answerJoin(group, member, failedJoin(NO_MEMBER, error));
    answerSync(group, member, failedSync(error));
    member.tell(error);
    group.remove(member.id());
  }

  /** Tells the predecessor of a static member that it has been replaced. */
  void fence(ClassicGroup group, Member member) {
    answerJoin(group, member, failedJoin(member.id(), ErrorCode.FENCED_INSTANCE_ID));
    answerSync(group, member, failedSync(ErrorCode.FENCED_INSTANCE_ID));
    member.tell(ErrorCode.FENCED_INSTANCE_ID);
  }

  /** Answers every request that waits here with {@code error}. */
  void answerAll(ClassicGroup group, ErrorCode error) {
    for (Member member : group.members()) {
      answerJoin(group, member, failedJoin(member.id(), error));
      answerSync(group, member, failedSync(error));
      member.tell(error);
    }
  }

  /** Has a member wait for the next generation; a request of it that waited before goes away. */
  void awaitJoin(ClassicGroup group, Member member, Answer<JoinGroupResponse> answer) {
    answerJoin(group, member, failedJoin(member.id(), ErrorCode.REBALANCE_IN_PROGRESS));
    group.awaitJoin(member, answer);
  }

  /** Has a member wait for its assignment; a request of it that waited before goes away. */
  void awaitSync(ClassicGroup group, Member member, Answer<SyncGroupResponse> answer) {
    answerSync(group, member, failedSync(ErrorCode.REBALANCE_IN_PROGRESS));
    group.awaitSync(member, answer);
  }

  void answerJoin(ClassicGroup group, Member member, JoinGroupResponse response) {
    Answer<JoinGroupResponse> waiting = member.joining();
    if (waiting != null) {
      group.awaitJoin(member, null);
      waiting.give(response);
    }
  }

  private boolean answerSync(ClassicGroup group, Member member, SyncGroupResponse response) {
    Answer<SyncGroupResponse> waiting = member.syncing();
    if (waiting == null) {
      return false;
    }
    group.awaitSync(member, null);
    waiting.give(response);
    return true;
  }

  /** The assignment can't be known: all who wait for it hear why, and their sessions go on. */
  void failSyncs(ClassicGroup group, ErrorCode error) {
    for (Member member : group.members()) {
      member.assign(Bytes.EMPTY);
      if (answerSync(group, member, failedSync(error))) {
        sessions.restart(group, member);
      }
    }
  }

  /** The assignment is written: all who wait for it get it. */
  void answerSyncs(ClassicGroup group) {
    for (Member member : group.members()) {
      if (answerSync(group, member, synced(group, member))) {
        sessions.restart(group, member);
      }
    }
  }

  /** The answer to a member that is part of the current generation. */
  static JoinGroupResponse joined(ClassicGroup group, Member member) {
    String leader = group.leader();
    return JoinGroupResponse.builder()
        .generationId(group.generation())
        .protocolType(group.protocolType())
        .protocolName(group.protocol())
        .leader(leader == null ? NO_MEMBER : leader)
        .memberId(member.id())
        .members(group.isLeader(member.id()) ? roster(group) : List.of())
        .build();
  }

  /** All members with their metadata, for the leader. */
  static List<JoinGroupResponse.JoinGroupResponseMember> roster(ClassicGroup group) {
    List<JoinGroupResponse.JoinGroupResponseMember> members = new ArrayList<>(group.size());
    for (Member member : group.members()) {
      members.add(
          JoinGroupResponse.JoinGroupResponseMember.builder()
              .memberId(member.id())
              .groupInstanceId(member.instanceId())
              .metadata(group.metadata(member))
              .build());
    }
    return members;
  }

  static JoinGroupResponse failedJoin(String memberId, ErrorCode error) {
    return JoinGroupResponse.builder()
        .errorCode(error)
        .memberId(memberId)
        .protocolName(null)
        .build();
  }

  static SyncGroupResponse synced(ClassicGroup group, Member member) {
    return SyncGroupResponse.builder()
        .protocolType(group.protocolType())
        .protocolName(group.protocol())
        .assignment(member.assignment())
        .build();
  }

  static SyncGroupResponse failedSync(ErrorCode error) {
    return SyncGroupResponse.builder().errorCode(error).build();
  }

  /** Waits for members of a new group: as long as some come, up to the time that is left. */
  private void gather(ClassicGroup group, int delayMs, int leftMs) {
    group
        .rebalanceDeadline()
        .arm(
            delayMs,
            () -> {
              if (!group.takeNewcomer() || leftMs == 0) {
                return complete(group);
              }
              gather(
                  group,
                  Math.min(settings.initialRebalanceDelayMs(), leftMs),
                  Math.max(leftMs - delayMs, 0));
              return Decision.NOTHING;
            });
  }

  /** Joining is over: the next generation begins with those who are there. */
  private Decision complete(ClassicGroup group) {
    group.rebalanceDeadline().cancel();
    for (Member member : List.copyOf(group.members())) {
      if (!member.isJoining() && !member.isStatic()) {
        group.remove(member.id());
      }
    }
    if (group.size() > 0 && !group.electJoinedLeader()) {
      // static members only, none of which came: wait for them or for the end of their sessions
      group.rebalanceDeadline().arm(group.rebalanceTimeoutMs(), () -> complete(group));
      return Decision.NOTHING;
    }
    group.beginGeneration(clock.wallMs());
    if (group.in(GroupState.EMPTY)) {
      return writeEmpty(group, group.generation());
    }
    for (Member member : group.members()) {
      answerJoin(group, member, joined(group, member));
      sessions.restart(group, member);
      member.fresh(false);
    }
    int generation = group.generation();
    group.syncDeadline().arm(group.rebalanceTimeoutMs(), () -> syncsMissing(group, generation));
    return Decision.NOTHING;
  }

  /**
   * Writes that nobody is left. Until that succeeds a successor finds the last complete generation,
   * whose members are gone, so it is tried as long as nobody comes. A group that was never written
   * leaves nothing to be found.
   */
  private Decision writeEmpty(ClassicGroup group, int generation) {
    if (!group.in(GroupState.EMPTY) || group.generation() != generation) {
      return Decision.NOTHING;
    }
    return Decision.write(
        List.of(GroupRecords.group(group, _ -> Bytes.EMPTY)),
        error -> {
          if (error != ErrorCode.NONE
              && group.isStored()
              && group.in(GroupState.EMPTY)
              && group.generation() == generation) {
            group.rebalanceDeadline().arm(WRITE_AGAIN_MS, () -> writeEmpty(group, generation));
          }
        });
  }

  private Decision syncsMissing(ClassicGroup group, int generation) {
    boolean current =
        group.generation() == generation
            && (group.in(GroupState.COMPLETING_REBALANCE) || group.in(GroupState.STABLE));
    if (!current || group.unsynced().isEmpty()) {
      return Decision.NOTHING;
    }
    List.copyOf(group.unsynced()).forEach(group::remove);
    return prepare(group);
  }
}
