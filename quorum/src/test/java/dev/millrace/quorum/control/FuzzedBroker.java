package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.AlterPartition.Member;
import dev.millrace.quorum.control.AlterPartition.Proposal;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A broker as the controller sees it: what it says, not what it stores. */
final class FuzzedBroker {
  final int id;
  private final FuzzedCluster cluster;
  private final RandomGenerator random;
  private Uuid incarnation;
  private List<Uuid> directories;
  private List<Uuid> failed = List.of();
  private long epoch = -1;
  private long lastEpoch = -1;
  boolean alive;
  boolean stopping;

  /** What it knows of the metadata; may be old. */
  private ClusterImage known = ClusterImage.EMPTY;

  FuzzedBroker(int id, FuzzedCluster cluster, RandomGenerator random) {
    this.id = id;
    this.cluster = cluster;
    this.random = random;
    incarnation = Uuid.random(random);
    directories = id % 2 == 0 ? List.of(directory()) : List.of(directory(), directory());
  }

  private Uuid directory() {
    return Uuid.random(random);
  }

  void start(boolean emptyDisk) {
    alive = true;
    stopping = false;
    epoch = -1;
    known = ClusterImage.EMPTY;
    incarnation = Uuid.random(random);
    if (emptyDisk) {
      List<Uuid> some = new ArrayList<>(directories);
      some.set(random.nextInt(some.size()), directory());
      directories = List.copyOf(some);
      lastEpoch = -1;
    }
    failed = List.of();
  }

  /** A log directory fails; until the process ends nothing in it is at work. */
  void failDirectory() {
    failed = List.of(directories.get(random.nextInt(directories.size())));
  }

  void kill() {
    alive = false;
    lastEpoch = -1;
  }

  /** What it does now and then. */
  void live() {
    if (!alive) {
      return;
    }
    if (random.nextInt(3) > 0) {
      known = cluster.image();
    }
    BrokerImage registered = known.broker(id);
    if (epoch >= 0 && registered == null && known.offset() >= epoch) {
      epoch = -1; // somebody unregistered it
    }
    if (epoch < 0) {
      register();
    } else {
      beat();
      if (registered != null && registered.epoch() == epoch) {
        known.topics().byId().values().forEach(this::tend);
      }
    }
  }

  private void register() {
    Uuid mine = incarnation;
    cluster.submit(
        new RegisterBroker(
            id,
            mine,
            List.of(),
            null,
            directories,
            new RegisterBroker.Predecessor(false, lastEpoch)),
        granted -> {
          if (alive && incarnation.equals(mine)) {
            epoch = granted;
          }
        });
  }

  private void beat() {
    long mine = epoch;
    cluster.submit(
        new BrokerHeartbeat(
            id,
            mine,
            known.offset(),
            stopping ? Wants.STOP : Wants.WORK,
            failed,
            random.nextInt(50) == 0 ? (random.nextBoolean() ? directories : List.of()) : null),
        state -> {
          if (state.shouldShutDown() && stopping && epoch == mine) {
            alive = false;
            lastEpoch = mine;
          }
        });
  }

  private void tend(TopicImage topic) {
    for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
      PartitionImage partition = entry.getValue();
      if (!partition.replicas().contains(id)) {
        continue;
      }
      if (!directories.contains(partition.directoryOf(id))) {
        Uuid chosen = directories.get(Math.floorMod(topic.id().hashCode(), directories.size()));
        cluster.submit(
            AssignDirectories.one(id, epoch, chosen, topic.id(), entry.getKey()), _ -> {});
      }
      if (partition.leader() == id && random.nextInt(3) == 0) {
        propose(topic.id(), entry.getKey(), partition);
      }
    }
  }

  /** Whoever is alive has caught up, mostly. */
  private void propose(Uuid topicId, int index, PartitionImage partition) {
    List<Member> isr = new ArrayList<>();
    for (int replica : partition.replicas()) {
      BrokerImage broker = known.broker(replica);
      boolean inSync =
          replica == id || (cluster.isAlive(replica) && (cluster.calm() || random.nextInt(8) > 0));
      if (inSync) {
        isr.add(new Member(replica, epochOf(broker)));
      }
    }
    List<Integer> ids = isr.stream().map(Member::brokerId).toList();
    if (!ids.equals(partition.isr()) || partition.recovery() != 0 || random.nextInt(20) == 0) {
      int stale = cluster.calm() || random.nextInt(10) > 0 ? 0 : random.nextInt(-1, 2);
      Proposal proposal =
          new Proposal(
              topicId,
              index,
              partition.leaderEpoch(),
              partition.partitionEpoch() + stale,
              isr,
              (byte) 0);
      cluster.submit(new AlterPartition(id, epoch, List.of(proposal)), _ -> {});
    }
  }

  private long epochOf(@Nullable BrokerImage broker) {
    return broker == null || random.nextBoolean() ? AlterPartition.ANY_EPOCH : broker.epoch();
  }
}
