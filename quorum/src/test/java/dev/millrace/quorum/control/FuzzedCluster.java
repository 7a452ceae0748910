package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.AlterReassignments.Move;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.CreatePartitions.MorePartitions;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.DeleteTopics.TopicReference;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ImageRecords;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.log.RecordFrame;
import dev.millrace.quorum.sim.SharedLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Three controllers and five brokers in one simulation, from one seed. */
final class FuzzedCluster {
  private static final List<Integer> VOTERS = List.of(1, 2, 3);
  private static final int BROKERS = 5;
  private static final int STEPS = 400;

  private final String story;
  private final SimOwners owners;
  private final RandomGenerator random;
  private final SharedLog log;
  private final Map<Integer, SimOwners.Machine> machines = new TreeMap<>();
  private final Map<Integer, Quorum> quorums = new TreeMap<>();
  private final Map<Integer, FuzzedBroker> brokers = new TreeMap<>();
  private final ClusterInvariants invariants;
  private final boolean eligible;
  private boolean calm;
  private ClusterImage image = ClusterImage.EMPTY;

  FuzzedCluster(long seed) {
    story = "-Dmillrace.seed=" + seed;
    owners = new SimOwners(seed);
    random = owners.random("cluster");
    eligible = random.nextInt(4) != 3;
    log = new SharedLog(owners, VOTERS);
    invariants = new ClusterInvariants(story);
    VOTERS.forEach(this::startController);
    for (int id = 1; id <= BROKERS; id++) {
      brokers.put(id, new FuzzedBroker(id, this, owners.random("broker" + id)));
    }
  }

  void run() {
    for (int step = 0; step < STEPS; step++) {
      trouble();
      brokers.values().forEach(FuzzedBroker::live);
      owners.runMs(random.nextInt(150));
    }
    settle();
    checkEnd();
  }

  boolean calm() {
    return calm;
  }

  boolean isAlive(int broker) {
    FuzzedBroker it = brokers.get(broker);
    return it != null && it.alive;
  }

  /** The newest image that any controller has. */
  ClusterImage image() {
    for (Quorum quorum : quorums.values()) {
      if (quorum.image().offset() > image.offset()) {
        image = quorum.image();
      }
    }
    return image;
  }

  <R> void submit(Command<R> command, Consumer<R> done) {
    Quorum active = quorums.get(log.leader());
    if (active != null) {
      active.submit(
          command,
          outcome -> {
            if (outcome instanceof Outcome.Done<R> value) {
              done.accept(value.value());
            }
          });
    }
  }

  private void startController(int id) {
    SimOwners.Machine machine = owners.machine("controller" + id);
    Turns turns = machine.owner("quorum");
    machines.put(id, machine);
    Quorum quorum =
        new Quorum(
            new Quorum.Parts(
                id,
                turns,
                log.join(id, turns),
                StaticSettings.read(
                    Map.of(
                        "broker.session.timeout.ms", "1000",
                        "leader.imbalance.check.interval.seconds", "7",
                        "min.insync.replicas", "2",
                        "feature:eligible.leader.replicas.version", eligible ? "1" : "0",
                        "metadata.log.max.record.bytes.between.snapshots", "20000")),
                owners.random("controller" + id + random.nextLong()),
                fault -> {
                  throw fault;
                },
                (broker, gone) -> {
                  if (!isAlive(broker.id())) {
                    gone.run();
                  }
                }));
    quorums.put(id, quorum);
    if (id == 1) {
      quorum.listen(invariants.newLife());
    }
    quorum.start(_ -> {});
  }

  private void trouble() {
    int broker = 1 + random.nextInt(BROKERS);
    switch (random.nextInt(20)) {
      case 0, 16 -> kill(broker);
      case 1, 2, 3, 4 -> start(broker);
      case 5 -> brokerOf(broker).stopping = true;
      case 6, 7 -> create();
      case 8 -> delete();
      case 9, 10 -> move();
      case 11 -> grow();
      case 12 -> elect();
      case 13 -> configure();
      case 14 -> controllers();
      case 17 -> brokerOf(broker).failDirectory();
      case 15 -> submit(new UnregisterBroker(broker), _ -> {});
      default -> {}
    }
  }

  private FuzzedBroker brokerOf(int id) {
    return Objects.requireNonNull(brokers.get(id));
  }

  private void kill(int id) {
    if (brokerOf(id).alive) {
      brokerOf(id).kill();
    }
  }

  private void start(int id) {
    if (!brokerOf(id).alive) {
      boolean emptyDisk = random.nextInt(12) == 0;
      if (emptyDisk) {
        invariants.diskLost(id);
      }
      brokerOf(id).start(emptyDisk);
    }
  }

  private String name() {
    return List.of("a", "b", "c", "d").get(random.nextInt(4));
  }

