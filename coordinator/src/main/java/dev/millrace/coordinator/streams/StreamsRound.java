package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue.Endpoint;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue.KeyValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.Status;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.TaskIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats of one group that are decided together: first all that they say is taken in, then the
 * group gets one new epoch and one new assignment if it needs them, then each member goes as far as
 * it can. What members are told beside their tasks, {@link StreamsReply} adds once the records are
 * committed.
 */
public final class StreamsRound {
  /** The epoch of members that wait for the group's first assignment. */
  private static final int WAITING_EPOCH = 1;

  private final StreamsDraft draft;
  private final StreamsSettings settings;
  private final TaskClaims claims;
  private final boolean delayed;
  private final long nowMs;
  private final StreamsMembership membership;
  private final List<Turn> turns = new ArrayList<>();
  private @Nullable String shutdownBy;

  /**
   * A heartbeat.
   *
   * @param before what its member had
   * @param behind whether its member speaks of an epoch that it has left: it has not heard of its
   *     last answer, or says the same again
   * @param done its answer if that is known already
   */
  private record Turn(
      StreamsBeat beat,
      Assigned before,
      boolean behind,
      @Nullable StreamsGroupHeartbeatResponse done) {}

  /**
   * @param claims of the group's members
   * @param delayed whether the group's first assignment waits for more members
   * @param nowMs wall-clock time
   */
  public StreamsRound(
      StreamsDraft draft,
      StreamsSettings settings,
      StreamsMembership.Layouts layouts,
      TaskClaims claims,
      boolean delayed,
      long nowMs) {
    this.draft = draft;
    this.settings = settings;
    this.claims = claims;
    this.delayed = delayed;
    this.nowMs = nowMs;
    this.membership = new StreamsMembership(draft, settings, layouts);
  }

  /** The member that has asked the application to end, or null. */
  public @Nullable String shutdownBy() {
    return shutdownBy;
  }

  /** Takes in what a heartbeat says. */
  public void take(StreamsBeat beat) {
    Refusal refusal = check(beat);
    if (refusal != null) {
      turns.add(new Turn(beat, Assigned.NONE, false, refused(refusal)));
    } else if (beat.leaves()) {
      leave(beat);
      turns.add(new Turn(beat, Assigned.NONE, false, left(beat)));
    } else {
      StreamsMember member = draft.group().member(beat.memberId());
      boolean behind = member != null && member.position().epoch() > beat.request().memberEpoch();
      turns.add(new Turn(beat, enter(beat), behind, null));
      if (beat.request().shutdownApplication() && shutdownBy == null) {
        shutdownBy = beat.memberId();
      }
    }
  }

  /** Settles everything; the replies are in the order of the heartbeats. */
  public List<StreamsReply> finish() {
    membership.settle();
    assignIfDue();
    List<StreamsReply> replies = new ArrayList<>(turns.size());
    for (Turn turn : turns) {
      StreamsGroupHeartbeatResponse done = turn.done();
      replies.add(new StreamsReply(turn.beat(), done == null ? settle(turn) : done));
    }
    return replies;
  }

  /** Looks whether the topics of the group are others now. */
  public void refresh() {
    membership.settle();
    assignIfDue();
  }

  private void assignIfDue() {
    StreamsGroup group = draft.group();
    Layout layout = membership.layout();
    if (layout != null
        && !delayed
        && !group.members().isEmpty()
        && TaskAssigning.isNeeded(group)
        && TaskAssigning.waitMs(group, settings, nowMs) == 0) {
      TaskAssigning.assign(draft, layout, settings, nowMs);
    }
  }

  /** How long the next assignment of a group has to wait, or −1 when it needs none. */
  public static long assignmentWaitMs(StreamsGroup group, StreamsSettings settings, long nowMs) {
    return TaskAssigning.isNeeded(group) && !group.members().isEmpty()
        ? TaskAssigning.waitMs(group, settings, nowMs)
        : -1;
  }

  // Taking in

