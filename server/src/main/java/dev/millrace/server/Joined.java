package dev.millrace.server;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.broker.Node;
import dev.millrace.broker.balance.ClusterBalancer;
import dev.millrace.broker.control.ControllerHandlers;
import dev.millrace.broker.forward.CommandCalls;
import dev.millrace.broker.forward.ControllerLink;
import dev.millrace.broker.forward.Envelopes;
import dev.millrace.broker.forward.Forwarding;
import dev.millrace.broker.forward.RemoteController;
import dev.millrace.broker.life.BrokerLife;
import dev.millrace.broker.life.BrokerProbe;
import dev.millrace.broker.life.DirectoryAssignments;
import dev.millrace.broker.life.ImageBrokers;
import dev.millrace.broker.life.InSyncProposals;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.RegisterBroker.Predecessor;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.EffectiveSettings;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Replication;
import dev.millrace.replica.follow.FetchSettings;
import dev.millrace.replica.follow.Fetchers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster of several: one of the voters, or a broker that follows them. It comes in
 * when a majority of the voters agrees, decides what it is asked only while it leads the metadata,
 * and serves only while the active controller lets it.
 */
final class Joined implements Membership {
  /** The step in which a node ends to copy from others. */
  static final String COPYING = "fetchers";

  private static final Logger LOG = System.getLogger("dev.millrace.server");
  private static final int FORWARD_MS = 20_000;
  private static final long LEAVE_MS_MAX = 15_000;
  private static final long LOOK_MS = 20;

  private final NodePlan plan;
  private final Foundations foundations;
  private final Waiting waiting;
  private final Peers peers;
  private final LateApplied applied = new LateApplied();
  private final MetadataSource source;
  private final Quorum quorum;
  private final String clusterId;
  private final ActiveController controller;
  private final ActiveController forLife;
  private final Forwarding forwarding;
  private final EffectiveSettings effective;
  private volatile @Nullable BrokerLife life;
  private volatile @Nullable Fetchers copying;
  private volatile boolean ending;

  private Joined(
      NodePlan plan, Foundations foundations, Doors doors, Consumer<RuntimeException> failed) {
    this.plan = plan;
    this.effective = new EffectiveSettings(plan.settings(), plan.nodeId());
    this.foundations = foundations;
    this.waiting = new Waiting(plan.unwanted(), failed);
    this.peers = Peers.start(plan, doors.loops());
    foundations.teardown().add("peers", peers::close);
    foundations
        .events()
        .whenFirstOffline(fault ->
            waiting.fail(
                StartException.obstacle(
                    "disk of the metadata log failed, replace it and start the node with an"
                        + " empty directory: others have everything, "
                        + fault.getMessage(),
                    fault)));
    this.source = new MetadataSource(plan, foundations, doors, peers, waiting);
    Desk desk = new Desk();
    source.open(doors, desk);
    BrokerProbe probe = new BrokerProbe(peers.calls(), plan.nodeId(), peers.listener());
    this.quorum =
        new Quorum(
            new Quorum.Parts(
                plan.nodeId(),
                source.turns(),
                source.log(),
                plan.written(),
                Entropy.generator(),
                waiting::fail,
                probe));
    if (plan.isVoter()) {
      quorum.listen(probe);
    }
    foundations.teardown().add("quorum", () -> Awaited.done(quorum::close));
    quorum.start(outcome -> {});
    this.clusterId = source.clusterId();
    foundations.identify(clusterId);
    Envelopes envelopes = new Envelopes(link(Lane.ADMIN), FORWARD_MS);
    this.controller = remote(link(Lane.GENERAL), envelopes);
    this.forLife = remote(link(Lane.HEARTBEAT), envelopes);
    this.forwarding = new Forwarding(plan.nodeId(), quorum::leader, envelopes, applied);
    desk.open(
        ControllerHandlers.desk(
            new Node(plan.nodeId(), clusterId, plan.settings(), quorum::image),
            Alone.local(quorum),
            new ControllerHandlers.Controllers(quorum::leader, source::controllers),
            source.handlers(),
            plan.clock()));
  }

  /**
   * Comes into the cluster; returns when the metadata is there.
   *
   * @param failed told when the metadata log fails later
   * @throws StartException when the node can not be part of this cluster
   */
  static Joined join(
      NodePlan plan, Foundations foundations, Doors doors, Consumer<RuntimeException> failed) {
    Joined joined = new Joined(plan, foundations, doors, failed);
    joined.waiting.until(
        () -> joined.quorum.leader() >= 0 && !joined.quorum.image().features().isEmpty(),
        () -> "no leader of the metadata is known yet, " + joined.source.whatIsMissing());
    if (plan.isBroker()) {
      joined.register(doors);
    }
    return joined;
  }

  private ControllerLink link(Lane lane) {
    return new ControllerLink(peers.calls(), lane, quorum::leader, source::controllers);
  }

  private RemoteController remote(ControllerLink link, Envelopes envelopes) {
    return new RemoteController(
        plan.nodeId(),
        quorum::leader,
        Alone.local(quorum),
        new CommandCalls(clusterId, link, envelopes, applied));
  }

  @Override
  public String clusterId() {
    return clusterId;
  }

  @Override
  public Quorum quorum() {
    return quorum;
  }

  @Override
  public ActiveController controller() {
    return controller;
  }

  @Override
  public Brokers brokers() {
    return new ImageBrokers(peers.calls(), quorum::image, peers.listener());
  }

  @Override
  public Forwarding forwarding() {
    return forwarding;
  }

