package dev.millrace.sim.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.broker.control.ControllerHandlers;
import dev.millrace.broker.forward.CommandCalls;
import dev.millrace.broker.forward.ControllerLink;
import dev.millrace.broker.forward.Envelopes;
import dev.millrace.broker.forward.Forwarding;
import dev.millrace.broker.forward.RemoteController;
import dev.millrace.broker.life.BrokerLife;
import dev.millrace.broker.life.DirectoryAssignments;
import dev.millrace.broker.life.ImageBrokers;
import dev.millrace.broker.life.InSyncProposals;
import dev.millrace.log.Journaling;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.RegisterBroker.Predecessor;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.replica.Cleaner;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Keeper;
import dev.millrace.replica.LogEvents;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Replication;
import dev.millrace.replica.follow.FetchSettings;
import dev.millrace.replica.follow.Fetchers;
import dev.millrace.replica.follow.NetworkLinks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process of a node, from its start to its death, in the order of {@code server}'s start.
 *
 * <pre>
 *   directory opened -> metadata joined -> broker registered -> partitions opened
 *     -> broker unfenced -> clients let in
 * </pre>
 *
 * A start that cannot go on yet looks again a little later, in turns of an owner of its own.
 */
public final class Life {
  private static final Path DATA = Path.of("/data");
  private static final long LOOK_MS = 5;
  private static final int FORWARD_MS = 20_000;
  private static final long RECENT_BYTES = 1 << 16;

  private final Machine machine;
  private final SimCluster cluster;
  private final StaticSettings written;
  private final BrokerSettings settings;
  private final SimOwners.Machine owners;
  private final RandomGenerator random;
  private final Turns start;
  private final Turns loop;
  private final Network calls;
  private final LogEvents events = new LogEvents();
  private final Applied applied = new Applied();
  private final DiskWork diskWork;
  private final Disk disk;
  private final LogDirectory directory;
  private final Quorum quorum;
  private final ActiveController controller;
  private final Forwarding forwarding;
  private @Nullable Partitions partitions;
  private @Nullable BrokerLife broker;
  private @Nullable Fetchers copying;
  private @Nullable CoordinatorHandlers coordinators;
  private boolean serves;
  private @Nullable String fault;

  /**
   * Begins to live.
   *
   * @param number of this life on its machine
   * @throws DiskException when the directory cannot be opened
   */
  Life(Machine machine, SimOwners.Machine owners, int number) {
    this.machine = machine;
    this.cluster = machine.cluster();
    this.owners = owners;
    this.written = StaticSettings.read(cluster.settings(machine.id()));
    this.settings = BrokerSettings.of(written);
    this.random = cluster.owners().random("node-" + machine.id() + "-life-" + number);
    this.start = owners.owner("start");
    this.loop = owners.owner("loop");
    Turns peers = owners.owner("peers");
    this.calls = cluster.network().network(machine.id(), name(), peers);
    this.diskWork = new DiskWork(List.of(owners.owner("read-0"), owners.owner("read-1")));
    this.disk = cluster.alterations().disk(machine.id(), machine.disk());
    this.directory = openDirectory();
    Turns turns = owners.owner("quorum");
    this.quorum =
        new Quorum(
            new Quorum.Parts(
                machine.id(),
                turns,
                cluster
                    .alterations()
                    .metadata(machine.id(), cluster.metadata().join(machine.id(), turns)),
                written,
                part("quorum"),
                cause -> end("metadata failed: " + cause.getMessage())));
    Envelopes envelopes = new Envelopes(link(Lane.ADMIN), FORWARD_MS);
    this.controller = remote(Lane.GENERAL, envelopes);
    this.forwarding = new Forwarding(machine.id(), quorum::leader, envelopes, applied);
    openController();
    quorum.start(outcome -> {});
    when(
        () -> quorum.leader() >= 0 && !quorum.image().features().isEmpty(),
        () -> register(envelopes));
  }

  private String name() {
    return "node-" + machine.id();
  }

  private RandomGenerator part(String purpose) {
    return new SplittableRandom(random.nextLong() ^ purpose.hashCode());
  }

  private LogDirectory openDirectory() {
    LogDirectory opened =
        LogDirectory.open(
            DATA,
            new LogDirectory.Environment(
                disk,
                machine.clock(),
                owners.owner("disk"),
                events,
                lost -> {
                  events.onOffline(lost);
                  end("directory went offline: " + lost.getMessage());
                },
                new Journaling(
                    settings.longValue("millrace.journal.bytes"),
                    cluster.journalAfterRounds(),
                    owners.owner("settler"))));
    MetaProperties identity = opened.identity();
    if (identity == null) {
      opened.identify(new MetaProperties(SimCluster.ID, machine.id(), Uuid.random(random)));
    }
    return opened;
  }

