package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.StateMachine;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.record.GroupMetadataKey;
import dev.millrace.coordinator.record.GroupMetadataValue;
import dev.millrace.coordinator.record.LegacyOffsetCommitKey;
import dev.millrace.coordinator.record.LegacyOffsetCommitValue;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The groups and offsets of one partition of {@code __consumer_offsets}. */
final class GroupMachine implements StateMachine {
  private final GroupSettings settings;
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final Map<String, ClassicGroup> groups = new LinkedHashMap<>();
  private final OffsetStore offsets = new OffsetStore();
  private final OpenEnds openEnds = new OpenEnds();
  private final Sessions sessions;
  private final Rebalances rebalances;
  private final OffsetExpiry expiry;
  private final ConsumerGroups consumers;
  private final ShareGroups shares;
  private final StreamsGroups streams;
  private final ClassicMembers classicMembers;
  private boolean live;

  GroupMachine(GroupSettings settings, Clock clock, Deadlines<GroupMachine> deadlines) {
    this(settings, clock, deadlines, GroupRules.NONE, new AtomicInteger());
  }

  /**
   * @param nodeMembers how many members that send heartbeats all partitions of the node have
   */
  GroupMachine(
      GroupSettings settings,
      Clock clock,
      Deadlines<GroupMachine> deadlines,
      GroupRules rules,
      AtomicInteger nodeMembers) {
    this.settings = settings;
    this.clock = clock;
    this.deadlines = deadlines;
    this.sessions = new Sessions(this::deadline, this::expire);
    this.rebalances = new Rebalances(settings.membership(), clock, sessions);
    this.expiry = new OffsetExpiry(this, deadlines);
    this.consumers =
        new ConsumerGroups(
            rules.consumers(),
            clock,
            deadlines,
            nodeMembers,
            new Migrations(rules.consumers(), clock, deadlines, settings.membership().sizeMax()));
    this.classicMembers = new ClassicMembers(consumers);
    this.shares = new ShareGroups(rules.shares(), clock, deadlines);
    this.streams = new StreamsGroups(rules.streams(), clock, deadlines, nodeMembers);
  }

  GroupSettings settings() {
    return settings;
  }

  Clock clock() {
    return clock;
  }

  Sessions sessions() {
    return sessions;
  }

  Rebalances rebalances() {
    return rebalances;
  }

  OffsetStore offsets() {
    return offsets;
  }

  /** Share groups; their ids are none of the others. */
  ShareGroups shares() {
    return shares;
  }

  /** Streams groups; their ids are none of the others. */
  StreamsGroups streams() {
    return streams;
  }

  OpenEnds openEnds() {
    return openEnds;
  }

  /** Has a command of a group decided again. Safe for any thread. */
  void again(String groupId, Command<GroupMachine> command) {
    deadlines.submit(groupId, command);
  }

  /** Groups of the consumer protocol; their ids are none of {@link #groups}. */
  ConsumerGroups consumers() {
    return consumers;
  }

  /** Members of the classic protocol in groups of the consumer protocol. */
  ClassicMembers classicMembers() {
    return classicMembers;
  }

  /** Classic groups, and groups that only hold offsets. */
  Collection<ClassicGroup> groups() {
    return groups.values();
  }

  @Nullable ClassicGroup find(String groupId) {
    return groups.get(groupId);
  }

  /** Finds a group or makes an empty one, which lasts only once a record of it is written. */
  ClassicGroup findOrCreate(String groupId) {
    return groups.computeIfAbsent(
        groupId, id -> new ClassicGroup(id, clock.wallMs(), this::deadline));
  }

  /** Whether somebody has joined a group, or something of it is written. */
  boolean isThere(ClassicGroup group) {
    return group.isStored() || !group.in(GroupState.EMPTY) || offsets.has(group.id());
  }

  /** Forgets a group of which nothing is written and that nobody is about to join. */
  void dropIfVoid(ClassicGroup group) {
    if (!isThere(group) && !group.hasPending()) {
      group.cancelDeadlines();
      groups.remove(group.id(), group);
    }
  }

  @Override
  public void apply(CoordinatorLog.Entry entry) {
    switch (entry) {
      case CoordinatorLog.Entry.Marker marker ->
          offsets.end(marker.producerId(), marker.committed());
      case CoordinatorLog.Entry.Stored stored -> apply(stored);
    }
  }

