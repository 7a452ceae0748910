package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.consumer.Assignor;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog.Topic;
import dev.millrace.coordinator.group.SimulatedReader.Place;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.DescribeGroupsResponse;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Consumers of both protocols in one group, what happens to them, and what must hold meanwhile. */
final class SimulatedConsumers {
  private static final GroupSettings SETTINGS =
      new GroupSettings(
          new GroupSettings.Membership(1_000, 60_000, 100, 300, 5_000),
          GroupSettings.DEFAULTS.offsets());
  private static final int MEMBERS_MAX = 7;
  private static final Set<ErrorCode> MEMBERS_FAULT =
      Set.of(
          ErrorCode.STALE_MEMBER_EPOCH,
          ErrorCode.FENCED_MEMBER_EPOCH,
          ErrorCode.ILLEGAL_GENERATION,
          ErrorCode.UNKNOWN_MEMBER_ID);

  final SimOwners owners;
  final RandomGenerator random;
  final SimulatedTopics topics;
  private final Turns network;
  private final List<SimulatedReader> members = new ArrayList<>();
  private final boolean fencedCommitsPass;
  private int lossPercent = 4;
  private int lives;
  private int started;
  private MemoryLog log;
  private GroupCoordinator coordinator;

  SimulatedConsumers(long seed) {
    this(seed, false);
  }

  /**
   * @param fencedCommitsPass plants a fault: a commit that the coordinator refuses its member is
   *     written all the same
   */
  SimulatedConsumers(long seed, boolean fencedCommitsPass) {
    this.fencedCommitsPass = fencedCommitsPass;
    owners = new SimOwners(seed);
    random = owners.random("chaos");
    network = owners.owner("network");
    topics =
        new SimulatedTopics(
            new ConsumerSettings(
                1_500,
                200,
                false,
                false,
                100,
                random.nextBoolean() ? Assignor.all() : Assignor.all().reversed(),
                random.nextInt(2) * 500,
                ConsumerSettings.Migration.BIDIRECTIONAL));
    topics.put("a", 4);
    topics.put("b", 3);
    log = new MemoryLog(owners.owner("disk"), List.of());
    coordinator = open(log);
  }

  private GroupCoordinator open(MemoryLog onto) {
    lives++;
    GroupCoordinator opened =
        new GroupCoordinator(
            SETTINGS,
            owners.clock(),
            List.of(owners.owner("coordinator")),
            () -> 1,
            owners.random("ids" + lives),
            topics);
    opened.elected(0, lives, onto);
    return opened;
  }

  // The network

  private <R> void send(Consumer<Consumer<R>> request, Consumer<R> answer) {
    if (random.nextInt(100) < lossPercent) {
      return;
    }
    boolean answerLost = random.nextInt(100) < lossPercent;
    boolean twice = random.nextInt(100) < lossPercent;
    // a client takes the first answer to a request that the network repeats
    boolean[] given = new boolean[1];
    for (int i = 0; i < (twice ? 2 : 1); i++) {
      network.after(
          random.nextInt(20),
          () ->
              request.accept(response -> {
                if (!answerLost && !given[0]) {
                  given[0] = true;
                  network.after(random.nextInt(20), () -> answer.accept(response));
                }
              }));
    }
  }

  void beat(
      ConsumerGroupHeartbeatRequest request, Consumer<ConsumerGroupHeartbeatResponse> answer) {
    send(reply -> coordinator.heartbeat(request, GroupWorld.CLIENT, reply), answer);
  }

  void join(JoinGroupRequest request, Consumer<JoinGroupResponse> answer) {
    send(
        reply -> coordinator.join(request, GroupWorld.CLIENT, new JoinRules(true, true), reply),
        answer);
  }

  void sync(SyncGroupRequest request, Consumer<SyncGroupResponse> answer) {
    send(reply -> coordinator.sync(request, reply), answer);
  }

  void heartbeat(HeartbeatRequest request, Consumer<HeartbeatResponse> answer) {
    send(reply -> coordinator.heartbeat(request, reply), answer);
  }

  void leave(String memberId) {
    LeaveGroupRequest request =
        LeaveGroupRequest.builder()
            .groupId(GROUP)
            .members(List.of(GroupWorld.who(memberId, null)))
            .build();
    this.<Object>send(reply -> coordinator.leave(request, reply::accept), _ -> {});
  }