  private @Nullable Refusal check(StreamsBeat beat) {
    Refusal refusal = StreamsChecks.request(beat);
    if (refusal != null) {
      return refusal;
    }
    StreamsGroup group = draft.group();
    if (beat.joins()) {
      refusal = StreamsChecks.room(group, beat, settings);
      refusal = refusal == null ? StreamsChecks.released(group, beat) : refusal;
      return refusal == null ? topologyFits(group, beat) : refusal;
    }
    refusal = StreamsChecks.identity(group, beat);
    StreamsMember member = group.member(beat.memberId());
    if (refusal != null || member == null || beat.leaves()) {
      return refusal;
    }
    refusal = StreamsChecks.epoch(member, beat);
    Layout layout = membership.layout();
    return refusal != null || layout == null ? refusal : StreamsChecks.tasks(layout, beat);
  }

  /** Members of one epoch of the topology must agree; nobody changes that of others at work. */
  private static @Nullable Refusal topologyFits(StreamsGroup group, StreamsBeat beat) {
    Topology own = said(beat);
    Topology known = group.topology();
    boolean fits =
        known == null
            || group.members().isEmpty()
            || known.epoch() > own.epoch()
            || known.equals(own);
    return fits
        ? null
        : new Refusal(ErrorCode.INVALID_REQUEST, "Topology updates are not supported yet.");
  }

  private static Topology said(StreamsBeat beat) {
    StreamsGroupHeartbeatRequest.Topology said = beat.request().topology();
    if (said == null) {
      throw new IllegalStateException("who joins has a topology, member=" + beat.memberId());
    }
    return new Topology(Topology.said(said));
  }

  private void leave(StreamsBeat beat) {
    StreamsMember member = draft.group().member(beat.memberId());
    if (member != null && beat.request().memberEpoch() == StreamsBeat.LEAVE_FOR_NOW) {
      membership.leaveForNow(member);
    } else {
      membership.remove(beat.memberId());
    }
  }

  /** Adds or changes the member; returns what it had. */
  private Assigned enter(StreamsBeat beat) {
    String memberId = beat.memberId();
    if (beat.joins()) {
      Topology own = said(beat);
      Topology known = draft.group().topology();
      if (known == null || (draft.group().members().isEmpty() && !known.equals(own))) {
        membership.topology(own);
      }
      String instanceId = beat.request().instanceId();
      StreamsMember holder = instanceId == null ? null : draft.group().instance(instanceId);
      if (holder != null && (holder.isAway() || !holder.id().equals(memberId))) {
        membership.replace(holder, memberId);
      } else {
        membership.restart(memberId);
      }
    }
    StreamsMember before = draft.group().member(memberId);
    membership.put(memberId, profile(beat, before));
    return before == null ? Assigned.NONE : before.position().assigned();
  }

  /** What the member said before, with what it says now. Who joins says everything. */
  private static StreamsGroupMemberMetadataValue profile(
      StreamsBeat beat, @Nullable StreamsMember before) {
    StreamsGroupHeartbeatRequest request = beat.request();
    StreamsGroupMemberMetadataValue old =
        before == null || beat.joins() ? StreamsMember.SILENT : before.profile();
    StreamsGroupMemberMetadataValue.Builder profile =
        old.toBuilder().clientId(beat.clientId()).clientHost(beat.clientHost());
    if (request.instanceId() != null) {
      profile.instanceId(request.instanceId());
    }
    if (request.rackId() != null) {
      profile.rackId(request.rackId());
    }
    if (request.rebalanceTimeoutMs() != StreamsBeat.UNCHANGED) {
      profile.rebalanceTimeoutMs(request.rebalanceTimeoutMs());
    }
    StreamsGroupHeartbeatRequest.Topology topology = request.topology();
    if (topology != null) {
      profile.topologyEpoch(topology.epoch());
    }
    String processId = request.processId();
    if (processId != null) {
      profile.processId(processId);
    }
    StreamsGroupHeartbeatRequest.Endpoint endpoint = request.userEndpoint();
    if (endpoint != null) {
      profile.userEndpoint(new Endpoint(endpoint.host(), endpoint.port()));
    }
    List<StreamsGroupHeartbeatRequest.KeyValue> tags = request.clientTags();
    if (tags != null) {
      profile.clientTags(
          tags.stream()
              .map(tag -> new KeyValue(tag.key(), tag.value()))
              .sorted(Comparator.comparing(KeyValue::key))
              .toList());
    }
    return profile.build();
  }

