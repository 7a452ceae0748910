package dev.millrace.server;

import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Features;
import dev.millrace.replica.Cleaner;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Keeper;
import dev.millrace.replica.Partitions;
import dev.millrace.server.http.HttpDoor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a node comes to life. Each step that begins something says how it ends; {@link
 * Teardown} takes those in reverse.
 *
 * <pre>
 *   addresses taken -> directories locked and identified -> metadata there ({@link Membership})
 *     -> partitions opened -> broker registered and unfenced -> clients let in
 *        (a node that is a controller alone ends before this line)
 *   HTTP beside all of it
 * </pre>
 */
final class Startup {
  /** The step in which others take over what the node leads. */
  static final String LEADERSHIP = "leadership";

  private static final System.Logger LOG = System.getLogger("dev.millrace.server");
  private static final int READERS = 2;
  private static final long PEACE_MS = 100;
  private static final long GRACE_MS = 5_000;

  private final NodePlan plan;
  private final Consumer<RuntimeException> failed;
  private final Teardown teardown;
  private final Schemas schemas;
  private volatile boolean serves;
  private volatile @Nullable Membership membership;

  Startup(NodePlan plan, Consumer<RuntimeException> failed, Teardown teardown) {
    this.plan = plan;
    this.failed = failed;
    this.teardown = teardown;
    this.schemas = new Schemas(plan);
  }

  Node run() {
    plan.directories().forEach(ApacheDirectory::refuse);
    plan.written().warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    CompletableFuture<@Nullable HttpDoor> opening = startHttp();
    Doors doors = Doors.bind(plan);
    teardown.add("listeners", doors::closeAll);
    Foundations foundations = new Foundations(plan, teardown, this::leave);
    Membership joined = join(foundations, doors);
    membership = joined;
    refuseNewer(joined.quorum());
    if (plan.isBroker()) {
      startBroker(foundations, joined, doors);
    } else {
      joined.enter(doors);
      serves = true;
    }
    return new Node(plan, doors.first(), http(opening), teardown);
  }

  private void startBroker(Foundations foundations, Membership joined, Doors doors) {
    DiskWork diskWork = new DiskWork(foundations.owners("reader", READERS));
    Partitions partitions = openPartitions(foundations, joined, diskWork);
    joined.enter(doors);
    Services services = new Services(plan, joined, partitions, diskWork, schemas);
    CoordinatorHandlers coordinators =
        services.coordinators(foundations.owners("coordinator", processors()));
    Broker broker = services.broker(coordinators);
    if (plan.isAlone() && doors.hasController()) {
      doors.openController(services.controllerDesk());
    }
    schemas.open(doors, joined);
    letIn(doors, broker, () -> closeWaiting(coordinators, partitions));
    teardown.add("schemas", schemas::close);
    followLimits(joined.quorum(), doors);
    joined.serves(doors);
    teardown.add(LEADERSHIP, joined::leave);
  }

  /** What may be changed of the doors while they are open. */
  private void followLimits(Quorum quorum, Doors doors) {
    quorum.listen((delta, image) -> {
      if (!delta.configsChanged().isEmpty()) {
        doors.limit(image.brokerSettings(plan.settings(), plan.nodeId()));
      }
    });
    doors.limit(quorum.image().brokerSettings(plan.settings(), plan.nodeId()));
  }

  /** A node that does not know what the others do must not decide, lead or be registered. */
  private static void refuseNewer(Quorum quorum) {
    String objection = Features.objection(quorum.image().features());
    if (objection != null) {
      throw StartException.obstacle(objection, null);
    }
  }

  private Membership join(Foundations foundations, Doors doors) {
    return plan.isAlone()
        ? new Alone(plan, foundations, failed)
        : Joined.join(plan, foundations, doors, failed);
  }