  /** Commits for something that the member owns, now and then. */
  void maybeCommit(SimulatedReader member) {
    if (member.owned().isEmpty() || random.nextInt(3) > 0) {
      return;
    }
    List<Place> places = new ArrayList<>(member.owned());
    if (member instanceof SimulatedConsumer && random.nextInt(5) == 0) {
      // one that it may have had before, or never
      topics.all().forEach(topic -> places.add(new Place(topic.id(), 0)));
    }
    Place place = places.get(random.nextInt(places.size()));
    Topic topic = topics.find(place.topic());
    if (topic == null) {
      return;
    }
    OffsetCommitRequest request =
        OffsetCommitRequest.builder()
            .groupId(GROUP)
            .memberId(member.memberId())
            .generationIdOrMemberEpoch(member.epoch())
            .topics(
                List.of(
                    OffsetCommitRequestTopic.builder()
                        .name(topic.name())
                        .topicId(topic.id())
                        .partitions(
                            List.of(
                                OffsetCommitRequestPartition.builder()
                                    .partitionIndex(place.partition())
                                    .committedOffset(1)
                                    .committedMetadata(member.memberId())
                                    .build()))
                        .build()))
            .build();
    this.<Object>send(reply -> commit(request, reply), _ -> {});
  }

  private void commit(OffsetCommitRequest request, Consumer<Object> reply) {
    coordinator.commit(
        request,
        true,
        response -> {
          if (fencedCommitsPass && MEMBERS_FAULT.contains(GroupWorld.error(response))) {
            write(request.topics().getFirst());
          }
          reply.accept(response);
        });
  }

  private void write(OffsetCommitRequestTopic topic) {
    OffsetCommitRequestPartition partition = topic.partitions().getFirst();
    OffsetCommitValue value =
        OffsetCommitValue.builder()
            .offset(partition.committedOffset())
            .metadata(Objects.requireNonNull(partition.committedMetadata()))
            .topicId(topic.topicId())
            .build();
    log.put(
        CoordinatorLog.NO_PRODUCER,
        GroupRecords.offset(
            GROUP, topic.name(), partition.partitionIndex(), CommittedOffset.unwritten(value)));
  }

  // Chaos

  void chaos(int events) {
    for (int i = 0; i < events; i++) {
      for (long left = random.nextLong(1, 1_200); left > 0; left -= 50) {
        owners.runMs(Math.min(left, 50));
        checkOwners();
      }
      switch (random.nextInt(14)) {
        case 0, 1, 2 -> startConsumer();
        case 3 -> startClassic();
        case 4, 5 -> withMember(SimulatedReader::crash);
        case 6, 7 -> withMember(SimulatedReader::leave);
        case 8 -> failOver();
        case 9 -> log.hold();
        case 10 -> log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        case 11 -> changeTopics();
        default -> heal();
      }
    }
    heal();
  }

  private void heal() {
    log.release();
    log.refuse(null);
  }

  private void startConsumer() {
    add(
        new SimulatedConsumer(
            this, started++, random.nextInt(3) == 0 ? "name" + random.nextInt(2) : null));
  }

  private void startClassic() {
    add(new SimulatedEager(this, started++));
  }

  private void add(SimulatedReader member) {
    members.removeIf(SimulatedReader::isGone);
    if (members.size() < MEMBERS_MAX) {
      members.add(member);
      member.start();
    }
  }

  private void withMember(Consumer<SimulatedReader> what) {
    members.removeIf(SimulatedReader::isGone);
    if (!members.isEmpty()) {
      what.accept(members.get(random.nextInt(members.size())));
    }
  }

  private void changeTopics() {
    String name = random.nextBoolean() ? "c" : random.nextBoolean() ? "b2" : "b";
    Topic topic = topics.find(name);
    if (topic == null) {
      topics.put(name, random.nextInt(1, 4));
    } else if (random.nextBoolean()) {
      topics.put(name, topic.partitions() + 1);
    } else {
      topics.remove(name);
    }
    coordinator.topicsChanged();
    for (SimulatedReader member : members) {
      if (member instanceof SimulatedEager eager && !eager.isGone()) {
        eager.topicsChanged();
      }
    }
  }

  private void failOver() {
    int survivors =
        log.unacknowledgedBatches() == 0 ? 0 : random.nextInt(log.unacknowledgedBatches() + 1);
    List<Entry> remains = log.remains(survivors);
    log.die();
    GroupCoordinator old = coordinator;
    log = new MemoryLog(owners.owner("disk"), remains);
    coordinator = open(log);
    old.close();
  }

  // What must hold

