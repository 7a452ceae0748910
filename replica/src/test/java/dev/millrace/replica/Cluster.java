package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.BrokerRegistrationChangeRecord;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.replica.InSyncChanges.Answer;
import dev.millrace.replica.InSyncChanges.Member;
import dev.millrace.replica.InSyncChanges.Proposal;
import dev.millrace.replica.follow.FetchSettings;
import dev.millrace.replica.follow.Fetchers;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Some nodes that copy partitions from each other, over {@link SlowLinks}, and a model of the
 * controller that elects leaders from the in-sync set. All in one thread, from one seed.
 */
final class Cluster {
  static final Path DATA = Path.of("/data");

  final SimOwners owners;
  final RandomGenerator random;
  final SlowLinks links;
  final List<Node> nodes = new ArrayList<>();
  ClusterImage image = ClusterImage.EMPTY;

  /** Largest delay of anything between nodes, ms. */
  long delayMsMax = 5;

  /** Longest wait for a sync, ms. */
  long diskMsMax = 1;

  private final TreeMap<String, String> written = new TreeMap<>();

  Cluster(long seed) {
    owners = new SimOwners(seed);
    random = owners.random("cluster");
    links = new SlowLinks(this);
    written.put("replica.lag.time.max.ms", "2000");
  }

  /** A broker setting of all nodes. */
  Cluster with(String name, String value) {
    written.put(name, value);
    return this;
  }

  Cluster start(int count) {
    for (int id = 1; id <= count; id++) {
      nodes.add(new Node(id));
    }
    nodes.forEach(Node::start);
    return this;
  }

  Node node(int id) {
    return nodes.get(id - 1);
  }

  /** The owner of a disk that takes its time. */
  private final class SlowTurns implements Turns {
    private final Turns owner;

    SlowTurns(Turns owner) {
      this.owner = owner;
    }

    @Override
    public void submit(Runnable task) {
      owner.after(random.nextLong(diskMsMax + 1), task);
    }

    @Override
    public Timeout after(long delayMs, Runnable task) {
      return owner.after(delayMs, task);
    }

    @Override
    public boolean inTurn() {
      return owner.inTurn();
    }
  }

  /** One node with its disk, that can die and live again. */
  final class Node {
    final int id;
    SimDisk disk;
    SimOwners.Machine machine;
    Turns loop;
    Turns net;
    LogDirectory directory;
    Partitions partitions;
    boolean lives;
    long brokerEpoch = -1;
    private Turns metadata;
    private ClusterImage known = ClusterImage.EMPTY;

    Node(int id) {
      this.id = id;
      this.disk = new SimDisk(owners.clock());
    }

    void start() {
      lives = true;
      machine = owners.machine("node-" + id);
      metadata = machine.owner("metadata");
      loop = machine.owner("loop");
      net = machine.owner("net");
      LogEvents events = new LogEvents();
      directory =
          LogDirectory.open(
              DATA,
              new LogDirectory.Environment(
                  disk,
                  owners.clock(),
                  new SlowTurns(machine.owner("disk")),
                  events,
                  events::onOffline));
      BrokerSettings settings = BrokerSettings.of(StaticSettings.read(written));
      DiskWork work = new DiskWork(List.of(machine.owner("read")));
      Fetchers fetchers =
          new Fetchers(
              new Fetchers.Setup(
                  FetchSettings.of(id, settings),
                  net,
                  work,
                  to -> links.link(this, to),
                  () -> brokerEpoch));
      Replication replication =
          new Replication(fetchers, (proposal, told) -> propose(this, proposal, told), clock());
      partitions =
          new Partitions(
              new Partitions.Setup(
                  id, settings, List.of(directory), disk, events, 1 << 20, replication),
              machine.owner("replicas"),
              work);
      new Keeper(partitions, machine.owner("keeper"), Keeper.Intervals.of(settings));
      known = ClusterImage.EMPTY;
      brokerEpoch = -1;
      register(this);
      catchUp();
    }

    void crash(Crash crash) {
      lives = false;
      machine.crash();
      disk = disk.crashed(crash);
    }

    /** The partition; null while this node has none. */
    Partition find(String topic, int index) {
      return partitions.find(topic, index);
    }

    Partition partition(String topic, int index) {
      Partition found = find(topic, index);
      if (found == null) {
        throw new AssertionError("no such partition, node=" + id + " " + owners.story(""));
      }
      return found;
    }

    /** Hears of the metadata some time later. */
    void tell() {
      if (lives) {
        metadata.after(random.nextLong(delayMsMax + 1), this::catchUp);
      }
    }

    private void catchUp() {
      if (image.offset() > known.offset()) {
        ClusterImage before = known;
        known = image;
        partitions.changed(ImageDelta.between(before, image), image);
      }
    }

    boolean isCurrent() {
      return known.offset() == image.offset();
    }
  }

  private dev.millrace.base.time.Clock clock() {
    return owners.clock();
  }

  /** Commits records to the metadata. */
  void commit(Message... records) {
    Replay replay = new Replay(image);
    for (Message record : records) {
      replay.apply(record);
    }
    image = replay.finish(image.offset() + records.length, 1).image();
    nodes.forEach(Node::tell);
  }