  private void openController() {
    FrameHandler desk =
        ControllerHandlers.desk(
            node(),
            new LocalController(quorum),
            new ControllerHandlers.Controllers(quorum::leader, cluster::controllers),
            List.of(),
            machine.clock());
    cluster
        .network()
        .listen(
            machine.id(),
            cluster.controllerAt(machine.id()),
            "CONTROLLER",
            owners.owner("controller-loop"),
            desk);
  }

  private Node node() {
    return new Node(machine.id(), SimCluster.ID, settings, quorum::image);
  }

  private ControllerLink link(Lane lane) {
    return new ControllerLink(calls, lane, quorum::leader, cluster::controllers);
  }

  private RemoteController remote(Lane lane, Envelopes envelopes) {
    return new RemoteController(
        machine.id(),
        quorum::leader,
        new LocalController(quorum),
        new CommandCalls(SimCluster.ID, link(lane), envelopes, applied));
  }

  private void openPartitions(BrokerLife born) {
    Partitions opened =
        new Partitions(
            new Partitions.Setup(
                machine.id(),
                settings,
                List.of(directory),
                disk,
                events,
                RECENT_BYTES,
                replication()),
            owners.owner("partitions"),
            diskWork);
    partitions = opened;
    quorum.listen(opened);
    applied.bind(opened);
    quorum.listen(applied);
    long offset = quorum.image().offset();
    opened.whenApplied(offset, () -> start.submit(() -> enter(opened, born)));
  }

  private Replication replication() {
    Network fetches =
        cluster
            .alterations()
            .copying(machine.id(), cluster.network().network(machine.id(), name(), loop));
    Fetchers fetchers =
        new Fetchers(
            new Fetchers.Setup(
                FetchSettings.of(machine.id(), settings),
                loop,
                diskWork,
                new NetworkLinks(fetches, SimCluster.LISTENER, quorum::image),
                this::brokerEpoch));
    copying = fetchers;
    return new Replication(
        fetchers,
        new InSyncProposals(calls.turns(), controller, machine.id(), this::brokerEpoch),
        new DirectoryAssignments(calls.turns(), controller, machine.id(), this::brokerEpoch),
        machine.clock());
  }

  private void enter(Partitions opened, BrokerLife born) {
    Turns keeping = owners.owner("keeper");
    Keeper keeper = new Keeper(opened, keeping, Keeper.Intervals.of(settings));
    Cleaner cleaner =
        new Cleaner(
            opened,
            keeping,
            index -> owners.owner("cleaner-" + index),
            machine.clock(),
            part("cleaner"));
    Objects.requireNonNull(keeper);
    Objects.requireNonNull(cleaner);
    when(born::isServing, () -> letIn(opened));
  }

  private void register(Envelopes envelopes) {
    BrokerLife born =
        new BrokerLife(
            new BrokerLife.Parts(
                calls.turns(),
                machine.clock(),
                remote(Lane.HEARTBEAT, envelopes),
                quorum::epoch,
                applied::offset,
                BrokerLife.Directories.WELL,
                new BrokerLife.Rhythm(
                    settings.intValue("broker.heartbeat.interval.ms"),
                    settings.intValue("broker.session.timeout.ms"))),
            registration(),
            new BrokerLife.Standing() {
              @Override
              public void letIn() {
                cluster.trace().add(name() + " is let in");
                if (copying != null) {
                  copying.hurry();
                }
              }

              @Override
              public void refused(String why) {
                end("broker is refused: " + why);
              }
            });
    broker = born;
    born.begin();
    when(
        () -> born.epoch() >= 0 && quorum.image().offset() >= born.epoch(),
        () -> openPartitions(born));
  }

  private RegisterBroker registration() {
    BrokerEndpoint endpoint =
        BrokerEndpoint.builder()
            .name(SimCluster.LISTENER)
            .host(cluster.brokerAt(machine.id()).host())
            .port(cluster.brokerAt(machine.id()).port())
            .build();
    MetaProperties identity = Objects.requireNonNull(directory.identity());
    long cleanEpoch = directory.cleanStop().orElse(CleanStop.NO_EPOCH);
    BrokerImage before = quorum.image().broker(machine.id());
    return new RegisterBroker(
        machine.id(),
        Uuid.random(random),
        List.of(endpoint),
        "rack-" + machine.id(),
        List.of(Objects.requireNonNull(identity.directoryId())),
        new Predecessor(before != null && before.epoch() == cleanEpoch, cleanEpoch));
  }

