package dev.millrace.coordinator.group;

import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.streams.Layout;
import dev.millrace.coordinator.streams.MemberState;
import dev.millrace.coordinator.streams.StreamsDraft;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsMember;
import dev.millrace.coordinator.streams.StreamsMembership;
import dev.millrace.coordinator.streams.StreamsReply;
import dev.millrace.coordinator.streams.StreamsRound;
import dev.millrace.coordinator.streams.StreamsSettings;
import dev.millrace.coordinator.streams.TaskClaims;
import dev.millrace.coordinator.streams.Topology;
import dev.millrace.wire.Message;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams groups of one partition: what their records say, and what they do without being
 * asked.
 */
final class StreamsGroups {
  private final StreamsGroupRules rules;
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final AtomicInteger nodeMembers;
  private final Map<String, StreamsGroup> groups = new LinkedHashMap<>();
  private final Map<String, Passing> passing = new HashMap<>();
  private boolean live;

  /** What is known of a group that no record says: a successor of the coordinator begins anew. */
  private static final class Passing {
    private final ConsumerTimers timers;
    private final TaskClaims claims = new TaskClaims();
    private @Nullable Topology topology;
    private @Nullable Layout layout;
    private @Nullable String shutdownBy;
    private int endpointEpoch;
    private boolean delayed;
    private long delayedToMs;

    Passing(ConsumerTimers timers) {
      this.timers = timers;
    }

    /** How long the first assignment waits for more members, monotonic; 0 when it does not. */
    long delayMs(long nowMs) {
      return delayed ? Math.max(0, delayedToMs - nowMs) : 0;
    }
  }

  /**
   * @param nodeMembers how many members all partitions of the node have together
   */
  StreamsGroups(
      StreamsGroupRules rules,
      Clock clock,
      Deadlines<GroupMachine> deadlines,
      AtomicInteger nodeMembers) {
    this.rules = rules;
    this.clock = clock;
    this.deadlines = deadlines;
    this.nodeMembers = nodeMembers;
  }

  @Nullable StreamsGroup find(String groupId) {
    return groups.get(groupId);
  }

  Collection<StreamsGroup> all() {
    return groups.values();
  }

  private StreamsSettings settings(String groupId) {
    return rules.settings(groupId).forMembers(nodeMembers.get());
  }

  /** Of a group that is not there nothing is kept. */
  private Passing passing(String groupId) {
    Passing known = passing.get(groupId);
    if (known == null) {
      known = new Passing(new ConsumerTimers(() -> new Deadline(clock, deadlines, groupId)));
      if (groups.containsKey(groupId)) {
        passing.put(groupId, known);
      }
    }
    return known;
  }

  /** What a topology of a group means now; looked for anew only when its topics have changed. */
  private Layout layout(Passing known, Topology topology) {
    TopicCatalog topics = rules.topics();
    Layout layout = known.layout;
    if (layout == null
        || known.topology != topology
        || layout.hash() != Layout.hash(topology, topics)) {
      layout = Layout.of(topology, topics);
      known.topology = topology;
      known.layout = layout;
    }
    return layout;
  }

  /** What a group's topology means now; null when it has none. */
  @Nullable Layout layout(StreamsGroup group) {
    Topology topology = group.topology();
    return topology == null ? null : layout(passing(group.id()), topology);
  }

  /** A new round of decisions on a draft. */
  StreamsRound round(StreamsDraft draft) {
    String groupId = draft.group().id();
    Passing known = passing(groupId);
    return new StreamsRound(
        draft,
        settings(groupId),
        topology -> layout(known, topology),
        known.claims,
        isDelayed(draft.group()),
        clock.wallMs());
  }

  /** Whether the first assignment of a group waits for more members. */
  private boolean isDelayed(StreamsGroup group) {
    return group.members().isEmpty()
        ? rules.settings(group.id()).initialDelayMs() > 0
        : passing(group.id()).delayMs(clock.monotonicMs()) > 0;
  }

  /** What a round answers that is committed, or had nothing to write; sessions start anew. */
  List<StreamsGroupHeartbeatResponse> responses(
      String groupId, StreamsRound round, List<StreamsReply> replies) {
    StreamsGroup group = groups.get(groupId);
    Passing known = group == null ? null : passing(groupId);
    if (known != null && known.shutdownBy == null) {
      known.shutdownBy = round.shutdownBy();
    }
    Layout layout = group == null ? null : layout(group);
    boolean regular = replies.stream().anyMatch(each -> each.isWell() && !each.beat().leaves());
    String fault =
        regular && layout != null && !layout.missing().isEmpty()
            ? rules.create(layout.missing().values())
            : null;
    List<StreamsGroupHeartbeatResponse> responses = new ArrayList<>(replies.size());
    for (StreamsReply reply : replies) {
      StreamsMember member = group == null ? null : group.member(reply.memberId());
      if (reply.isWell() && member != null && !member.isAway()) {
        heardOf(groupId, member);
      }
      responses.add(
          group == null || known == null
              ? reply.response()
              : reply.with(group, layout, known.endpointEpoch, known.shutdownBy, fault));
    }
    return responses;
  }

  // Records

  /**
   * Takes in a record of a streams group.
   *
   * @return whether the group is there afterwards
   */
  boolean apply(String groupId, Message key, @Nullable Message value) {
    StreamsGroup before = groups.get(groupId);
    if (StreamsGroup.isDeletion(key, value)) {
      remove(groupId);
      return false;
    }
    if (before == null && value == null) {
      return false;
    }
    StreamsGroup was = before == null ? StreamsGroup.empty(groupId) : before;
    StreamsGroup after = was.with(key, value);
    groups.put(groupId, after);
    int came = after.members().size() - was.members().size();
    if (came != 0) {
      nodeMembers.addAndGet(came);
    }
    noteEndpoint(was, after, key);
    if (live) {
      noteFirstMember(was, after);
      follow(after, key);
    }
    return true;
  }

