package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats of one group that are decided together: first all that they say is taken in, then the
 * group gets one new assignment if it needs one, then each member goes as far as it can. Ten
 * thousand members that join at once cost a few assignments.
 */
public final class HeartbeatRound {
  private final Draft draft;
  private final ConsumerSettings settings;
  private final TopicCatalog catalog;
  private final long nowMs;
  private final Membership membership;
  private final Claims claims;
  private final List<Turn> turns = new ArrayList<>();

  /**
   * The answer to one heartbeat.
   *
   * @param memberId whose session starts anew
   */
  public record Reply(String memberId, ConsumerGroupHeartbeatResponse response) {
    public boolean isWell() {
      return response.errorCode() == ErrorCode.NONE.code();
    }
  }

  /**
   * A heartbeat.
   *
   * @param before what its member had
   * @param behind whether its member speaks of an epoch that it has left: it has not heard of its
   *     last answer, or says the same again
   * @param done its answer if that is known already
   */
  private record Turn(
      Beat beat, Holdings before, boolean behind, @Nullable ConsumerGroupHeartbeatResponse done) {}

  /**
   * @param claims of the group's members
   * @param nowMs wall-clock time
   */
  public HeartbeatRound(
      Draft draft, ConsumerSettings settings, TopicCatalog catalog, Claims claims, long nowMs) {
    this.draft = draft;
    this.settings = settings;
    this.catalog = catalog;
    this.claims = claims;
    this.nowMs = nowMs;
    this.membership = new Membership(draft, catalog, nowMs);
  }

  /** Takes in what a heartbeat says. */
  public void take(Beat beat) {
    Refusal refusal = check(beat);
    if (refusal != null) {
      turns.add(new Turn(beat, Holdings.NONE, false, refused(refusal)));
    } else if (beat.leaves()) {
      leave(beat);
      turns.add(new Turn(beat, Holdings.NONE, false, left(beat)));
    } else {
      ConsumerMember member = draft.group().member(beat.memberId());
      boolean behind = member != null && member.position().epoch() > beat.request().memberEpoch();
      turns.add(new Turn(beat, enter(beat), behind, null));
    }
  }

  /** Settles everything; the replies are in the order of the heartbeats. */
  public List<Reply> finish() {
    assignIfDue();
    List<Reply> replies = new ArrayList<>(turns.size());
    for (Turn turn : turns) {
      replies.add(
          new Reply(turn.beat().memberId(), turn.done() == null ? settle(turn) : turn.done()));
    }
    return replies;
  }

  /** Gives the group new targets if they are too old and it is time. */
  public void assignIfDue() {
    ConsumerGroup group = draft.group();
    if (Assigning.isNeeded(group) && Assigning.waitMs(group, settings, nowMs) == 0) {
      Assigning.assign(draft, settings, catalog, nowMs);
    }
  }

  /** How long the next assignment of a group has to wait, or −1 when it needs none. */
  public static long assignmentWaitMs(ConsumerGroup group, ConsumerSettings settings, long nowMs) {
    return Assigning.isNeeded(group) ? Assigning.waitMs(group, settings, nowMs) : -1;
  }

  // Taking in

  private @Nullable Refusal check(Beat beat) {
    Refusal refusal = BeatChecks.request(beat, settings);
    if (refusal != null) {
      return refusal;
    }
    ConsumerGroup group = draft.group();
    if (beat.joins()) {
      String instanceId = beat.request().instanceId();
      ConsumerMember holder = instanceId == null ? null : group.instance(instanceId);
      refusal = BeatChecks.room(group, beat, settings);
      return refusal != null || holder == null ? refusal : BeatChecks.released(holder, beat);
    }
    refusal = BeatChecks.identity(group, beat);
    ConsumerMember member = group.member(beat.memberId());
    if (refusal != null || member == null || beat.leaves()) {
      return refusal;
    }
    return BeatChecks.epoch(member, beat.request());
  }

  private void leave(Beat beat) {
    ConsumerMember member = draft.group().member(beat.memberId());
    if (member != null && beat.request().memberEpoch() == Beat.LEAVE_FOR_NOW) {
      membership.leaveForNow(member);
    } else {
      membership.remove(List.of(beat.memberId()));
    }
  }

  /** Adds or changes the member; returns what it had. */
  private Holdings enter(Beat beat) {
    String memberId = beat.memberId();
    String instanceId = beat.request().instanceId();
    ConsumerMember holder = instanceId == null ? null : draft.group().instance(instanceId);
    if (beat.joins() && holder != null && (holder.isAway() || !holder.id().equals(memberId))) {
      membership.replace(holder, memberId);
    }
    ConsumerMember before = draft.group().member(memberId);
    membership.put(memberId, profile(beat, before));
    return before == null ? Holdings.NONE : before.position().assigned();
  }