  private void letIn(Partitions opened) {
    CoordinatorHandlers made =
        new CoordinatorHandlers(
            node(),
            controller,
            new CoordinatorHandlers.Parts(
                opened,
                diskWork,
                List.of(owners.owner("coordinator-0"), owners.owner("coordinator-1")),
                machine.clock(),
                part("coordinators"),
                new ImageBrokers(calls, quorum::image, SimCluster.LISTENER),
                this::isCertain));
    coordinators = made;
    quorum.listen(made);
    List<Handler<?>> handlers = new ArrayList<>();
    handlers.addAll(
        AdminHandlers.all(
            node(), new LocalController(quorum), controller, opened::whenApplied, machine.clock()));
    handlers.addAll(
        new DataHandlers(
                node(),
                opened,
                diskWork,
                made.enlisting(),
                part("sessions"),
                machine.clock(),
                this::isCertain)
            .all());
    handlers.addAll(made.all());
    FrameHandler desk =
        new Broker(Handlers.withApiVersions(handlers, node()), machine.clock(), forwarding);
    cluster
        .network()
        .listen(
            machine.id(),
            cluster.brokerAt(machine.id()),
            SimCluster.LISTENER,
            loop,
            new ProduceTap(
                cluster.alterations().desk(machine.id(), desk), this::topicId, new Told()));
    serves = true;
    cluster.trace().add(name() + " serves");
  }

  private boolean isCertain() {
    return broker != null && broker.isCertain();
  }

  private Uuid topicId(String name) {
    TopicImage topic = quorum.image().topic(name);
    return topic == null ? Uuid.ZERO : topic.id();
  }

  /** Tells what the node acknowledges, and knows what it leads. */
  private final class Told implements ProduceTap.Told {
    @Override
    public int leads(Uuid topicId, int index) {
      Partitions opened = partitions;
      Partition partition = opened == null ? null : opened.find(topicId, index);
      int epoch = partition == null ? -1 : partition.leaderEpoch();
      return partition != null && partition.isLeader(epoch) ? epoch : -1;
    }

    @Override
    public void acknowledged(Observer.Sent sent, long baseOffset) {
      cluster.acknowledged(machine.id(), sent, baseOffset);
    }
  }

  /** Leaves the cluster in order; {@code left} is run when the directories may be closed. */
  void leave(Runnable left) {
    BrokerLife alive = broker;
    if (alive == null) {
      left.run();
    } else {
      alive.leave(() -> start.submit(() -> close(left)));
    }
  }

  private void close(Runnable left) {
    serves = false;
    if (coordinators != null) {
      coordinators.close();
    }
    Partitions opened = partitions;
    if (opened == null) {
      left.run();
      return;
    }
    opened.close(() ->
        start.submit(() -> {
          directory.close(brokerEpoch());
          left.run();
        }));
  }

  private long brokerEpoch() {
    return broker == null ? -1 : broker.epoch();
  }

  /** The process ends by itself: a supervisor may start another one. */
  private void end(String why) {
    if (fault == null) {
      fault = why;
      cluster.trace().add(name() + " ends: " + why);
      cluster.supervisor().submit(() -> machine.ended(this));
    }
  }

  /** Why it ended by itself, or null. */
  public @Nullable String fault() {
    return fault;
  }

  /** Whether clients are let in. */
  public boolean serves() {
    return serves;
  }

  /** What the node knows of the cluster. */
  public Quorum quorum() {
    return quorum;
  }

  /** Null before they are opened. */
  public @Nullable Partitions partitions() {
    return partitions;
  }

  /** What it keeps. */
  public LogDirectory directory() {
    return directory;
  }

  private void when(BooleanSupplier ready, Runnable then) {
    start.after(
        LOOK_MS,
        () -> {
          if (fault != null) {
            return;
          }
          if (ready.getAsBoolean()) {
            then.run();
          } else {
            when(ready, then);
          }
        });
  }

  /** The settings of a node, as they would be written. */
  static Map<String, String> named(int node, Map<String, String> shared) {
    Map<String, String> settings = new TreeMap<>(shared);
    settings.put("node.id", Integer.toString(node));
    return settings;
  }
}