  private void create() {
    submit(
        new CreateTopics(
            List.of(
                new NewTopic(
                    name(), 1 + random.nextInt(4), 1 + random.nextInt(3), Map.of(), Map.of())),
            false),
        _ -> {});
  }

  private void delete() {
    submit(new DeleteTopics(List.of(TopicReference.of(name()))), _ -> {});
  }

  private void grow() {
    submit(
        new CreatePartitions(
            List.of(new MorePartitions(name(), 2 + random.nextInt(5), null)), false),
        _ -> {});
  }

  private void move() {
    List<Integer> ids = new ArrayList<>(List.of(1, 2, 3, 4, 5));
    Collections.shuffle(ids, new Random(random.nextLong()));
    List<Integer> target = ids.subList(0, 1 + random.nextInt(3));
    Move move =
        new Move(name(), random.nextInt(3), random.nextInt(4) == 0 ? null : List.copyOf(target));
    submit(new AlterReassignments(List.of(move), random.nextBoolean()), _ -> {});
  }

  private void elect() {
    boolean unclean = random.nextInt(3) == 0;
    ElectLeaders.Partition one = new ElectLeaders.Partition(name(), random.nextInt(3));
    if (unclean) {
      invariants.uncleanAllowed(one.topic());
    }
    submit(
        new ElectLeaders(
            unclean ? ElectLeaders.Type.UNCLEAN : ElectLeaders.Type.PREFERRED,
            unclean || random.nextBoolean() ? List.of(one) : null),
        _ -> {});
  }

  private void configure() {
    String topic = name();
    Change change =
        switch (random.nextInt(4)) {
          case 0 -> {
            invariants.uncleanAllowed(topic);
            yield new Change("unclean.leader.election.enable", Operation.SET, "true");
          }
          case 1 -> new Change("unclean.leader.election.enable", Operation.DELETE, null);
          default -> new Change("min.insync.replicas", Operation.SET, "" + (1 + random.nextInt(3)));
        };
    submit(
        new ChangeConfigs(
            List.of(new ResourceChange(ConfigResource.topic(topic), List.of(change))), false),
        _ -> {});
  }

  private void controllers() {
    int id = 1 + random.nextInt(3);
    if (random.nextBoolean()) {
      log.depose();
    } else if (machines.containsKey(id) && machines.size() == VOTERS.size()) {
      Objects.requireNonNull(machines.remove(id)).crash();
      quorums.remove(id);
      log.crash(id);
    } else {
      VOTERS.stream()
          .filter(it -> !machines.containsKey(it))
          .toList()
          .forEach(this::startController);
    }
  }

  /** Everybody is well again, and stays so for a while. */
  private void settle() {
    VOTERS.stream().filter(id -> !machines.containsKey(id)).toList().forEach(this::startController);
    calm = true;
    for (int step = 0; step < 300; step++) {
      for (FuzzedBroker broker : brokers.values()) {
        if (step == 0 || broker.stopping) {
          broker.kill();
        }
        if (!broker.alive) {
          broker.start(false);
        }
        broker.live();
      }
      owners.runMs(50);
    }
  }

  private void checkEnd() {
    owners.runUntil(() -> VOTERS.stream().allMatch(log::isCaughtUp), 10_000);
    ClusterImage end = image();
    for (TopicImage topic : end.topics().byId().values()) {
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        PartitionImage partition = entry.getValue();
        String where = story + " topic=" + topic.name() + " " + entry;
        if (!partition.hasLeader() && invariants.mayBeDead(topic.id(), entry.getKey())) {
          continue;
        }
        assertThat(partition.hasLeader()).as(where).isTrue();
        assertThat(partition.isr())
            .as(where)
            .containsExactlyInAnyOrderElementsOf(partition.replicas());
        assertThat(partition.isMoving()).as(where).isFalse();
        assertThat(partition.eligible()).as(where).isEmpty();
        assertThat(partition.recovery()).as(where).isZero();
        assertThat(partition.leader()).as(where).isEqualTo(partition.replicas().getFirst());
      }
    }
    assertThat(replayed(end)).as(story).isEqualTo(end);
    assertThat(restored(end)).as(story).isEqualTo(end);
  }

  private ClusterImage replayed(ClusterImage end) {
    Replay replay = new Replay(ClusterImage.EMPTY);
    log.committed().forEach(batch -> batch.forEach(replay::apply));
    return replay.finish(end.offset(), end.epoch()).image();
  }

  private static ClusterImage restored(ClusterImage end) {
    Replay replay = new Replay(ClusterImage.EMPTY);
    ImageRecords.of(end)
        .map(record -> RecordFrame.read(RecordFrame.write(record).buffer()))
        .forEach(replay::apply);
    return replay.finish(end.offset(), end.epoch()).image();
  }
}
