package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.record.GroupMetadataValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol: its members, its generation and where its rebalance stands.
 *
 * <p>What lasts is what {@link #adopt} takes from a record: the last complete generation with its
 * members and their assignments. A rebalance runs ahead of it in memory and lasts only once its
 * assignment is written; a new coordinator starts from the last complete generation, and members of
 * the unfinished one join again.
 */
final class ClassicGroup {
  /** The embedded protocol of Kafka's consumers. */
  static final String CONSUMER = "consumer";

  private final String id;
  private final Deadline rebalance;
  private final Deadline syncing;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, String> idsOfInstances = new HashMap<>();
  private final Map<String, Deadline> pending = new LinkedHashMap<>();
  private final Set<String> unsynced = new LinkedHashSet<>();
  private final ProtocolVotes votes = new ProtocolVotes();
  private GroupState state = GroupState.EMPTY;
  private long stateSinceMs;
  private boolean gathering;
  private boolean newcomer;
  private boolean stored;
  private int generation;
  private int joining;
  private @Nullable String protocolType;
  private @Nullable String protocol;
  private @Nullable String leader;
  private @Nullable Set<String> subscribed;

  /**
   * An empty group.
   *
   * @param nowMs wall-clock time
   * @param deadlines makes deadlines in this group's lane
   */
  ClassicGroup(String id, long nowMs, Function<String, Deadline> deadlines) {
    this.id = id;
    this.stateSinceMs = nowMs;
    this.rebalance = deadlines.apply(id);
    this.syncing = deadlines.apply(id);
  }

  String id() {
    return id;
  }

  GroupState state() {
    return state;
  }

  boolean in(GroupState which) {
    return state == which;
  }

  /** Wall-clock time of the last change of state, or −1. */
  long stateSinceMs() {
    return stateSinceMs;
  }

  /** Whether the log has a record of this group itself, not only of its offsets. */
  boolean isStored() {
    return stored;
  }

  int generation() {
    return generation;
  }

  /** {@link #CONSUMER}, {@code connect}, …; null for a group that only holds offsets. */
  @Nullable String protocolType() {
    return protocolType;
  }

  boolean usesConsumerProtocol() {
    return CONSUMER.equals(protocolType);
  }

  /** The protocol of this generation: the name of an assignor. */
  @Nullable String protocol() {
    return protocol;
  }

  @Nullable String leader() {
    return leader;
  }

  boolean isLeader(String memberId) {
    return memberId.equals(leader);
  }

  /** Waits for members to join. */
  Deadline rebalanceDeadline() {
    return rebalance;
  }

  /** Waits for members to fetch their assignment. */
  Deadline syncDeadline() {
    return syncing;
  }

  // Members

  /** In the order in which they came. */
  Collection<Member> members() {
    return members.values();
  }

  int size() {
    return members.size();
  }

  boolean has(String memberId) {
    return members.containsKey(memberId);
  }

  @Nullable Member member(String memberId) {
    return members.get(memberId);
  }

  /** The member that holds a static name, or null. */
  @Nullable Member instance(@Nullable String instanceId) {
    String memberId = instanceId == null ? null : idsOfInstances.get(instanceId);
    return memberId == null ? null : members.get(memberId);
  }

  /**
   * Whether a request may speak for a member (KIP-345).
   *
   * @return {@link ErrorCode#UNKNOWN_MEMBER_ID}, {@link ErrorCode#FENCED_INSTANCE_ID} or {@link
   *     ErrorCode#NONE}
   */
  ErrorCode check(String memberId, @Nullable String instanceId) {
    if (instanceId != null) {
      String holder = idsOfInstances.get(instanceId);
      if (holder == null) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
      }
      if (!holder.equals(memberId)) {
        return ErrorCode.FENCED_INSTANCE_ID;
      }
    }
    return has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
  }

  /** Whether a member with these protocols would have one in common with all others. */
  boolean accepts(String type, List<JoinGroupRequestProtocol> protocols) {
    if (state == GroupState.EMPTY) {
      return !type.isEmpty() && !protocols.isEmpty();
    }
    return type.equals(protocolType) && votes.anyCommon(protocols, members.size());
  }

  void add(Member member) {
    if (members.isEmpty()) {
      protocolType = member.profile().protocolType();
    }
    if (leader == null) {
      leader = member.id();
    }
    members.put(member.id(), member);
    votes.add(member.profile().protocols());
    if (member.instanceId() != null) {
      idsOfInstances.put(member.instanceId(), member.id());
    }
    forgetPending(member.id());
  }

  /** Takes a member or a pending id out. The leader's place goes to the next member. */
  void remove(String memberId) {
    Member gone = members.remove(memberId);
    if (gone != null) {
      votes.remove(gone.profile().protocols());
      awaitJoin(gone, null);
      if (gone.instanceId() != null) {
        idsOfInstances.remove(gone.instanceId());
      }
      gone.session().cancel();
    }
    if (isLeader(memberId)) {
      leader = members.isEmpty() ? null : members.keySet().iterator().next();
    }
    forgetPending(memberId);
    unsynced.remove(memberId);
  }

  /** Changes what a member says about itself. */
  void update(Member member, Member.Profile profile) {
    votes.remove(member.profile().protocols());
    member.profile(profile);
    votes.add(profile.protocols());
  }

  /**
   * Gives the place of a static member to its successor, which has another id and waits for
   * nothing. The caller has answered the old one.
   */
  Member replace(Member old, String successorId, Deadline session) {
    Member successor = new Member(successorId, old.instanceId(), old.profile(), session);
    successor.assign(old.assignment());
    awaitJoin(old, null);
    old.session().cancel();
    members.remove(old.id());
    members.put(successorId, successor);
    if (old.instanceId() != null) {
      idsOfInstances.put(old.instanceId(), successorId);
    }
    if (isLeader(old.id())) {
      leader = successorId;
    }
    if (unsynced.remove(old.id())) {
      unsynced.add(successorId);
    }
    return successor;
  }

  /** The longest time that a member may take to join again, milliseconds. */
  int rebalanceTimeoutMs() {
    int longestMs = 0;
    for (Member member : members.values()) {
      longestMs = Math.max(longestMs, member.profile().rebalanceTimeoutMs());
    }
    return longestMs;
  }

  // Members that got an id and have not joined with it yet (KIP-394)

  boolean isPending(String memberId) {
    return pending.containsKey(memberId);
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  void addPending(String memberId, Deadline deadline) {
    pending.put(memberId, deadline);
  }

  private void forgetPending(String memberId) {
    Deadline deadline = pending.remove(memberId);
    if (deadline != null) {
      deadline.cancel();
    }
  }

  // Joining

  /** Has a member wait for the next generation, or, with null, no longer. */
  void awaitJoin(Member member, @Nullable Answer<JoinGroupResponse> answer) {
    joining += (answer == null ? 0 : 1) - (member.isJoining() ? 1 : 0);
    member.joining(answer);
  }

  int joiningCount() {
    return joining;
  }

  boolean allJoined() {
    return members.size() == joining && pending.isEmpty();
  }

  /** Whether the group was empty and still waits for more members than have come. */
  boolean isGathering() {
    return gathering;
  }

  /** Whether a member came since the last time somebody asked. */
  boolean takeNewcomer() {
    boolean came = newcomer;
    newcomer = false;
    return came;
  }

  void newcomerCame() {
    newcomer = true;
  }

  /**
   * Makes sure that the leader is a member that joined.
   *
   * @return whether there is one
   */
  boolean electJoinedLeader() {
    Member current = leader == null ? null : members.get(leader);
    if (current != null && current.isJoining()) {
      return true;
    }
    for (Member member : members.values()) {
      if (member.isJoining()) {
        leader = member.id();
        return true;
      }
    }
    return false;
  }

  // Syncing

  /** Members that have not asked for their assignment in this generation. */
  Set<String> unsynced() {
    return unsynced;
  }

  /** Has a member wait for its assignment, or, with null, no longer. */
  void awaitSync(Member member, @Nullable Answer<SyncGroupResponse> answer) {
    member.syncing(answer);
    if (answer != null) {
      unsynced.remove(member.id());
    }
  }

  // States

  void prepareRebalance(long nowMs) {
    if (state == GroupState.PREPARING_REBALANCE) {
      throw new IllegalStateException("group is already preparing a rebalance, group=" + id);
    }
    gathering = state == GroupState.EMPTY;
    newcomer = false;
    unsynced.clear();
    enter(GroupState.PREPARING_REBALANCE, nowMs);
  }

  /** Begins the next generation with the members that are there. */
  void beginGeneration(long nowMs) {
    generation++;
    gathering = false;
    unsynced.clear();
    if (members.isEmpty()) {
      protocol = null;
      leader = null;
      enter(GroupState.EMPTY, nowMs);
    } else {
      protocol = votes.elect(members.values());
      unsynced.addAll(members.keySet());
      enter(GroupState.COMPLETING_REBALANCE, nowMs);
    }
    subscribed = Subscriptions.topicsOf(this);
  }

  /** The protocol that would be elected now. */
  String electedProtocol() {
    return votes.elect(members.values());
  }

  /**
   * Takes over what a record says: the last complete generation. Members that are not there yet are
   * added, and a static member with another id is replaced.
   *
   * @param sessions makes the session deadline of a member
   */
  void adopt(GroupMetadataValue value, Function<String, Deadline> sessions) {
    stored = true;
    generation = value.generation();
    for (GroupMetadataValue.MemberMetadata each : value.members()) {
      Member member = members.get(each.memberId());
      Member predecessor = instance(each.groupInstanceId());
      if (member == null && predecessor != null) {
        member = replace(predecessor, each.memberId(), sessions.apply(id));
      } else if (member == null) {
        member = GroupRecords.member(value, each, sessions.apply(id));
        add(member);
      }
      member.assign(each.assignment());
    }
    protocolType = value.protocolType().isEmpty() ? null : value.protocolType();
    protocol = value.protocol();
    leader = value.leader();
    enter(members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE, value.currentStateTimestamp());
    subscribed = Subscriptions.topicsOf(this);
  }

  /** Whether a member may read {@code topic}; a subscription that can't be read may mean any. */
  boolean isSubscribed(String topic) {
    return subscribed == null ? usesConsumerProtocol() : subscribed.contains(topic);
  }

  /** Whether it is known which topics the members read. */
  boolean knowsSubscriptions() {
    return subscribed != null;
  }

  /** Metadata of a member for the protocol of this generation; empty when there is none. */
  Bytes metadata(Member member) {
    String current = protocol;
    return current != null && member.profile().supports(current)
        ? member.profile().metadata(current)
        : Bytes.EMPTY;
  }

  void cancelDeadlines() {
    rebalance.cancel();
    syncing.cancel();
    members.values().forEach(member -> member.session().cancel());
    pending.values().forEach(Deadline::cancel);
  }

  private void enter(GroupState next, long nowMs) {
    state = next;
    stateSinceMs = nowMs;
  }
}