  @Override
  public Replication replication(DiskWork diskWork) {
    Fetchers fetchers =
        new Fetchers(
            new Fetchers.Setup(
                FetchSettings.of(plan.nodeId(), plan.settings()),
                peers.fetches().turns(),
                diskWork,
                broker -> peers.leader(quorum.image(), broker),
                this::brokerEpoch));
    foundations.teardown().add(COPYING, fetchers::close);
    copying = fetchers;
    Turns calls = peers.calls().turns();
    return new Replication(
        fetchers,
        new InSyncProposals(calls, controller, plan.nodeId(), this::brokerEpoch),
        new DirectoryAssignments(calls, controller, plan.nodeId(), this::brokerEpoch),
        plan.clock());
  }

  @Override
  public void actsWith(Partitions partitions) {
    applied.bind(partitions);
    quorum.listen(applied);
  }

  /**
   * Becomes a broker that is not let in yet; returns when the metadata is here with which the
   * cluster took it. Only then it is known which partitions have no topic: a node that was away, or
   * lost its metadata, would take those that it has not heard of for such.
   */
  private void register(Doors doors) {
    BrokerSettings settings = plan.settings();
    DataDirectories directories = foundations.directories();
    BrokerLife born =
        new BrokerLife(
            new BrokerLife.Parts(
                peers.calls().turns(),
                plan.clock(),
                forLife,
                quorum::epoch,
                applied::offset,
                new KnownDirectories(directories.all(), directories.ids(), this::effective),
                new BrokerLife.Rhythm(
                    settings.intValue("broker.heartbeat.interval.ms"),
                    settings.intValue("broker.session.timeout.ms"))),
            new RegisterBroker(
                plan.nodeId(),
                Uuid.random(foundations.random()),
                doors.endpoints(),
                settings.stringOrNull("broker.rack"),
                directories.ids(),
                predecessor(directories.cleanEpoch())),
            new Standing());
    life = born;
    foundations.teardown().add("registration", born::end);
    born.begin();
    waiting.until(
        () -> born.epoch() >= 0 && quorum.image().offset() >= born.epoch(), born::trouble);
  }

  @Override
  public void enter(Doors doors) {
    if (!plan.isBroker()) {
      waiting.over();
      return;
    }
    BrokerLife born = Objects.requireNonNull(life, "broker is registered before it enters");
    foundations.teardown().add("broker", born::end);
    waiting.until(born::isServing, born::trouble);
    waiting.over();
    if (plan.isVoter()) {
      evenOut();
    }
  }

  private void evenOut() {
    int self = plan.nodeId();
    ClusterBalancer balancer =
        new ClusterBalancer(
            new ClusterBalancer.Parts(
                peers.calls().turns(),
                foundations.owner("balancer"),
                plan.clock(),
                () -> quorum.leader() == self,
                quorum::image,
                effective::of,
                new ClusterBalancer.Work(brokers(), Alone.local(quorum))));
    foundations.teardown().add("balancer", balancer::end);
    balancer.begin();
  }

  private BrokerSettings effective() {
    return effective.of(quorum.image());
  }

  /** A process that stopped in order, as these directories know, is not waited for. */
  private Predecessor predecessor(long cleanEpoch) {
    BrokerImage before = quorum.image().broker(plan.nodeId());
    return new Predecessor(before != null && before.epoch() == cleanEpoch, cleanEpoch);
  }

  /** Hears how the broker stands. */
  private final class Standing implements BrokerLife.Standing {
    @Override
    public void letIn() {
      LOG.log(Level.INFO, "broker serves, broker={0}", Integer.toString(plan.nodeId()));
      Fetchers fetchers = copying;
      if (fetchers != null) {
        fetchers.hurry();
      }
    }

    @Override
    public void refused(String why) {
      waiting.fail(StartException.obstacle(why, null));
    }
  }

  /** Followers and other nodes come to the address that is advertised; so does this. */
  @Override
  public void serves(Doors doors) {
    foundations.teardown().add("look from outside", () -> ending = true);
    for (BrokerEndpoint told : doors.endpoints()) {
      if (told.name().equals(peers.listener())) {
        Endpoint self = new Endpoint(told.host(), told.port());
        peers.look(self, why -> missed(told.name(), self, why));
      }
    }
  }

  private void missed(String listener, Endpoint self, String why) {
    if (!ending) {
      LOG.log(
          Level.WARNING,
          "node cannot be reached where advertised.listeners says, from itself at least: others"
              + " will not copy what it leads, listener={0} address={1}: {2}",
          listener,
          self,
          why);
    }
  }

  @Override
  public void leave() {
    BrokerLife alive = life;
    if (alive == null || !plan.settings().booleanValue("controlled.shutdown.enable")) {
      return;
    }
    CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();
    alive.leave(() -> gone.complete(null));
    long endMs = SystemClock.INSTANCE.monotonicMs() + LEAVE_MS_MAX;
    while (!isDone(gone)) {
      boolean isLate = SystemClock.INSTANCE.monotonicMs() > endMs;
      if (isLate || alive.isCutOff()) {
        LOG.log(
            Level.WARNING,
            "node stops without the controller''s word, others take over what it leads when they"
                + " miss it, broker={0}",
            Integer.toString(plan.nodeId()));
        return;
      }
    }
  }

  private static boolean isDone(CompletableFuture<?> future) {
    try {
      future.get(LOOK_MS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException("broker failed to leave", e);
    }
  }

  @Override
  public boolean isCertain() {
    BrokerLife alive = life;
    return alive != null && alive.isCertain();
  }

  @Override
  public long brokerEpoch() {
    BrokerLife alive = life;
    return alive == null ? -1 : alive.epoch();
  }
}