  /** A topic with one partition for each list of replicas, the first of which leads. */
  Uuid createTopic(String name, List<List<Integer>> replicas, String... settings) {
    Uuid id = Uuid.random(owners.random("topic " + name + image.offset()));
    List<Message> records = new ArrayList<>();
    records.add(TopicRecord.builder().name(name).topicId(id).build());
    for (int i = 0; i < replicas.size(); i++) {
      records.add(
          PartitionRecord.builder()
              .topicId(id)
              .partitionId(i)
              .replicas(replicas.get(i))
              .isr(replicas.get(i))
              .leader(replicas.get(i).getFirst())
              .leaderEpoch(0)
              .partitionEpoch(0)
              .build());
    }
    for (int i = 0; i < settings.length; i += 2) {
      records.add(World.setting(name, settings[i], settings[i + 1]));
    }
    commit(records.toArray(Message[]::new));
    return id;
  }

  PartitionImage state(Uuid topic, int index) {
    PartitionImage found = image.partition(topic, index);
    if (found == null) {
      throw new AssertionError("no such partition");
    }
    return found;
  }

  /** A new life of a broker: its former one is over, which takes it out of in-sync sets. */
  private void register(Node node) {
    fence(node.id);
    node.brokerEpoch = image.offset() + 1;
    commit(
        RegisterBrokerRecord.builder()
            .brokerId(node.id)
            .brokerEpoch(node.brokerEpoch)
            .incarnationId(Uuid.random(random))
            .fenced(false)
            .build());
    electAll();
  }

  /** The broker is taken for dead, whether it is or not. */
  void fence(int broker) {
    BrokerImage known = image.broker(broker);
    if (known != null && !known.fenced()) {
      commit(
          BrokerRegistrationChangeRecord.builder()
              .brokerId(broker)
              .brokerEpoch(known.epoch())
              .fenced((byte) 1)
              .build());
      each((topic, index, partition) -> leave(topic, index, partition, broker));
      electAll();
    }
  }

  /** The broker is heard of again, in the same life. */
  void unfence(int broker) {
    BrokerImage known = image.broker(broker);
    if (known != null && known.fenced()) {
      commit(
          BrokerRegistrationChangeRecord.builder()
              .brokerId(broker)
              .brokerEpoch(known.epoch())
              .fenced((byte) -1)
              .build());
      electAll();
    }
  }

  /** Moves a leadership to a member of the in-sync set. */
  void elect(Uuid topic, int index, int leader) {
    commit(change(topic, index).leader(leader).build());
  }

  private void leave(Uuid topic, int index, PartitionImage partition, int broker) {
    List<Integer> others = partition.isr().stream().filter(one -> one != broker).toList();
    if (!others.isEmpty() && others.size() < partition.isr().size()) {
      commit(change(topic, index).isr(others).build());
    }
    if (partition.leader() == broker) {
      commit(change(topic, index).leader(PartitionImage.NO_LEADER).build());
    }
  }

  private void electAll() {
    each((topic, index, partition) -> {
      if (!partition.hasLeader()) {
        partition.isr().stream()
            .filter(image::isActive)
            .findFirst()
            .ifPresent(leader -> elect(topic, index, leader));
      }
    });
  }

  /** Work on one partition. */
  interface Each {
    void on(Uuid topic, int index, PartitionImage partition);
  }

  private void each(Each work) {
    for (TopicImage topic : image.topics().byId().values()) {
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        work.on(topic.id(), entry.getKey(), state(topic.id(), entry.getKey()));
      }
    }
  }

  static PartitionChangeRecord.Builder change(Uuid topic, int index) {
    return PartitionChangeRecord.builder().topicId(topic).partitionId(index);
  }

  /** AlterPartition as it travels: late, and tried again when it or its answer is lost. */
  private void propose(Node from, Proposal proposal, Consumer<Answer> told) {
    if (proposal.isWithdrawn()) {
      return;
    }
    Turns home = from.net;
    Turns controller = owners.owner("controller");
    controller.after(
        random.nextLong(delayMsMax + 1),
        () -> {
          boolean lostBefore = links.loses(from.id, 0);
          Answer answer = lostBefore ? null : decide(from, proposal);
          if (lostBefore || links.loses(0, from.id)) {
            home.after(50, () -> propose(from, proposal, told));
          } else {
            home.after(random.nextLong(delayMsMax + 1), () -> told.accept(answer));
          }
        });
  }

  private Answer decide(Node from, Proposal proposal) {
    PartitionImage now =
        image.partition(proposal.partition().topicId(), proposal.partition().index());
    BrokerImage leader = image.broker(from.id);
    if (now == null || leader == null || leader.epoch() != from.brokerEpoch) {
      return new Answer.Superseded(ErrorCode.STALE_BROKER_EPOCH);
    }
    if (now.leader() != from.id || now.leaderEpoch() != proposal.leaderEpoch()) {
      return new Answer.Superseded(ErrorCode.FENCED_LEADER_EPOCH);
    }
    if (now.partitionEpoch() != proposal.partitionEpoch()) {
      return new Answer.Superseded(ErrorCode.INVALID_UPDATE_VERSION);
    }
    for (Member member : proposal.members()) {
      BrokerImage broker = image.broker(member.broker());
      boolean isOld =
          broker != null && member.brokerEpoch() >= 0 && member.brokerEpoch() != broker.epoch();
      if (broker == null || !broker.isActive() || isOld) {
        return new Answer.Refused(ErrorCode.INELIGIBLE_REPLICA);
      }
    }
    List<Integer> inSync = proposal.members().stream().map(Member::broker).toList();
    PartitionChangeRecord.Builder change =
        change(proposal.partition().topicId(), proposal.partition().index()).isr(inSync);
    if (!inSync.contains(from.id)) {
      commit(change.leader(inSync.getFirst()).build());
      return new Answer.Superseded(ErrorCode.NEW_LEADER_ELECTED);
    }
    commit(change.build());
    return new Answer.Accepted(now.partitionEpoch() + 1, inSync);
  }
}
