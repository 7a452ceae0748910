package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataKey;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.coordinator.sharegroup.ShareDraft;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.sharegroup.ShareGroupSettings;
import dev.millrace.coordinator.sharegroup.ShareMember;
import dev.millrace.coordinator.sharegroup.ShareMembership;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The share groups of one partition: what their records say, and what they do without being asked.
 * Belongs to the owner.
 */
final class ShareGroups {
  private final ShareGroupRules rules;
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final Map<String, ShareGroup> groups = new LinkedHashMap<>();
  private final Map<String, Map<String, Deadline>> sessions = new HashMap<>();
  private final Set<ShareKey> underWay = new HashSet<>();
  private boolean live;

  ShareGroups(ShareGroupRules rules, Clock clock, Deadlines<GroupMachine> deadlines) {
    this.rules = rules;
    this.clock = clock;
    this.deadlines = deadlines;
  }

  @Nullable ShareGroup find(String groupId) {
    return groups.get(groupId);
  }

  Collection<ShareGroup> all() {
    return groups.values();
  }

  ShareGroupRules rules() {
    return rules;
  }

  ShareMembership membership(ShareDraft draft) {
    ShareGroupSettings settings = rules.settings(draft.group().id());
    return new ShareMembership(draft, settings, rules.topics(), clock.wallMs());
  }

  // Records

  /** Takes in a record of a share group. */
  void apply(String groupId, Message key, @Nullable Message value) {
    if (ShareGroup.isDeletion(key, value)) {
      groups.remove(groupId);
      sessions.getOrDefault(groupId, Map.of()).values().forEach(Deadline::cancel);
      sessions.remove(groupId);
      return;
    }
    ShareGroup before = groups.get(groupId);
    if (before == null && value == null) {
      return;
    }
    ShareGroup after = (before == null ? ShareGroup.empty(groupId) : before).with(key, value);
    groups.put(groupId, after);
    if (live && key instanceof ShareGroupStatePartitionMetadataKey) {
      deadlines.after(0, groupId, machine -> machine.shares().makeAgain(groupId));
    }
    if (live && value == null && key instanceof ShareGroupMemberMetadataKey member) {
      Deadline gone = sessions.getOrDefault(groupId, Map.of()).remove(member.memberId());
      if (gone != null) {
        gone.cancel();
      }
    }
  }

  void loaded() {
    live = true;
    for (ShareGroup group : List.copyOf(groups.values())) {
      group.members().values().forEach(member -> heardOf(group.id(), member));
      makeStates(group);
      List.copyOf(group.states().deleting().keySet())
          .forEach(topicId -> deleteStates(group.id(), topicId, _ -> {}));
    }
  }

  void unloaded() {
    live = false;
    sessions.values().forEach(each -> each.values().forEach(Deadline::cancel));
    sessions.clear();
    groups.clear();
  }

  // Deadlines

  /** A member is alive: its session starts anew. */
  void heardOf(String groupId, ShareMember member) {
    sessions
        .computeIfAbsent(groupId, _ -> new HashMap<>())
        .computeIfAbsent(member.id(), _ -> new Deadline(clock, deadlines, groupId))
        .arm(
            rules.settings(groupId).sessionTimeoutMs(),
            () -> change(groupId, membership -> membership.remove(List.of(member.id()))));
  }

  /** A topic is deleted, and so are its states, by the share coordinator itself. */
  void topicDeleted(Uuid topicId) {
    for (ShareGroup group : List.copyOf(groups.values())) {
      if (group.states().names().containsKey(topicId)) {
        later(group.id(), membership -> membership.forget(topicId));
      }
    }
  }

  /** Has a group changed in its lane. Safe for any thread. */
  void later(String groupId, Consumer<ShareMembership> what) {
    deadlines.after(0, groupId, machine -> machine.shares().change(groupId, what));
  }

  /**
   * Work in a group's lane that somebody waits for. It is done, sooner or later.
   *
   * @param put run when that is not to be waited for: the coordinator is not here any more
   */
  private record Awaited(Function<GroupMachine, Decision> work, Runnable put)
      implements Command<GroupMachine> {
    @Override
    public Decision decide(GroupMachine machine) {
      return work.apply(machine);
    }

    @Override
    public void refuse(ErrorCode error) {
      put.run();
    }

    @Override
    public Patience patience() {
      return Patience.CHORE;
    }
  }

  private Decision change(String groupId, Consumer<ShareMembership> what) {
    return change(groupId, what, () -> {});
  }

  /**
   * Changes a group.
   *
   * @param then run, perhaps twice, when the change is written, or is not yet
   */
  private Decision change(String groupId, Consumer<ShareMembership> what, Runnable then) {
    ShareGroup group = groups.get(groupId);
    ShareDraft draft = group == null || !live ? null : new ShareDraft(group);
    if (draft != null) {
      what.accept(membership(draft));
    }
    if (draft == null || draft.records().isEmpty()) {
      then.run();
      return Decision.NOTHING;
    }
    return OwnChange.write(
        draft.records(),
        then,
        () ->
            deadlines.after(
                OwnChange.RETRY_MS, groupId, machine -> machine.shares().change(groupId, what)));
  }

  // States