  private void remove(String groupId) {
    StreamsGroup gone = groups.remove(groupId);
    if (gone != null) {
      nodeMembers.addAndGet(-gone.members().size());
    }
    Passing stopped = passing.remove(groupId);
    if (stopped != null) {
      stopped.timers.cancel();
    }
  }

  /** What members tell of each other's addresses changes with their tasks. */
  private void noteEndpoint(StreamsGroup before, StreamsGroup after, Message key) {
    String memberId =
        switch (key) {
          case StreamsGroupMemberMetadataKey profile -> profile.memberId();
          case StreamsGroupCurrentMemberAssignmentKey current -> current.memberId();
          default -> null;
        };
    if (memberId == null) {
      return;
    }
    StreamsMember was = before.member(memberId);
    StreamsMember is = after.member(memberId);
    boolean had = was != null && was.profile().userEndpoint() != null;
    boolean has = is != null && is.profile().userEndpoint() != null;
    boolean same =
        was != null
            && is != null
            && Objects.equals(was.profile().userEndpoint(), is.profile().userEndpoint())
            && was.position().assigned().equals(is.position().assigned());
    if ((had || has) && !same) {
      passing(after.id()).endpointEpoch++;
    }
  }

  /** The first assignment of a group waits for more members from its first one on. */
  private void noteFirstMember(StreamsGroup before, StreamsGroup after) {
    if (before.members().isEmpty() && !after.members().isEmpty()) {
      Passing known = passing(after.id());
      known.delayed = true;
      known.delayedToMs = clock.monotonicMs() + rules.settings(after.id()).initialDelayMs();
    } else if (after.members().isEmpty()) {
      passing(after.id()).shutdownBy = null;
    }
  }

  /** Sets the deadlines that follow from a record. */
  private void follow(StreamsGroup group, Message key) {
    switch (key) {
      case StreamsGroupMemberMetadataKey member -> {
        StreamsMember there = group.member(member.memberId());
        if (there == null) {
          passing(group.id()).timers.forget(member.memberId());
          passing(group.id()).claims.forget(member.memberId());
        } else {
          heardOf(group.id(), there);
        }
      }
      case StreamsGroupCurrentMemberAssignmentKey current -> revocation(group, current.memberId());
      case StreamsGroupMetadataKey _, StreamsGroupTargetAssignmentMetadataKey _ ->
          assignment(group);
      default -> {
        // nothing follows from the others
      }
    }
  }

  void loaded() {
    live = true;
    for (StreamsGroup group : List.copyOf(groups.values())) {
      for (StreamsMember member : group.members().values()) {
        heardOf(group.id(), member);
        revocation(group, member.id());
      }
      assignment(group);
      refresh(group.id());
    }
  }

  void unloaded() {
    passing.values().forEach(each -> each.timers.cancel());
    List.copyOf(groups.keySet()).forEach(this::remove);
    passing.clear();
  }

  // Deadlines

  /** A member is alive: its session starts anew. */
  private void heardOf(String groupId, StreamsMember member) {
    passing(groupId)
        .timers
        .session(
            member.id(),
            rules.settings(groupId).sessionTimeoutMs(),
            () -> expire(groupId, member.id()));
  }

  /** A member that has to let tasks go has as long as it said that it may take. */
  private void revocation(StreamsGroup group, String memberId) {
    ConsumerTimers timers = passing(group.id()).timers;
    StreamsMember member = group.member(memberId);
    // it may have let go some and have to let go others now
    timers.rebalanced(memberId);
    if (member != null && member.position().state() == MemberState.UNREVOKED_TASKS) {
      timers.rebalance(
          memberId,
          member.profile().rebalanceTimeoutMs(),
          () -> {
            timers.rebalanced(memberId);
            return expire(group.id(), memberId);
          });
    }
  }

  private void assignment(StreamsGroup group) {
    long waitMs = StreamsRound.assignmentWaitMs(group, settings(group.id()), clock.wallMs());
    Passing known = passing(group.id());
    Deadline deadline = known.timers.assignment();
    if (waitMs < 0) {
      deadline.cancel();
    } else {
      long delayMs = Math.max(waitMs, known.delayMs(clock.monotonicMs()));
      deadline.arm(delayMs, () -> change(group.id(), draft -> round(draft).refresh()));
    }
  }

  private Decision expire(String groupId, String memberId) {
    return change(
        groupId,
        draft -> {
          Passing known = passing(groupId);
          StreamsMembership membership =
              new StreamsMembership(draft, settings(groupId), topology -> layout(known, topology));
          membership.remove(memberId);
          membership.settle();
        });
  }

  /** Something happens to the topics of the cluster: every group looks whether it concerns it. */
  void topicsChanged() {
    List.copyOf(groups.keySet()).forEach(this::refresh);
  }

  private void refresh(String groupId) {
    deadlines.after(0, groupId, _ -> change(groupId, draft -> round(draft).refresh()));
  }

  /** Changes a group by itself; what can't be written is tried again. */
  private Decision change(String groupId, Consumer<StreamsDraft> change) {
    StreamsGroup group = groups.get(groupId);
    if (group == null) {
      return Decision.NOTHING;
    }
    StreamsDraft draft = new StreamsDraft(group);
    change.accept(draft);
    return OwnChange.write(
        draft.records(),
        () -> deadlines.after(OwnChange.RETRY_MS, groupId, _ -> change(groupId, change)));
  }
}
