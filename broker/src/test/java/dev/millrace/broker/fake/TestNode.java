package dev.millrace.broker.fake;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.quorum.control.Bootstrap;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Controller;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.log.MemoryLog;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.LogEvents;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A node of one broker whose metadata log lives in memory and whose partitions lie on a simulated
 * disk, all owners stepped by one seed. Its id is 1 and it listens on PLAINTEXT (host {@code
 * node1}, port 9092) and on OTHER (port 9093).
 */
public final class TestNode {
  public static final String CLUSTER_ID = "test-cluster-id-000000";
  private static final int ID = 1;
  private static final long LIMIT_MS = 60_000;
  private static final long RECENT_BYTES = 1 << 20;

  private final SimOwners owners;
  private final Controller controller;
  private final Node node;
  private final Partitions partitions;
  private final Handlers handlers;
  private final Broker broker;
  private final Client client;
  private final List<Uuid> directories;
  private final Queue<Runnable> notApplied = new ArrayDeque<>();
  private boolean lagging;

  public TestNode() {
    this(new SimOwners(1), Map.of());
  }

  public TestNode(Map<String, String> settings) {
    this(new SimOwners(1), settings);
  }

  public TestNode(SimOwners owners, Map<String, String> changed) {
    this.owners = owners;
    this.directories = List.of(Uuid.random(owners.random("directories")));
    Map<String, String> written = new TreeMap<>(changed);
    written.put("node.id", Integer.toString(ID));
    BrokerSettings settings = BrokerSettings.of(StaticSettings.read(written));
    Leading leading = new Leading();
    Turns quorum = owners.owner("quorum");
    controller =
        new Controller(
            new Controller.Setup(ID, settings, owners.random("controller"), leading),
            quorum,
            new MemoryLog(quorum, ID));
    controller.start();
    owners.runUntil(() -> leading.begun, LIMIT_MS);
    node = new Node(ID, CLUSTER_ID, settings, controller::image);
    DiskWork diskWork = new DiskWork(List.of(owners.owner("reader")));
    partitions = partitions(settings, diskWork);
    controller.listen(partitions);
    List<Handler<?>> all = new ArrayList<>();
    all.addAll(AdminHandlers.all(node, controller::submit, this::whenApplied, owners.clock()));
    CoordinatorHandlers coordinators = coordinators(diskWork);
    all.addAll(
        new DataHandlers(
                node,
                partitions,
                diskWork,
                coordinators.enlisting(),
                owners.random("sessions"),
                owners.clock())
            .all());
    all.addAll(coordinators.all());
    handlers = Handlers.withApiVersions(all, node);
    broker = new Broker(handlers, owners.clock());
    client = newClient("PLAINTEXT");
    decide(new Bootstrap(Map.of()));
    long epoch = register(ID, "node1");
    decide(new UnfenceBroker(ID, epoch));
  }

  private Partitions partitions(BrokerSettings settings, DiskWork diskWork) {
    SimDisk disk = new SimDisk(owners.clock());
    LogEvents events = new LogEvents();
    LogDirectory directory =
        LogDirectory.open(
            Path.of("/data"),
            new LogDirectory.Environment(
                disk, owners.clock(), owners.owner("disk"), events, events::onOffline));
    directory.identify(new MetaProperties(CLUSTER_ID, ID, directories.getFirst()));
    return new Partitions(
        new Partitions.Setup(ID, settings, List.of(directory), disk, events, RECENT_BYTES),
        owners.owner("replicas"),
        diskWork);
  }

  private CoordinatorHandlers coordinators(DiskWork diskWork) {
    CoordinatorHandlers coordinators =
        new CoordinatorHandlers(
            node,
            controller::submit,
            new CoordinatorHandlers.Parts(
                partitions,
                diskWork,
                List.of(owners.owner("coordinator")),
                owners.clock(),
                owners.random("members")));
    controller.listen(coordinators);
    return coordinators;
  }

  /** Hears when the controller leads; its log cannot fail. */
  private static final class Leading implements Controller.Events {
    private boolean begun;

    @Override
    public void leading() {
      begun = true;
    }

    @Override
    public void failed(RuntimeException cause) {
      throw cause;
    }
  }

  /** Registers a broker, which stays fenced; replies its epoch. */
  public long register(int id, String host) {
    List<BrokerEndpoint> endpoints =
        List.of(
            BrokerEndpoint.builder().name("PLAINTEXT").host(host).port(9092).build(),
            BrokerEndpoint.builder().name("OTHER").host(host + ".other").port(9093).build());
    List<Uuid> dirs = id == ID ? directories : List.of(Uuid.random(owners.random("dir" + id)));
    return decide(
        new RegisterBroker(
            id,
            Uuid.random(owners.random("incarnation" + id)),
            endpoints,
            "rack" + id,
            dirs,
            new RegisterBroker.Predecessor(false, -1)));
  }

  private void whenApplied(long offset, Runnable then) {
    if (offset != image().offset()) {
      throw new AssertionError("offset=" + offset + " image=" + image().offset());
    }
    if (lagging) {
      notApplied.add(then);
    } else {
      partitions.whenApplied(offset, then);
    }
  }

  /** Lets this node fall behind its metadata, or catch up. */
  public void lag(boolean value) {
    lagging = value;
    while (!lagging && !notApplied.isEmpty()) {
      notApplied.remove().run();
    }
  }

  /** Runs a command that must be done. */
  public <R> R decide(Command<R> command) {
    AtomicReference<Outcome<R>> outcome = new AtomicReference<>();
    controller.submit(command, outcome::set);
    owners.runUntil(() -> outcome.get() != null, LIMIT_MS);
    if (outcome.get() instanceof Outcome.Done<R> done) {
      return done.value();
    }
    throw new AssertionError("command was refused, outcome=" + outcome.get());
  }

  public SimOwners owners() {
    return owners;
  }

  public Controller controller() {
    return controller;
  }

  public Partitions partitions() {
    return partitions;
  }

  public Handlers handlers() {
    return handlers;
  }

  public Node node() {
    return node;
  }

  public ClusterImage image() {
    return controller.image();
  }

  /** The client of the first connection. */
  public Client client() {
    return client;
  }

  public Client newClient(String listener) {
    return new Client(broker, new FakeConnection(owners.owner("loop"), listener));
  }

  /** Calls with the first client and waits for the answer. */
  public <R extends Response> R call(Class<R> type, Request request, int version) {
    FakeReply reply = client.send(request, version);
    owners.runUntil(() -> reply.frame() != null || !client.connection().isOpen(), LIMIT_MS);
    return Client.answer(type, reply, version);
  }
}