  /** What the member said before, with what it says now. Who joins says everything. */
  private static ConsumerGroupMemberMetadataValue profile(
      Beat beat, @Nullable ConsumerMember before) {
    ConsumerGroupHeartbeatRequest request = beat.request();
    ConsumerGroupMemberMetadataValue old =
        before == null || beat.joins() ? ConsumerMember.SILENT : before.profile();
    List<String> names = request.subscribedTopicNames();
    return ConsumerMember.SILENT.toBuilder()
        .instanceId(request.instanceId() == null ? old.instanceId() : request.instanceId())
        .rackId(request.rackId() == null ? old.rackId() : request.rackId())
        .clientId(beat.clientId())
        .clientHost(beat.clientHost())
        .subscribedTopicNames(
            names == null
                ? old.subscribedTopicNames()
                : names.stream().distinct().sorted().toList())
        .subscribedTopicRegex(
            request.subscribedTopicRegex() == null
                ? old.subscribedTopicRegex()
                : request.subscribedTopicRegex())
        .rebalanceTimeoutMs(
            request.rebalanceTimeoutMs() == -1
                ? old.rebalanceTimeoutMs()
                : request.rebalanceTimeoutMs())
        .serverAssignor(
            request.serverAssignor() == null ? old.serverAssignor() : request.serverAssignor())
        .build();
  }

  // Settling

  private ConsumerGroupHeartbeatResponse settle(Turn turn) {
    Beat beat = turn.beat();
    ConsumerMember member = draft.group().member(beat.memberId());
    if (member == null) {
      return refused(BeatChecks.unknown(draft.group(), beat));
    }
    Position position = reconcile(draft, catalog, member, claims.of(member, beat));
    if (position == null) {
      return refused(
          new Refusal(
              ErrorCode.FENCED_MEMBER_EPOCH,
              "state of the member is not known to this release, join again, member="
                  + member.id()));
    }
    boolean tell =
        beat.joins()
            || beat.saysAll()
            || turn.behind()
            || !position.assigned().equals(turn.before());
    return ConsumerGroupHeartbeatResponse.builder()
        .memberId(member.id())
        .memberEpoch(position.epoch())
        .heartbeatIntervalMs(settings.heartbeatIntervalMs())
        .assignment(tell ? assignment(position.assigned()) : null)
        .build();
  }

  /** Takes a member that joins, with what it has kept, as near to its target as it can get now. */
  public static void reconcileJoining(
      Draft draft,
      TopicCatalog catalog,
      ConsumerMember member,
      @Nullable List<TopicPartitions> kept) {
    reconcile(draft, catalog, member, Claim.joining(kept));
  }

  /**
   * Takes a member as near to its target as it can get now.
   *
   * @return where it stands then; null when it has to be fenced
   */
  private static @Nullable Position reconcile(
      Draft draft, TopicCatalog catalog, ConsumerMember member, Claim claim) {
    ConsumerGroup group = draft.group();
    int targetEpoch = group.epochs().assignment();
    if (member.position().isReconciledTo(targetEpoch) && !Assigning.isNeeded(group)) {
      return member.position();
    }
    Set<Uuid> readable = Subscriptions.topics(group, member.profile(), catalog);
    Position next =
        new Reconciliation(
                member,
                targetEpoch,
                group.target(member.id()),
                readable::contains,
                group::owner,
                claim)
            .next();
    if (next != null && !next.equals(member.position())) {
      draft.position(member.id(), next);
    }
    return next;
  }

  private static Assignment assignment(Holdings assigned) {
    List<ConsumerGroupHeartbeatResponse.TopicPartitions> topics = new ArrayList<>();
    assigned
        .topics()
        .forEach(topic ->
            topics.add(
                ConsumerGroupHeartbeatResponse.TopicPartitions.builder()
                    .topicId(topic)
                    .partitions(List.copyOf(assigned.of(topic).keySet()))
                    .build()));
    return Assignment.builder().topicPartitions(topics).build();
  }

  private static ConsumerGroupHeartbeatResponse left(Beat beat) {
    return ConsumerGroupHeartbeatResponse.builder()
        .memberId(beat.memberId())
        .memberEpoch(beat.request().memberEpoch())
        .build();
  }

  public static ConsumerGroupHeartbeatResponse refused(Refusal refusal) {
    return ConsumerGroupHeartbeatResponse.builder()
        .errorCode(refusal.error())
        .errorMessage(refusal.message())
        .build();
  }
}