  /** Has the states made that a group waits for. */
  private void makeStates(ShareGroup group) {
    Partitions.Builder wanted = new Partitions.Builder();
    group
        .states()
        .initializing()
        .forEach((topic, index) -> {
          if (underWay.add(new ShareKey(group.id(), topic, index))) {
            wanted.add(topic, index);
          }
        });
    Partitions partitions = wanted.build();
    if (!partitions.isEmpty()) {
      int epoch = group.epochs().group();
      each(
          group.id(),
          partitions,
          (key, answer) -> rules.states().initialize(key, epoch, ShareState.UNINITIALIZED, answer),
          done -> finish(group.id(), partitions, done, () -> {}));
    }
  }

  /** Notes which states are there now; {@code then} is run once that is written. */
  private void finish(
      String groupId, Partitions asked, Map<ShareKey, ErrorCode> results, Runnable then) {
    deadlines.submit(
        groupId,
        new Awaited(
            machine -> {
              ShareGroups here = machine.shares();
              asked.forEach(
                  (topic, index) -> here.underWay.remove(new ShareKey(groupId, topic, index)));
              if (results.values().stream().anyMatch(error -> error != ErrorCode.NONE)) {
                deadlines.after(
                    OwnChange.RETRY_MS, groupId, again -> again.shares().makeAgain(groupId));
              }
              Partitions made = made(results);
              return here.change(groupId, membership -> membership.started(made), then);
            },
            then));
  }

  private Decision makeAgain(String groupId) {
    ShareGroup group = groups.get(groupId);
    if (group != null && live) {
      makeStates(group);
    }
    return Decision.NOTHING;
  }

  private static Partitions made(Map<ShareKey, ErrorCode> results) {
    Partitions.Builder made = new Partitions.Builder();
    results.forEach((key, error) -> {
      if (error == ErrorCode.NONE) {
        made.add(key.topicId(), key.partition());
      }
    });
    return made.build();
  }

  /** Marks partitions whose states somebody else makes. */
  void claim(String groupId, Partitions partitions) {
    partitions.forEach((topic, index) -> underWay.add(new ShareKey(groupId, topic, index)));
  }

  /** Takes back {@link #claim}. */
  void unclaim(String groupId, Partitions partitions) {
    partitions.forEach((topic, index) -> underWay.remove(new ShareKey(groupId, topic, index)));
  }

  /**
   * Sets states anew for partitions that were claimed, then tells of them.
   *
   * @param starts offsets by partition
   */
  void setStates(
      String groupId,
      int epoch,
      Map<ShareKey, Long> starts,
      Consumer<Map<ShareKey, ErrorCode>> then) {
    Answer<Map<ShareKey, ErrorCode>> once = new Answer<>(then);
    Partitions.Builder all = new Partitions.Builder();
    starts.keySet().forEach(key -> all.add(key.topicId(), key.partition()));
    Partitions partitions = all.build();
    each(
        groupId,
        partitions,
        (key, answer) ->
            rules.states().initialize(key, epoch, starts.getOrDefault(key, -1L), answer),
        results -> finish(groupId, partitions, results, () -> once.give(results)));
  }

  /** Deletes the states of a topic that is marked for it, then forgets the topic. */
  void deleteStates(String groupId, Uuid topicId, Consumer<ErrorCode> then) {
    Answer<ErrorCode> once = new Answer<>(then);
    var topic = rules.topics().find(topicId);
    Partitions partitions =
        new Partitions.Builder()
            .addRange(topicId, 0, topic == null ? 0 : topic.partitions())
            .build();
    each(
        groupId,
        partitions,
        (key, answer) -> rules.states().delete(key, answer),
        results -> {
          ErrorCode error = worst(results);
          if (error == ErrorCode.NONE) {
            deadlines.submit(
                groupId,
                new Awaited(
                    machine ->
                        machine
                            .shares()
                            .change(
                                groupId,
                                membership -> membership.forget(topicId),
                                () -> once.give(error)),
                    () -> once.give(error)));
          } else {
            once.give(error);
          }
        });
  }

  /** Deletes all states of a group. */
  void deleteAllStates(ShareGroup group, Consumer<ErrorCode> then) {
    Partitions.Builder all = new Partitions.Builder();
    group.states().initializing().forEach(all::add);
    group.states().initialized().forEach(all::add);
    each(
        group.id(),
        all.build(),
        (key, answer) -> rules.states().delete(key, answer),
        results -> then.accept(worst(results)));
  }

  /** That a topic is gone is no reason to keep its states. */
  private static ErrorCode worst(Map<ShareKey, ErrorCode> results) {
    for (ErrorCode error : results.values()) {
      if (error != ErrorCode.NONE && error != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
        return error;
      }
    }
    return ErrorCode.NONE;
  }

  /** Asks for each partition, and hands over all answers. */
  private static void each(
      String groupId,
      Partitions partitions,
      BiConsumer<ShareKey, Consumer<ErrorCode>> question,
      Consumer<Map<ShareKey, ErrorCode>> complete) {
    List<ShareKey> keys = new ArrayList<>();
    partitions.forEach((topic, index) -> keys.add(new ShareKey(groupId, topic, index)));
    Gather<ErrorCode> gather =
        new Gather<>(
            keys.size(),
            errors -> {
              Map<ShareKey, ErrorCode> results = new LinkedHashMap<>();
              for (int i = 0; i < keys.size(); i++) {
                results.put(keys.get(i), errors.get(i));
              }
              complete.accept(results);
            });
    for (int i = 0; i < keys.size(); i++) {
      int index = i;
      question.accept(keys.get(i), error -> gather.put(index, error));
    }
  }
}