  private void apply(CoordinatorLog.Entry.Stored stored) {
    KeyValue record = stored.record();
    Message key = GroupRecords.readKey(record.key());
    if (key == null) {
      return;
    }
    OffsetStore.Place place = new OffsetStore.Place(stored.offset(), stored.producerId());
    switch (key) {
      case OffsetCommitKey offset ->
          applyOffset(
              place,
              offset,
              value(key, record) instanceof OffsetCommitValue committed ? committed : null);
      case LegacyOffsetCommitKey old ->
          applyOffset(
              place,
              new OffsetCommitKey(old.group(), old.topic(), old.partition()),
              value(key, record) instanceof LegacyOffsetCommitValue committed
                  ? CommittedOffset.legacy(committed)
                  : null);
      case GroupMetadataKey group ->
          applyGroup(
              group.group(),
              value(key, record) instanceof GroupMetadataValue metadata ? metadata : null);
      default -> {
        String groupId = ConsumerGroup.groupIdOf(key);
        if (groupId != null) {
          applyConsumer(groupId, key, value(key, record));
        }
        String streamsGroupId = StreamsGroup.groupIdOf(key);
        if (streamsGroupId != null) {
          applyStreams(streamsGroupId, key, value(key, record));
        }
        String shareGroupId = ShareGroup.groupIdOf(key);
        if (shareGroupId != null) {
          shares.apply(shareGroupId, key, value(key, record));
        }
        // kinds of other group types belong to releases that know them, and stay in the log
      }
    }
  }

  private static @Nullable Message value(Message key, KeyValue record) {
    Bytes value = record.value();
    return value == null ? null : GroupRecords.readValue(key, value);
  }

  private void applyOffset(
      OffsetStore.Place place, OffsetCommitKey key, @Nullable OffsetCommitValue value) {
    if (value == null) {
      offsets.remove(key.group(), key.topic(), key.partition());
    } else {
      if (consumers.find(key.group()) == null && streams.find(key.group()) == null) {
        findOrCreate(key.group());
      }
      offsets.put(place, key.group(), key.topic(), key.partition(), value);
    }
  }

  private void applyGroup(String groupId, @Nullable GroupMetadataValue value) {
    if (value != null && live) {
      findOrCreate(groupId).adopt(value, this::deadline);
      return;
    }
    dropClassic(groupId);
    if (value != null) {
      findOrCreate(groupId).adopt(value, this::deadline);
    }
  }

  /** A group has one protocol: what there was of the classic one goes. */
  private void applyConsumer(String groupId, Message key, @Nullable Message value) {
    boolean hadGroup = consumers.find(groupId) != null;
    if (consumers.apply(groupId, key, value)) {
      dropClassic(groupId);
    } else if (hadGroup && offsets.has(groupId)) {
      findOrCreate(groupId);
    }
  }

  private void applyStreams(String groupId, Message key, @Nullable Message value) {
    boolean hadGroup = streams.find(groupId) != null;
    if (streams.apply(groupId, key, value)) {
      dropClassic(groupId);
    } else if (hadGroup && offsets.has(groupId)) {
      findOrCreate(groupId);
    }
  }

  private void dropClassic(String groupId) {
    ClassicGroup old = groups.remove(groupId);
    if (old != null) {
      old.cancelDeadlines();
      rebalances.answerAll(old, ErrorCode.REBALANCE_IN_PROGRESS);
    }
  }

  /** Topics came, went or have other partitions. Share groups look with each heartbeat. */
  void topicsChanged() {
    consumers.topicsChanged();
    streams.topicsChanged();
  }

  /** A topic is deleted: its offsets go. */
  void topicDeleted(String topic, Uuid topicId) {
    expiry.topicDeleted(topic, topicId);
    shares.topicDeleted(topicId);
  }

  @Override
  public void loaded() {
    live = true;
    groups.values().forEach(this::start);
    consumers.loaded();
    shares.loaded();
    streams.loaded();
    expiry.start();
  }

  @Override
  public void unloaded(ErrorCode error) {
    expiry.stop();
    for (ClassicGroup group : List.copyOf(groups.values())) {
      group.cancelDeadlines();
      rebalances.answerAll(group, error);
    }
    groups.clear();
    consumers.unloaded();
    shares.unloaded();
    streams.unloaded();
  }

  /** Starts the sessions of a group that was just loaded, and shrinks it if it is too large. */
  private void start(ClassicGroup group) {
    group.members().forEach(member -> sessions.restart(group, member));
    if (group.size() > settings.membership().sizeMax()) {
      deadlines.after(
          0,
          group.id(),
          _ -> group.in(GroupState.STABLE) ? rebalances.prepare(group) : Decision.NOTHING);
    }
  }

  private Decision expire(ClassicGroup group, String memberId) {
    Decision decision = rebalances.expire(group, memberId);
    dropIfVoid(group);
    return decision;
  }

  /** A deadline in the lane of a group. */
  private Deadline deadline(String groupId) {
    return new Deadline(clock, deadlines, groupId);
  }
}
