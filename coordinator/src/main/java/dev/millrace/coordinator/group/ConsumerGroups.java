package dev.millrace.coordinator.group;

import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Claims;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.consumer.HeartbeatRound;
import dev.millrace.coordinator.consumer.MemberState;
import dev.millrace.coordinator.consumer.Membership;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMetadataKey;
import dev.millrace.wire.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The groups of the consumer protocol of one partition: what their records say, and what they do
 * without being asked.
 */
final class ConsumerGroups {
  private final ConsumerRules rules;
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final AtomicInteger nodeMembers;
  private final Migrations migrations;
  private final Map<String, ConsumerGroup> groups = new LinkedHashMap<>();
  private final Map<String, ConsumerTimers> timers = new HashMap<>();
  private boolean live;

  /**
   * @param nodeMembers how many members all partitions of the node have together
   */
  ConsumerGroups(
      ConsumerRules rules,
      Clock clock,
      Deadlines<GroupMachine> deadlines,
      AtomicInteger nodeMembers,
      Migrations migrations) {
    this.rules = rules;
    this.clock = clock;
    this.deadlines = deadlines;
    this.nodeMembers = nodeMembers;
    this.migrations = migrations;
  }

  @Nullable ConsumerGroup find(String groupId) {
    return groups.get(groupId);
  }

  Collection<ConsumerGroup> all() {
    return groups.values();
  }

  ConsumerSettings settings(String groupId) {
    return rules.settings(groupId).forMembers(nodeMembers.get());
  }

  TopicCatalog topics() {
    return rules.topics();
  }

  Migrations migrations() {
    return migrations;
  }

  /** A new round of decisions on a draft. */
  HeartbeatRound round(Draft draft) {
    String groupId = draft.group().id();
    ConsumerTimers known = timers.get(groupId);
    Claims claims = known == null ? new Claims() : known.claims();
    return new HeartbeatRound(draft, settings(groupId), topics(), claims, clock.wallMs());
  }

  Membership membership(Draft draft) {
    return new Membership(draft, topics(), clock.wallMs());
  }

  // Records

  /**
   * Takes in a record of a consumer group.
   *
   * @return whether the group is there afterwards
   */
  boolean apply(String groupId, Message key, @Nullable Message value) {
    ConsumerGroup before = groups.get(groupId);
    if (ConsumerGroup.isDeletion(key, value)) {
      remove(groupId);
      return false;
    }
    if (before == null && value == null) {
      return false;
    }
    ConsumerGroup after = (before == null ? ConsumerGroup.empty(groupId) : before).with(key, value);
    groups.put(groupId, after);
    int came = after.members().size() - (before == null ? 0 : before.members().size());
    if (came != 0) {
      nodeMembers.addAndGet(came);
    }
    if (live) {
      follow(after, key);
    }
    return true;
  }

  private void remove(String groupId) {
    ConsumerGroup gone = groups.remove(groupId);
    if (gone != null) {
      nodeMembers.addAndGet(-gone.members().size());
    }
    ConsumerTimers stopped = timers.remove(groupId);
    if (stopped != null) {
      stopped.cancel();
    }
  }

  /** Sets the deadlines that follow from a record. */
  private void follow(ConsumerGroup group, Message key) {
    switch (key) {
      case ConsumerGroupMemberMetadataKey member -> {
        ConsumerMember there = group.member(member.memberId());
        if (there == null) {
          timers(group.id()).forget(member.memberId());
        } else {
          heardOf(group.id(), there);
        }
      }
      case ConsumerGroupCurrentMemberAssignmentKey current -> revocation(group, current.memberId());
      case ConsumerGroupMetadataKey _, ConsumerGroupTargetAssignmentMetadataKey _ ->
          assignment(group);
      default -> {
        // nothing follows from the others
      }
    }
  }

  void loaded() {
    live = true;
    for (ConsumerGroup group : List.copyOf(groups.values())) {
      for (ConsumerMember member : group.members().values()) {
        heardOf(group.id(), member);
        revocation(group, member.id());
      }
      assignment(group);
      refresh(group.id());
    }
  }

  void unloaded() {
    timers.values().forEach(ConsumerTimers::cancel);
    timers.clear();
    List.copyOf(groups.keySet()).forEach(this::remove);
  }

  // Deadlines

  ConsumerTimers timers(String groupId) {
    return timers.computeIfAbsent(
        groupId, id -> new ConsumerTimers(() -> new Deadline(clock, deadlines, id)));
  }

  /** A member is alive: its session starts anew. */
  void heardOf(String groupId, ConsumerMember member) {
    var classic = member.classic();
    long timeoutMs =
        classic == null ? rules.settings(groupId).sessionTimeoutMs() : classic.sessionTimeoutMs();
    timers(groupId).session(member.id(), timeoutMs, () -> expire(groupId, member.id()));
  }

  private void revocation(ConsumerGroup group, String memberId) {
    ConsumerMember member = group.member(memberId);
    if (member != null
        && !member.isClassic()
        && member.position().state() == MemberState.UNREVOKED_PARTITIONS) {
      // it may have let go some and have to let go others now
      timers(group.id()).rebalanced(memberId);
      joinAgain(group.id(), member);
    } else if (member == null || !member.isClassic()) {
      timers(group.id()).rebalanced(memberId);
    }
  }

  /** A member has as long as a rebalance may take, unless it is counting already. */
  void joinAgain(String groupId, ConsumerMember member) {
    timers(groupId)
        .rebalance(
            member.id(),
            member.profile().rebalanceTimeoutMs(),
            () -> {
              timers(groupId).rebalanced(member.id());
              return expire(groupId, member.id());
            });
  }

  private void assignment(ConsumerGroup group) {
    long waitMs = HeartbeatRound.assignmentWaitMs(group, settings(group.id()), clock.wallMs());
    Deadline deadline = timers(group.id()).assignment();
    if (waitMs < 0) {
      deadline.cancel();
    } else {
      deadline.arm(waitMs, () -> change(group.id(), draft -> round(draft).assignIfDue()));
    }
  }

  private Decision expire(String groupId, String memberId) {
    return change(groupId, draft -> membership(draft).remove(List.of(memberId)));
  }

  /** Something happens to the topics of the cluster: every group looks whether it concerns it. */
  void topicsChanged() {
    List.copyOf(groups.keySet()).forEach(this::refresh);
  }

  private void refresh(String groupId) {
    deadlines.after(0, groupId, _ -> change(groupId, draft -> membership(draft).refresh()));
  }

  /** Writes a draft, or answers at once when there is nothing to write. */
  Decision write(Draft draft, Decision.Outcome outcome) {
    if (draft.records().isEmpty()) {
      outcome.committed();
      return Decision.NOTHING;
    }
    return Decision.write(draft.records(), outcome);
  }

  /** What a group does by itself. */
  @FunctionalInterface
  interface Change {
    void make(Draft draft);
  }

  private Decision change(String groupId, Change change) {
    ConsumerGroup group = groups.get(groupId);
    if (group == null) {
      return Decision.NOTHING;
    }
    Draft draft = new Draft(group);
    change.make(draft);
    if (!draft.records().isEmpty()) {
      migrations.downgradeIfDue(draft);
    }
    return OwnChange.write(
        draft.records(),
        () -> deadlines.after(OwnChange.RETRY_MS, groupId, _ -> change(groupId, change)));
  }
}