  // Settling

  private StreamsGroupHeartbeatResponse settle(Turn turn) {
    StreamsBeat beat = turn.beat();
    StreamsGroup group = draft.group();
    StreamsMember member = group.member(beat.memberId());
    if (member == null) {
      return refused(StreamsChecks.unknown(group, beat));
    }
    Assigned owned = beat.owned();
    Position position = reconcile(member, claims.of(member, beat));
    if (position == null) {
      return refused(
          new Refusal(
              ErrorCode.FENCED_MEMBER_EPOCH,
              "state of the member is not known to this release, join again, member="
                  + member.id()));
    }
    // who says that it has something else has not heard of what it is to have
    boolean tell =
        beat.joins()
            || turn.behind()
            || !position.assigned().equals(turn.before())
            || (owned != null && !position.assigned().equals(owned));
    return StreamsGroupHeartbeatResponse.builder()
        .memberId(member.id())
        .memberEpoch(position.epoch())
        .heartbeatIntervalMs(settings.heartbeatIntervalMs())
        .status(statuses(member))
        .activeTasks(tell ? list(position.assigned().active()) : null)
        .standbyTasks(tell ? list(position.assigned().standby()) : null)
        .warmupTasks(tell ? list(position.assigned().warmup()) : null)
        .build();
  }

  /** Takes a member as near to its target as it can get now; null when it has to be fenced. */
  private @Nullable Position reconcile(StreamsMember member, TaskClaims.Claim claim) {
    StreamsGroup group = draft.group();
    int targetEpoch = Math.max(WAITING_EPOCH, group.epochs().assignment());
    Position next =
        new TaskReconciliation(group, member, targetEpoch, group.target(member.id()), claim).next();
    if (next != null && !next.equals(member.position())) {
      draft.position(member.id(), next);
    }
    return next;
  }

  private List<Status> statuses(StreamsMember member) {
    StreamsGroup group = draft.group();
    List<Status> statuses = new ArrayList<>();
    Topology topology = group.topology();
    int own = member.profile().topologyEpoch();
    if (topology != null && own < topology.epoch()) {
      statuses.add(
          GroupStatus.STALE_TOPOLOGY.saying(
              "The member's topology epoch "
                  + own
                  + " is behind the group's topology epoch "
                  + topology.epoch()
                  + "."));
    }
    if (TaskAssigning.isNeeded(group)) {
      statuses.add(
          GroupStatus.ASSIGNMENT_DELAYED.saying(
              delayed
                  ? "Assignment delayed due to the configured initial rebalance delay."
                  : "Assignment delayed due to the configured assignment interval."));
    }
    Layout layout = membership.layout();
    Layout.Obstacle obstacle = layout == null ? null : layout.obstacle();
    if (obstacle != null) {
      statuses.add(obstacle.status().saying(obstacle.detail()));
    }
    return statuses;
  }

  private static List<TaskIds> list(Tasks tasks) {
    List<TaskIds> ids = new ArrayList<>();
    for (String subtopology : tasks.subtopologies()) {
      ids.add(new TaskIds(subtopology, List.copyOf(tasks.of(subtopology))));
    }
    return ids;
  }

  private static StreamsGroupHeartbeatResponse left(StreamsBeat beat) {
    return StreamsGroupHeartbeatResponse.builder()
        .memberId(beat.memberId())
        .memberEpoch(beat.request().memberEpoch())
        .status(List.of())
        .build();
  }

  public static StreamsGroupHeartbeatResponse refused(Refusal refusal) {
    return StreamsGroupHeartbeatResponse.builder()
        .errorCode(refusal.error())
        .errorMessage(refusal.message())
        .build();
  }
}