  /** Of the members that the coordinator counts in, no two read the same partition. */
  private void checkOwners() {
    ConsumerGroupDescribeResponse.DescribedGroup group = describe(coordinator);
    if (group.errorCode() != 0) {
      return;
    }
    Map<Place, String> readers = new HashMap<>();
    for (SimulatedReader member : members) {
      boolean counted =
          !member.isGone()
              && group.members().stream()
                  .anyMatch(each ->
                      each.memberId().equals(member.memberId())
                          && each.memberEpoch() >= member.epoch()
                          && member.epoch() > 0);
      if (counted) {
        for (Place place : member.owned()) {
          String other = readers.put(place, member.memberId());
          assertThat(other)
              .as(owners.story("one owner, place=" + place + " member=" + member.memberId()))
              .isNull();
        }
      }
    }
  }

  /** Without further trouble, all that somebody wants to read is read by one member. */
  void checkThatItSettles() {
    lossPercent = 0;
    for (int i = 0; i < 250; i++) {
      owners.runMs(100);
      checkOwners();
    }
    members.removeIf(SimulatedReader::isGone);
    if (members.isEmpty()) {
      assertThat(state()).isIn("Empty", "Dead", "");
      return;
    }
    assertThat(state()).as(owners.story("group settles")).isEqualTo("Stable");
    Map<Place, Integer> owned = new HashMap<>();
    members.forEach(member -> member.owned().forEach(place -> owned.merge(place, 1, Integer::sum)));
    Set<Place> wanted = new HashSet<>();
    for (Topic topic : topics.all()) {
      if (members.stream().anyMatch(member -> member.reads(topic.name()))) {
        for (int partition = 0; partition < topic.partitions(); partition++) {
          wanted.add(new Place(topic.id(), partition));
        }
      }
    }
    assertThat(owned.keySet())
        .as(owners.story("everything is read"))
        .containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(owned.values()).as(owners.story("by one member each")).containsOnly(1);
    checkCommits();
  }

  private String state() {
    String state = describe(coordinator).groupState();
    if (!state.isEmpty()) {
      return state;
    }
    GroupWorld.Later<List<DescribeGroupsResponse.DescribedGroup>> answer = new GroupWorld.Later<>();
    coordinator.describe(List.of(GROUP), answer);
    owners.runMs(5);
    return answer.get().getFirst().groupState();
  }

  /**
   * A commit is of the member that has the partition, as the records before it say: no commit of a
   * member that is out or lost it.
   */
  private void checkCommits() {
    Map<String, ConsumerGroup> groups = new HashMap<>();
    for (Entry entry : log.entries()) {
      var record = ((Entry.Stored) entry).record();
      var key = record.readKey();
      var value = key == null ? null : record.readValue(key);
      if (key == null) {
        continue;
      }
      ConsumerGroup group = groups.getOrDefault(GROUP, ConsumerGroup.empty(GROUP));
      if (ConsumerGroup.isDeletion(key, value)) {
        groups.remove(GROUP);
      } else if (ConsumerGroup.owns(key)) {
        groups.put(GROUP, group.with(key, value));
      } else if (key instanceof OffsetCommitKey place
          && value instanceof OffsetCommitValue committed
          && groups.containsKey(GROUP)) {
        String owner = group.owner(committed.topicId(), place.partition());
        boolean free = owner == null && group.member(committed.metadata()) != null;
        assertThat(free || committed.metadata().equals(owner))
            .as(
                owners.story(
                    "commit of who has it, place="
                        + place
                        + " by="
                        + committed.metadata()
                        + " owner="
                        + owner))
            .isTrue();
      }
    }
  }

  /** Another coordinator that loads the log knows the same. */
  void checkThatTheLogSaysTheSame() {
    members.forEach(SimulatedReader::crash);
    owners.runMs(60);
    GroupCoordinator other = open(new MemoryLog(owners.owner("other"), log.entries()));
    owners.runMs(5);
    var here = describe(coordinator);
    var there = describe(other);
    assertThat(there.errorCode()).isEqualTo(here.errorCode());
    assertThat(there.groupEpoch()).as(owners.story("epoch")).isEqualTo(here.groupEpoch());
    assertThat(there.assignmentEpoch()).isEqualTo(here.assignmentEpoch());
    assertThat(new TreeSet<>(there.members().stream().map(Object::toString).toList()))
        .as(owners.story("members"))
        .isEqualTo(new TreeSet<>(here.members().stream().map(Object::toString).toList()));
  }

  private ConsumerGroupDescribeResponse.DescribedGroup describe(GroupCoordinator which) {
    List<ConsumerGroupDescribeResponse.DescribedGroup> answer = new ArrayList<>();
    which.describeConsumers(List.of(GROUP), answer::addAll);
    for (int i = 0; i < 50 && answer.isEmpty(); i++) {
      owners.runMs(1);
    }
    return answer.getFirst();
  }
}
