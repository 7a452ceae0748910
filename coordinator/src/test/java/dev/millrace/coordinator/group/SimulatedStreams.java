package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsSettings;
import dev.millrace.coordinator.streams.Task;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Threads of a streams application in one group, what happens to them, and what must hold. */
final class SimulatedStreams implements StreamsGroupRules {
  private static final int MEMBERS_MAX = 8;
  private static final int PROCESSES = 4;
  private static final int SESSION_MS = 1_500;

  final SimOwners owners;
  final RandomGenerator random;
  private final SimulatedTopics topics = new SimulatedTopics(ConsumerSettings.DEFAULTS);
  private final Turns network;
  private final Turns controller;
  private final List<SimulatedThread> members = new ArrayList<>();
  private final boolean fencedCommitsPass;
  private final Set<String> creating = new HashSet<>();
  private final int initialDelayMs;
  private int standbyReplicas;
  private int lossPercent = 4;
  private int lives;
  private int started;
  private MemoryLog log;
  private GroupCoordinator coordinator;

  /**
   * @param fencedCommitsPass plants a fault: a commit that the coordinator refuses its member is
   *     written all the same
   */
  SimulatedStreams(long seed, boolean fencedCommitsPass) {
    this.fencedCommitsPass = fencedCommitsPass;
    owners = new SimOwners(seed);
    random = owners.random("chaos");
    network = owners.owner("network");
    controller = owners.owner("controller");
    standbyReplicas = random.nextInt(3);
    initialDelayMs = random.nextInt(2) * 300;
    topics.put(StreamsApplication.TEXT, 3);
    topics.put(StreamsApplication.LEFT, 2);
    topics.put(StreamsApplication.RIGHT, 2);
    log = new MemoryLog(owners.owner("disk"), List.of());
    coordinator = open(log);
  }

  private GroupCoordinator open(MemoryLog onto) {
    lives++;
    GroupCoordinator opened =
        new GroupCoordinator(
            GroupSettings.DEFAULTS,
            owners.clock(),
            List.of(owners.owner("coordinator")),
            () -> 1,
            owners.random("ids" + lives),
            new GroupRules(ConsumerRules.DEFAULTS, ShareGroupRules.NONE, this));
    opened.elected(0, lives, onto);
    return opened;
  }

  // The cluster

  @Override
  public StreamsSettings settings(String groupId) {
    return new StreamsSettings(
        SESSION_MS, 200, false, 100, standbyReplicas, initialDelayMs, 100, false);
  }

  @Override
  public TopicCatalog topics() {
    return topics;
  }

