package dev.millrace.server;

import dev.millrace.base.time.SystemClock;
import dev.millrace.registry.SchemaRegistry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry of a node that may have one: made when it is first asked for, so that a node
 * without schemas pays nothing, not even for loading it. Safe for any thread.
 */
final class Schemas implements AutoCloseable {
  /** As many copies as the other topics that the cluster keeps for itself. */
  private static final String COPIES = "offsets.topic.replication.factor";

  private final NodePlan plan;
  private volatile @Nullable SchemaRegistry registry;
  private @Nullable Doors doors;
  private @Nullable Membership membership;

  Schemas(NodePlan plan) {
    this.plan = plan;
  }

  /** Clients are let in: the registry is one of them. */
  synchronized void open(Doors opened, Membership joined) {
    doors = opened;
    membership = joined;
  }

  /** The registry; only after {@link #open}. */
  SchemaRegistry registry() {
    SchemaRegistry made = registry;
    return made == null ? make() : made;
  }

  private synchronized SchemaRegistry make() {
    SchemaRegistry made = registry;
    if (made == null) {
      Doors in = Objects.requireNonNull(doors);
      Membership of = Objects.requireNonNull(membership);
      made =
          new SchemaRegistry(
              new SchemaRegistry.Setup(
                  () -> in.near(plan.nodesListener()),
                  plan.nodeId(),
                  this::copies,
                  of::clusterId,
                  Version.current(),
                  SystemClock.INSTANCE));
      registry = made;
    }
    return made;
  }

  /** Voters that have not come up yet count too: each of them will be a broker. */
  private int copies(int brokers) {
    int nodes = Math.max(brokers, plan.voters().size());
    return Math.max(1, Math.min(plan.settings().shortValue(COPIES), nodes));
  }

  @Override
  public synchronized void close() {
    SchemaRegistry made = registry;
    if (made != null) {
      made.close();
    }
  }
}
