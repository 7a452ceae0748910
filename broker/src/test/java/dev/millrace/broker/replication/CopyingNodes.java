package dev.millrace.broker.replication;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Broker;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.broker.balance.ClusterBalancer;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection;
import dev.millrace.broker.life.DirectoryAssignments;
import dev.millrace.broker.life.ImageBrokers;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.net.Endpoint;
import dev.millrace.net.sim.SimNetwork;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.Bootstrap;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Controller;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.log.MemoryLog;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.InSyncChanges;
import dev.millrace.replica.InSyncChanges.Answer;
import dev.millrace.replica.InSyncChanges.Proposal;
import dev.millrace.replica.Keeper;
import dev.millrace.replica.LogEvents;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Replication;
import dev.millrace.replica.follow.FetchSettings;
import dev.millrace.replica.follow.Fetchers;
import dev.millrace.replica.follow.NetworkLinks;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Brokers with the real handlers of data on a simulated network, that copy partitions from each
 * other. The controller is one that does not fail; brokers hear of its decisions at once, and are
 * fenced by hand.
 */
final class CopyingNodes {
  static final int SESSION_MS = 1_500;

  private static final long LIMIT_MS = 60_000;
  private static final String LISTENER = "PLAINTEXT";
  private static final int CONTROLLER = 100;

  final SimOwners owners;
  final SimNetwork network;
  final List<Copying> nodes = new ArrayList<>();
  private final int directories;
  private final Controller controller;
  private final TreeMap<String, String> written = new TreeMap<>();
  private int incarnations;

  CopyingNodes(long seed, int count) {
    this(seed, count, 1);
  }

  /**
   * @param directories log directories of each node
   */
  CopyingNodes(long seed, int count, int directories) {
    this.directories = directories;
    owners = new SimOwners(seed);
    network = new SimNetwork(owners);
    written.put("replica.lag.time.max.ms", "10000");
    written.put(
        "replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector");
    written.put("broker.session.timeout.ms", "1000000000");
    Turns quorum = owners.owner("quorum");
    boolean[] leads = new boolean[1];
    Controller.Events events =
        new Controller.Events() {
          @Override
          public void leading() {
            leads[0] = true;
          }

          @Override
          public void failed(RuntimeException cause) {
            throw cause;
          }
        };
    controller =
        new Controller(
            new Controller.Setup(
                CONTROLLER, settings(CONTROLLER), owners.random("controller"), events),
            quorum,
            new MemoryLog(quorum, CONTROLLER));
    controller.start();
    owners.runUntil(() -> leads[0], LIMIT_MS);
    decide(new Bootstrap(java.util.Map.of()));
    for (int id = 1; id <= count; id++) {
      nodes.add(new Copying(id));
    }
    nodes.forEach(Copying::start);
  }

  private BrokerSettings settings(int id) {
    TreeMap<String, String> own = new TreeMap<>(written);
    own.put("node.id", Integer.toString(id));
    if (id != CONTROLLER) {
      own.put("broker.session.timeout.ms", Integer.toString(SESSION_MS));
    }
    return BrokerSettings.of(StaticSettings.read(own));
  }

  Copying node(int id) {
    return nodes.get(id - 1);
  }

  ClusterImage image() {
    return controller.image();
  }

  TopicImage topic(String name) {
    TopicImage topic = image().topic(name);
    if (topic == null) {
      throw new AssertionError("no such topic, name=" + name);
    }
    return topic;
  }

  PartitionImage state(String topic, int index) {
    PartitionImage found = topic(topic).partition(index);
    if (found == null) {
      throw new AssertionError("no such partition, topic=" + topic + " index=" + index);
    }
    return found;
  }

  Copying leader(String topic, int index) {
    return node(state(topic, index).leader());
  }

  <R> R decide(Command<R> command) {
    AtomicReference<Outcome<R>> outcome = new AtomicReference<>();
    controller.submit(command, outcome::set);
    owners.runUntil(() -> outcome.get() != null, LIMIT_MS);
    if (outcome.get() instanceof Outcome.Done<R> done) {
      return done.value();
    }
    throw new AssertionError("command was refused, outcome=" + outcome.get());
  }

  /** The balancer as it runs beside the controller; it has not begun. */
  ClusterBalancer balancer() {
    Turns turns = owners.owner("balancer");
    return new ClusterBalancer(
        new ClusterBalancer.Parts(
            turns,
            owners.owner("planner"),
            owners.clock(),
            () -> true,
            controller::image,
            image -> image.brokerSettings(settings(CONTROLLER), 100),
            new ClusterBalancer.Work(
                new ImageBrokers(
                    network.network(100, "controller", turns), controller::image, LISTENER),
                activeController())));
  }