  @Override
  public @Nullable String create(Collection<InternalTopic> missing) {
    for (InternalTopic topic : missing) {
      if (creating.add(topic.name())) {
        boolean fails = lossPercent > 0 && random.nextInt(4) == 0;
        controller.after(
            random.nextInt(100),
            () -> {
              creating.remove(topic.name());
              if (!fails && topics.find(topic.name()) == null) {
                topics.put(topic.name(), topic.partitions());
                coordinator.topicsChanged();
              }
            });
      }
    }
    return null;
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

  void beat(StreamsGroupHeartbeatRequest request, Consumer<StreamsGroupHeartbeatResponse> answer) {
    send(reply -> coordinator.streams().heartbeat(request, GroupWorld.CLIENT, reply), answer);
  }

  /** Commits for something that the member works on, or did, now and then. */
  void maybeCommit(SimulatedThread member) {
    Task task = random.nextInt(3) == 0 ? member.anyTask(random) : null;
    if (task == null) {
      return;
    }
    String topic = StreamsApplication.inputOf(task.subtopology());
    OffsetCommitRequest request =
        OffsetCommitRequest.builder()
            .groupId(GROUP)
            .memberId(member.id())
            .generationIdOrMemberEpoch(member.epoch())
            .topics(
                List.of(
                    OffsetCommitRequestTopic.builder()
                        .name(topic)
                        .partitions(
                            List.of(
                                OffsetCommitRequestPartition.builder()
                                    .partitionIndex(task.partition())
                                    .committedOffset(1)
                                    .committedMetadata(member.id())
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
          ErrorCode error = GroupWorld.error(response);
          if (fencedCommitsPass && error == ErrorCode.STALE_MEMBER_EPOCH) {
            OffsetCommitRequestTopic topic = request.topics().getFirst();
            OffsetCommitRequestPartition one = topic.partitions().getFirst();
            OffsetCommitValue value =
                OffsetCommitValue.builder()
                    .offset(1)
                    .metadata(Objects.requireNonNull(one.committedMetadata()))
                    .build();
            log.put(
                CoordinatorLog.NO_PRODUCER,
                GroupRecords.offset(
                    GROUP, topic.name(), one.partitionIndex(), CommittedOffset.unwritten(value)));
          }
          reply.accept(response);
        });
  }

  // What happens

  void chaos(int events) {
    start();
    for (int i = 0; i < events; i++) {
      owners.runMs(random.nextInt(400));
      happen();
      checkWhoWorksOnWhat();
    }
  }

  private void happen() {
    switch (random.nextInt(12)) {
      case 0, 1 -> start();
      case 2 -> anybody(SimulatedThread::leave);
      case 3 -> anybody(SimulatedThread::crash);
      case 4 -> anybody(member -> member.pause(random.nextInt(2 * SESSION_MS)));
      case 5, 6 -> failOver();
      case 7 -> grow();
      case 8 -> standbyReplicas = random.nextInt(3);
      case 9 -> anybody(SimulatedThread::restart);
      default -> owners.runMs(random.nextInt(3_000));
    }
    members.removeIf(SimulatedThread::isGone);
  }

  private void start() {
    if (members.size() < MEMBERS_MAX) {
      boolean isStatic = random.nextInt(3) == 0;
      int number = started++;
      members.add(
          new SimulatedThread(
              this,
              "member" + number,
              "process" + random.nextInt(PROCESSES),
              isStatic ? "instance" + number : null));
    }
  }

  private void anybody(Consumer<SimulatedThread> what) {
    if (!members.isEmpty()) {
      what.accept(members.get(random.nextInt(members.size())));
    }
  }

  /** Topics of users grow together with the internal ones that go with them. */
  private void grow() {
    if (!creating.isEmpty()) {
      return;
    }
    Map<String, Integer> counts = new HashMap<>();
    topics.all().forEach(topic -> counts.put(topic.name(), topic.partitions()));
    Set<String> growing = StreamsApplication.together(random.nextBoolean());
    growing.retainAll(counts.keySet());
    growing.forEach(name -> topics.put(name, counts.get(name) + 1));
    coordinator.topicsChanged();
  }

  private void failOver() {
    GroupCoordinator old = coordinator;
    List<Entry> kept = log.remains(random.nextInt(log.unacknowledgedBatches() + 1));
    log.die();
    log = new MemoryLog(owners.owner("disk"), kept);
    coordinator = open(log);
    old.close();
  }

  // What must hold

  /** What members work on is theirs in the log, so that nobody else gets it. */
  private void checkWhoWorksOnWhat() {
    StreamsGroup group = replay(log.entries());
    for (SimulatedThread member : members) {
      var known = group.member(member.id());
      boolean counts =
          known != null
              && member.epoch() > 0
              && (member.epoch() == known.position().epoch()
                  || member.epoch() == known.position().previousEpoch());
      if (counts) {
        for (Task task : member.active()) {
          assertThat(
                  known.position().assigned().active().contains(task)
                      || known.position().revoking().active().contains(task))
              .as("%s works on %s and may, group=%s", member.id(), task, group)
              .isTrue();
        }
      }
    }
  }

  /** Goes through the log: at each place a task has one worker, and only it commits. */
  private StreamsGroup replay(List<Entry> entries) {
    StreamsGroup group = StreamsGroup.empty(GROUP);
    for (Entry entry : entries) {
      if (!(entry instanceof Entry.Stored stored)) {
        continue;
      }
      Message key = Objects.requireNonNull(stored.record().readKey());
      if (key instanceof OffsetCommitKey offset) {
        checkCommit(group, offset, stored.record().readValue(key));
      } else if (StreamsGroup.isDeletion(key, stored.record().readValue(key))) {
        group = StreamsGroup.empty(GROUP);
      } else {
        group = group.with(key, stored.record().readValue(key));
        checkOneWorkerEach(group);
      }
    }
    return group;
  }

  private static void checkOneWorkerEach(StreamsGroup group) {
    Map<Task, String> workers = new HashMap<>();
    group
        .members()
        .values()
        .forEach(member -> {
          member.position().assigned().active().forEach(task -> note(workers, task, member.id()));
          member.position().revoking().active().forEach(task -> note(workers, task, member.id()));
        });
  }

  private static void note(Map<Task, String> workers, Task task, String memberId) {
    assertThat(workers.put(task, memberId)).as("one worker of %s", task).isNull();
  }

  private static void checkCommit(
      StreamsGroup group, OffsetCommitKey key, @Nullable Message value) {
    if (value instanceof OffsetCommitValue committed) {
      Task task = new Task(StreamsApplication.readerOf(key.topic()), key.partition());
      for (var member : group.members().values()) {
        boolean works =
            member.position().assigned().active().contains(task)
                || member.position().revoking().active().contains(task);
        if (works) {
          assertThat(committed.metadata()).as("commit of who has %s", task).isEqualTo(member.id());
        }
      }
    }
  }

  void checkThatItSettles() {
    lossPercent = 0;
    start();
    owners.runMs(60_000);
    checkWhoWorksOnWhat();
    Map<Task, Integer> workers = new HashMap<>();
    for (SimulatedThread member : members) {
      member.active().forEach(task -> workers.merge(task, 1, Integer::sum));
    }
    Set<Task> expected = StreamsApplication.tasks(topics);
    assertThat(workers.keySet())
        .as("all is worked on, topics=%s group=%s", topics.all(), describe())
        .isEqualTo(expected);
    assertThat(workers.values()).as("by one each").containsOnly(1);
    checkCopies(expected);
    DescribedGroup described = describe();
    assertThat(described.groupState()).as("%s", described).isEqualTo("Stable");
    int least = members.stream().mapToInt(each -> each.active().size()).min().orElseThrow();
    int most = members.stream().mapToInt(each -> each.active().size()).max().orElseThrow();
    assertThat(most - least).as("work is spread evenly").isLessThanOrEqualTo(1);
  }

  private void checkCopies(Set<Task> expected) {
    Map<Task, Set<String>> places = new HashMap<>();
    Set<String> processes = new TreeSet<>();
    for (SimulatedThread member : members) {
      processes.add(member.process());
      for (Task task : member.active()) {
        assertThat(places.computeIfAbsent(task, _ -> new TreeSet<>()).add(member.process()))
            .isTrue();
      }
      for (Task task : member.standby()) {
        assertThat(places.computeIfAbsent(task, _ -> new TreeSet<>()).add(member.process()))
            .as("a process has %s once", task)
            .isTrue();
      }
    }
    for (Task task : expected) {
      boolean stateful = StreamsApplication.isStateful(task.subtopology());
      int copies = stateful ? Math.min(standbyReplicas, processes.size() - 1) : 0;
      assertThat(places.get(task)).as("places of %s", task).hasSize(1 + copies);
    }
  }

  private DescribedGroup describe() {
    List<DescribedGroup> given = new ArrayList<>();
    coordinator.streams().describe(List.of(GROUP), given::addAll);
    owners.runMs(10);
    return given.getFirst();
  }

  void checkThatTheLogSaysTheSame() {
    String before = describe().toString();
    failOver();
    owners.runMs(50);
    assertThat(describe().toString()).as("a successor knows the same").isEqualTo(before);
  }
}
