package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Members that come, go and crash, a coordinator that fails over, and what must hold meanwhile. */
final class SimulatedGroup {
  static final int PARTITIONS = 12;

  private static final GroupSettings SETTINGS =
      new GroupSettings(
          new GroupSettings.Membership(1_000, 60_000, 100, 500, 20_000),
          GroupSettings.DEFAULTS.offsets());
  private static final int NAMES = 3;
  private static final int MEMBERS_MAX = 8;

  final SimOwners owners;
  final RandomGenerator random;
  private final Turns network;
  private final List<SimulatedMember> members = new ArrayList<>();
  private final Map<Integer, List<Map<String, String>>> madeByLeaders = new HashMap<>();
  private final Map<String, Integer> successions = new HashMap<>();
  private int syncedGeneration;
  private int requests;
  private int answers;
  private int lives;
  private int started;
  private int lossPercent = 4;
  private long offset;
  private MemoryLog log;
  private GroupCoordinator coordinator;

  SimulatedGroup(long seed) {
    owners = new SimOwners(seed);
    random = owners.random("chaos");
    network = owners.owner("network");
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
            ConsumerRules.DEFAULTS);
    opened.elected(0, lives, onto);
    return opened;
  }

  // The network

  /**
   * Sends a request to whoever is the coordinator when it arrives; the request or its answer may be
   * lost.
   */
  <R> void send(Consumer<Consumer<R>> request, Consumer<R> answer) {
    sendLater(0, request, answer);
  }

  <R> void sendLater(int delayMs, Consumer<Consumer<R>> request, Consumer<R> answer) {
    boolean requestLost = random.nextInt(100) < lossPercent;
    boolean answerLost = random.nextInt(100) < lossPercent;
    if (requestLost) {
      return;
    }
    network.after(
        delayMs + random.nextInt(20),
        () -> {
          requests++;
          request.accept(response -> {
            answers++;
            if (!answerLost) {
              network.after(random.nextInt(20), () -> answer.accept(response));
            }
          });
        });
  }

  GroupCoordinator coordinator() {
    return coordinator;
  }

  /** Whether the trouble is over. */
  boolean isResting() {
    return lossPercent == 0;
  }

  // What members report

  /** A leader made an assignment: who gets what, by member id. */
  void assigned(int generation, Map<String, String> assignment) {
    Map<String, String> byOwner = new HashMap<>();
    assignment.forEach((memberId, given) -> byOwner.put(owner(memberId), given));
    madeByLeaders.computeIfAbsent(generation, _ -> new ArrayList<>()).add(byOwner);
  }

  /** A static member is its name, whatever its id; any other is its id. */
  private static String owner(String memberId) {
    return memberId.startsWith("name") ? memberId.substring(0, memberId.indexOf('-')) : memberId;
  }

  /**
   * A member got its assignment. Of all assignments that leaders made for a generation, one at most
   * may ever be given out.
   */
  void synced(int generation, String memberId, String given) {
    syncedGeneration = Math.max(syncedGeneration, generation);
    List<Map<String, String>> candidates = madeByLeaders.getOrDefault(generation, List.of());
    candidates.removeIf(made -> !made.getOrDefault(owner(memberId), "").equals(given));
    assertThat(candidates).as(owners.story("one assignment a generation")).isNotEmpty();
  }

  int syncedGeneration() {
    return syncedGeneration;
  }

  long nextOffset() {
    return ++offset;
  }

  /** A commit was acknowledged: it is in the log, and its member was not outdated when it came. */
  void committed(int partition, long committed, int generation, int syncedBefore) {
    assertThat(offsetsInLog().getOrDefault(partition, Set.of()))
        .as(owners.story("acknowledged commit is in the log"))
        .contains(committed);
    assertThat(generation)
        .as(owners.story("no commit of an old generation is acknowledged"))
        .isGreaterThanOrEqualTo(syncedBefore);
  }

  /** The number of times that the holder of a name has changed. */
  int successions(String name) {
    return successions.getOrDefault(name, 0);
  }

  /** A name has a new holder; returns the how manieth. */
  int succeeded(String name) {
    return successions.merge(name, 1, Integer::sum);
  }

  private Map<Integer, Set<Long>> offsetsInLog() {
    Map<Integer, Set<Long>> offsets = new HashMap<>();
    for (Entry entry : log.entries()) {
      var record = ((Entry.Stored) entry).record();
      var key = GroupRecords.readKey(record.key());
      var value =
          key == null || record.value() == null
              ? null
              : GroupRecords.readValue(key, record.value());
      if (key instanceof OffsetCommitKey place && value instanceof OffsetCommitValue committed) {
        offsets.computeIfAbsent(place.partition(), _ -> new HashSet<>()).add(committed.offset());
      }
    }
    return offsets;
  }

  // Chaos

  void chaos(int events) {
    for (int i = 0; i < events; i++) {
      owners.runMs(random.nextLong(1, 1_500));
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> start();
        case 4 -> withMember(SimulatedMember::crash);
        case 5 -> withMember(SimulatedMember::leave);
        case 6 -> withMember(this::restart);
        case 7 -> failOver();
        case 8 -> log.hold();
        case 9 -> log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        default -> heal();
      }
    }
    heal();
  }

  private void heal() {
    log.release();
    log.refuse(null);
  }

  private void start() {
    String name = random.nextInt(3) == 0 ? "name" + random.nextInt(NAMES) : "";
    boolean taken =
        members.stream().anyMatch(member -> !name.isEmpty() && member.name().equals(name));
    if (members.size() < MEMBERS_MAX && !taken) {
      add(name);
    }
  }

  private void add(String name) {
    SimulatedMember member = new SimulatedMember(this, started++, name);
    members.add(member);
    member.start();
  }

  private void withMember(Consumer<SimulatedMember> what) {
    members.removeIf(SimulatedMember::isGone);
    if (!members.isEmpty()) {
      what.accept(members.get(random.nextInt(members.size())));
    }
  }

  /** A member with a name is started a second time; the first one does not know and goes on. */
  private void restart(SimulatedMember member) {
    if (!member.name().isEmpty()) {
      add(member.name());
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

  // The end

  /**
   * Without further trouble, every member is in one stable generation that owns everything once.
   */
  void checkThatItComesToRest() {
    lossPercent = 0;
    owners.runMs(120_000);
    members.removeIf(SimulatedMember::isGone);
    if (members.isEmpty()) {
      assertThat(describe(coordinator).groupState()).isIn("Empty", "Dead");
      return;
    }
    DescribedGroup group = describe(coordinator);
    assertThat(group.groupState()).as(owners.story("group comes to rest")).isEqualTo("Stable");
    assertThat(group.members())
        .as(owners.story("members are those who live"))
        .extracting(member -> member.memberId())
        .containsExactlyInAnyOrderElementsOf(
            members.stream().map(SimulatedMember::memberId).toList());
    List<Integer> owned = new ArrayList<>();
    members.forEach(member -> owned.addAll(member.partitions()));
    assertThat(owned)
        .as(owners.story("each partition has one owner"))
        .hasSize(PARTITIONS)
        .doesNotHaveDuplicates();
    assertThat(members.stream().map(SimulatedMember::generation).distinct())
        .as(owners.story("members are in one generation"))
        .hasSize(1);
  }

  /** Another coordinator that loads the log knows the same. */
  void checkThatTheLogSaysTheSame() {
    members.forEach(SimulatedMember::crash);
    owners.runMs(100 + SimulatedMember.KEPT_MS);
    assertThat(answers).as(owners.story("each request is answered once")).isEqualTo(requests);
    GroupCoordinator other;
    DescribedGroup here;
    DescribedGroup there;
    int entries;
    do {
      entries = log.entries().size();
      other = open(new MemoryLog(owners.owner("other"), log.entries()));
      owners.runMs(5);
      here = describe(coordinator);
      there = describe(other);
    } while (log.entries().size() != entries);
    if (here.groupState().equals("Stable") || here.groupState().equals("Empty")) {
      assertThat(there.groupState()).as(owners.story("state")).isEqualTo(here.groupState());
      assertThat(there.protocolData()).isEqualTo(here.protocolData());
      assertThat(there.members())
          .as(owners.story("members"))
          .containsExactlyInAnyOrderElementsOf(here.members());
    }
    assertThat(offsets(other)).as(owners.story("offsets")).isEqualTo(offsets(coordinator));
  }

  private DescribedGroup describe(GroupCoordinator which) {
    GroupWorld.Later<List<DescribedGroup>> answer = new GroupWorld.Later<>();
    which.describe(List.of(GROUP), answer);
    owners.runMs(5);
    return answer.get().getFirst();
  }

  private Map<Integer, Long> offsets(GroupCoordinator which) {
    GroupWorld.Later<List<OffsetFetchResponseGroup>> answer = new GroupWorld.Later<>();
    which.fetch(
        List.of(OffsetFetchRequestGroup.builder().groupId(GROUP).topics(null).build()),
        true,
        answer);
    owners.runMs(5);
    Map<Integer, Long> offsets = new TreeMap<>();
    answer
        .get()
        .getFirst()
        .topics()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(partition ->
                    offsets.put(partition.partitionIndex(), partition.committedOffset())));
    return offsets;
  }
}