  private ActiveController activeController() {
    return new ActiveController() {
      @Override
      public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
        controller.submit(command, reply);
      }
    };
  }

  /** One broker, that can die and live again. */
  final class Copying implements InSyncChanges {
    final int id;
    SimOwners.Machine machine;
    Partitions partitions;
    List<LogDirectory> logs = List.of();
    Broker broker;
    boolean lives;

    /** Whether it knows that nobody else leads what it leads. */
    boolean certain = true;

    SimDisk disk;
    private long epoch = -1;
    private ImageListener ear = (delta, image) -> {};

    Copying(int id) {
      this.id = id;
      this.disk = new SimDisk(owners.clock());
      controller.listen((delta, image) -> ear.changed(delta, image));
    }

    void start() {
      lives = true;
      machine = owners.machine("node-" + id);
      LogEvents events = new LogEvents();
      List<LogDirectory> opened = new ArrayList<>();
      for (int i = 0; i < directories; i++) {
        opened.add(open(i, events));
      }
      logs = opened;
      BrokerSettings settings = settings(id);
      DiskWork work = new DiskWork(List.of(machine.owner("read")));
      Turns net = machine.owner("net");
      Fetchers fetchers =
          new Fetchers(
              new Fetchers.Setup(
                  FetchSettings.of(id, settings),
                  net,
                  work,
                  new NetworkLinks(
                      network.network(id, "node-" + id, net), LISTENER, controller::image),
                  () -> epoch));
      partitions =
          new Partitions(
              new Partitions.Setup(
                  id,
                  settings,
                  logs,
                  disk,
                  events,
                  1 << 20,
                  new Replication(
                      fetchers, this, assignments(machine.owner("calls")), owners.clock())),
              machine.owner("replicas"),
              work);
      new Keeper(partitions, machine.owner("keeper"), Keeper.Intervals.of(settings));
      Node node = new Node(id, "cluster", settings, controller::image);
      DataHandlers data =
          new DataHandlers(
              node,
              partitions,
              work,
              (_, _) -> {
                throw new AssertionError("there are no transactions here");
              },
              owners.random("sessions-" + id),
              owners.clock(),
              () -> certain);
      broker = new Broker(Handlers.withApiVersions(data.all(), node), owners.clock());
      network.listen(id, at(), LISTENER, machine.owner("loop"), broker);
      register();
      ClusterImage image = controller.image();
      ear = partitions;
      partitions.changed(ImageDelta.between(ClusterImage.EMPTY, image), image);
    }

    private LogDirectory open(int number, LogEvents events) {
      LogDirectory directory =
          LogDirectory.open(
              Path.of("/data" + number),
              new LogDirectory.Environment(
                  disk,
                  owners.clock(),
                  machine.owner("disk-" + number),
                  events,
                  events::onOffline));
      if (directory.identity() == null) {
        directory.identify(new MetaProperties("cluster", id, directoryId(number)));
      }
      return directory;
    }

    Uuid directoryId(int number) {
      return new Uuid(id, 100 + number);
    }

    private DirectoryAssignments assignments(Turns turns) {
      return new DirectoryAssignments(turns, activeController(), id, () -> epoch);
    }

    /** Says which log directories failed, as the broker's next sign of life does. */
    void tellOffline() {
      List<Uuid> offline = new ArrayList<>();
      for (int i = 0; i < directories; i++) {
        if (!logs.get(i).isOnline()) {
          offline.add(directoryId(i));
        }
      }
      BrokerHeartbeat beat =
          new BrokerHeartbeat(
              id, epoch, image().offset(), BrokerHeartbeat.Wants.WORK, offline, List.of());
      BrokerHeartbeat.State _ = decide(beat);
    }

    private Endpoint at() {
      return new Endpoint("node" + id, 9092);
    }

    private void register() {
      BrokerImage before = image().broker(id);
      if (before != null && !before.fenced()) {
        decide(new FenceBroker(id, before.epoch()));
      }
      BrokerEndpoint endpoint =
          BrokerEndpoint.builder().name(LISTENER).host("node" + id).port(9092).build();
      epoch =
          decide(
              new RegisterBroker(
                  id,
                  Uuid.random(owners.random("incarnation" + incarnations++)),
                  List.of(endpoint),
                  "rack" + id,
                  IntStream.range(0, directories).mapToObj(this::directoryId).toList(),
                  new RegisterBroker.Predecessor(before != null, epoch)));
      decide(new UnfenceBroker(id, epoch));
    }

    void crash(Crash crash) {
      lives = false;
      ear = (delta, image) -> {};
      machine.crash();
      network.kill(id);
      disk = disk.crashed(crash);
    }

    void fence() {
      decide(new FenceBroker(id, epoch));
    }

    void unfence() {
      decide(new UnfenceBroker(id, epoch));
    }

    Partition partition(String topic, int index) {
      Partition found = partitions.find(topic, index);
      if (found == null) {
        throw new AssertionError("no such partition, node=" + id + " " + owners.story(""));
      }
      return found;
    }

    boolean has(String topic, int index) {
      return lives && partitions.find(topic, index) != null;
    }

    Client client() {
      return new Client(broker, new FakeConnection(machine.owner("client-loop"), LISTENER));
    }

    @Override
    public void propose(Proposal proposal, Consumer<Answer> told) {
      List<AlterPartition.Member> members =
          proposal.members().stream()
              .map(one ->
                  new AlterPartition.Member(
                      one.broker(), one.broker() == id ? epoch : one.brokerEpoch()))
              .toList();
      AlterPartition.Proposal wanted =
          new AlterPartition.Proposal(
              proposal.partition().topicId(),
              proposal.partition().index(),
              proposal.leaderEpoch(),
              proposal.partitionEpoch(),
              members,
              (byte) 0);
      controller.submit(
          new AlterPartition(id, epoch, List.of(wanted)), outcome -> told.accept(answer(outcome)));
    }

    private static Answer answer(Outcome<List<Outcome<PartitionImage>>> outcome) {
      if (!(outcome instanceof Outcome.Done<List<Outcome<PartitionImage>>> done)) {
        return new Answer.Superseded(ErrorCode.STALE_BROKER_EPOCH);
      }
      return switch (done.value().getFirst()) {
        case Outcome.Done<PartitionImage>(PartitionImage now) ->
            new Answer.Accepted(now.partitionEpoch(), now.isr());
        case Outcome.Refused<PartitionImage> refused
            when refused.error() == ErrorCode.INELIGIBLE_REPLICA ->
            new Answer.Refused(refused.error());
        case Outcome.Refused<PartitionImage> refused -> new Answer.Superseded(refused.error());
      };
    }
  }
}
