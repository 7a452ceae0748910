package dev.millrace.quorum.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.Replay;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Three controllers and a follower on one shared log, under trouble. */
class SharedLogTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 20);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int FOLLOWER = 9;
  private static final List<Integer> VOTERS = List.of(1, 2, 3);

  @Test
  void everybodyAgreesInTheEnd() {
    int committed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Cluster cluster = new Cluster(SEED + round);
      cluster.run();
      committed += cluster.log.committed().size();
    }
    assertThat(committed).isGreaterThan(20 * ROUNDS);
  }

  @Test
  void aMinorityCommitsNothing() {
    Cluster cluster = new Cluster(5);
    cluster.settle();
    int leader = cluster.log.leader();
    VOTERS.stream().filter(id -> id != leader).forEach(cluster.log::crash);
    long end = cluster.log.endOffset();
    cluster.set(leader, "log.retention.ms", "77");
    cluster.owners.runMs(10_000);
    assertThat(cluster.log.leader()).isEqualTo(SharedLog.NOBODY);
    assertThat(cluster.quorum(leader).leader()).isEqualTo(SharedLog.NOBODY);
    assertThat(cluster.log.endOffset()).isLessThanOrEqualTo(end + 1);
    assertThat(cluster.answered).isEqualTo(cluster.asked);
  }

  private static final class Cluster {
    final SimOwners owners;
    final SharedLog log;
    final RandomGenerator random;
    final String story;
    int asked;
    int answered;
    private final Map<Integer, SimOwners.Machine> machines = new HashMap<>();
    private final Map<Integer, Quorum> quorums = new TreeMap<>();
    private final Map<String, Set<String>> written = new HashMap<>();
    private int value;

    Cluster(long seed) {
      story = "-Dmillrace.seed=" + seed;
      owners = new SimOwners(seed);
      random = owners.random("trouble");
      log = new SharedLog(owners, VOTERS);
      VOTERS.forEach(this::start);
      start(FOLLOWER);
    }

    Quorum quorum(int id) {
      return Objects.requireNonNull(quorums.get(id));
    }

    private void start(int id) {
      SimOwners.Machine machine = owners.machine("node" + id);
      Turns turns = machine.owner("quorum");
      machines.put(id, machine);
      Quorum quorum =
          new Quorum(
              new Quorum.Parts(
                  id,
                  turns,
                  log.join(id, turns),
                  StaticSettings.read(
                      Map.of("metadata.log.max.record.bytes.between.snapshots", "4000")),
                  owners.random("node" + id),
                  fault -> {
                    throw fault;
                  }));
      quorums.put(id, quorum);
      quorum.start(_ -> {});
    }

    private void crash(int id) {
      Objects.requireNonNull(machines.remove(id)).crash();
      log.crash(id);
    }

    void settle() {
      owners.runUntil(() -> log.leader() != SharedLog.NOBODY, 10_000);
      owners.runMs(3000);
    }

    void run() {
      log.deposeEvery(4000);
      for (int step = 0; step < 300; step++) {
        trouble();
        List<Integer> alive = List.copyOf(machines.keySet());
        int asking =
            machines.containsKey(log.leader()) && random.nextInt(3) > 0
                ? log.leader()
                : alive.get(random.nextInt(alive.size()));
        set(asking, "log.retention.ms", Integer.toString(++value));
        owners.runMs(random.nextInt(100));
      }
      VOTERS.forEach(log::heal);
      log.heal(FOLLOWER);
      List.of(1, 2, 3, FOLLOWER)
          .forEach(id -> {
            if (!machines.containsKey(id)) {
              start(id);
            }
          });
      owners.runUntil(() -> quorums.keySet().stream().allMatch(log::isCaughtUp), 60_000);
      assertThat(log.committed()).as(story).isNotEmpty();
      ClusterImage expected = quorum(FOLLOWER).image();
      for (Map.Entry<Integer, Quorum> entry : quorums.entrySet()) {
        ClusterImage image = entry.getValue().image();
        assertThat(image.configs()).as(story).isEqualTo(expected.configs());
        assertThat(image).as(story).isEqualTo(replayed(image));
      }
    }

    private ClusterImage replayed(ClusterImage image) {
      Replay replay = new Replay(ClusterImage.EMPTY);
      log.committed().forEach(batch -> batch.forEach(replay::apply));
      return replay.finish(image.offset(), image.epoch()).image();
    }

    private void trouble() {
      int id = random.nextInt(5) == 0 ? FOLLOWER : 1 + random.nextInt(3);
      switch (random.nextInt(12)) {
        case 0 -> {
          if (machines.size() > 2 && machines.containsKey(id)) {
            crash(id);
          }
        }
        case 1, 2 -> {
          if (!machines.containsKey(id)) {
            start(id);
          }
        }
        case 3 -> log.cut(id);
        case 4, 5, 6, 7 -> log.heal(id);
        default -> {}
      }
    }

    /** What was acknowledged is in the image of whoever acknowledged it. */
    void set(int node, String name, String text) {
      Change change = new Change(name, Operation.SET, text);
      asked++;
      quorum(node)
          .submit(
              new ChangeConfigs(
                  List.of(new ResourceChange(ConfigResource.ALL_BROKERS, List.of(change))), false),
              outcome -> {
                answered++;
                if (outcome instanceof Outcome.Done) {
                  assertThat(written.computeIfAbsent(name, _ -> new HashSet<>()).add(text))
                      .as(story)
                      .isTrue();
                  assertThat(quorum(node).image().configs(ConfigResource.ALL_BROKERS))
                      .as(story)
                      .containsEntry(name, text);
                }
              });
    }
  }
}