  /** Who was no broker of the cluster this time ended in order as what it was before. */
  private void leave(LogDirectory directory) {
    Membership left = membership;
    long epoch = left == null ? CleanStop.NO_EPOCH : left.brokerEpoch();
    directory.close(
        epoch == CleanStop.NO_EPOCH ? directory.cleanStop().orElse(CleanStop.NO_EPOCH) : epoch);
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** A loop's work is never waited for here, so any thread may begin beside the others. */
  private CompletableFuture<@Nullable HttpDoor> startHttp() {
    Endpoint endpoint = plan.http();
    CompletableFuture<@Nullable HttpDoor> opening = new CompletableFuture<>();
    if (endpoint == null) {
      opening.complete(null);
      return opening;
    }
    teardown.add("http", () -> closeHttp(opening));
    Thread.ofPlatform()
        .name("http-start")
        .start(() -> {
          try {
            opening.complete(
                HttpDoor.open(endpoint, () -> serves, plan.isBroker() ? schemas::registry : null));
          } catch (IOException | RuntimeException e) {
            opening.completeExceptionally(
                StartException.obstacle(
                    "can't listen for HTTP, choose another --http (port 0 picks a free one),"
                        + " address="
                        + endpoint
                        + " cause="
                        + e.getMessage(),
                    e));
          } catch (Throwable e) { // whatever it is, the start waits for an answer
            opening.completeExceptionally(e);
          }
        });
    return opening;
  }

  private static void closeHttp(CompletableFuture<@Nullable HttpDoor> opening) {
    opening
        .handle((server, fault) -> {
          if (server != null) {
            server.close();
          }
          return null;
        })
        .join();
  }

  private @Nullable Endpoint http(CompletableFuture<@Nullable HttpDoor> opening) {
    Endpoint wanted = plan.http();
    try {
      HttpDoor server = opening.join();
      return server == null || wanted == null ? null : new Endpoint(wanted.host(), server.port());
    } catch (CompletionException e) {
      if (e.getCause() instanceof StartException refused) {
        throw refused;
      }
      throw e;
    }
  }

  private Partitions openPartitions(Foundations foundations, Membership joined, DiskWork diskWork) {
    BrokerSettings settings = plan.settings();
    Quorum quorum = joined.quorum();
    Partitions partitions =
        new Partitions(
            new Partitions.Setup(
                plan.nodeId(),
                settings,
                foundations.directories().all(),
                FileDisk.INSTANCE,
                foundations.events().partitions(),
                PageCache.recentBytes(),
                joined.replication(diskWork)),
            foundations.owner("partitions"),
            diskWork);
    teardown.add("partitions", () -> Awaited.done(partitions::close));
    partitions.missing(foundations.directories().missing());
    quorum.listen(partitions);
    joined.actsWith(partitions);
    Awaited.done(opened -> partitions.whenApplied(quorum.image().offset(), opened));
    Turns keeping = foundations.owner("keeper");
    Keeper keeper = new Keeper(partitions, keeping, Keeper.Intervals.of(settings));
    teardown.add("keeper", () -> Awaited.done(keeper::stop));
    if (settings.booleanValue("log.cleaner.enable")) {
      Cleaner cleaner =
          new Cleaner(
              partitions,
              keeping,
              index -> foundations.owner("cleaner-" + index),
              plan.clock(),
              Entropy.secrets());
      teardown.add("cleaner", () -> Awaited.done(cleaner::stop));
    }
    return partitions;
  }

  /**
   * Opens the doors.
   *
   * @param closeWaiting answers every request that waits for something to happen
   */
  private void letIn(Doors doors, Broker broker, Runnable closeWaiting) {
    doors.open(broker);
    teardown.add("clients", () -> letOut(doors, closeWaiting));
    serves = true;
  }

  /**
   * What is in work gets a moment to end by itself; then everything that waits is answered, and
   * what still does not end is cut off.
   */
  private void letOut(Doors doors, Runnable closeWaiting) {
    serves = false;
    CompletableFuture<Void> out =
        CompletableFuture.runAsync(() -> doors.close(GRACE_MS), task -> new Thread(task).start());
    if (!isDoneWithin(out, PEACE_MS)) {
      closeWaiting.run();
    }
    out.join();
  }

  private static void closeWaiting(CoordinatorHandlers coordinators, Partitions partitions) {
    coordinators.close();
    Awaited.done(partitions::close);
  }

  private static boolean isDoneWithin(CompletableFuture<?> future, long ms) {
    try {
      future.get(ms, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("listeners failed to close", e);
    }
  }
}
