package dev.millrace.broker;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.coordinator.FindCoordinatorHandler;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.broker.group.GroupHandlers;
import dev.millrace.broker.share.ShareHandlers;
import dev.millrace.broker.transaction.TransactionHandlers;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Everything of a node that is coordinated: groups, transactions and share groups, with their
 * handlers.
 */
public final class CoordinatorHandlers implements ImageListener {
  private final Node node;
  private final GroupHandlers groups;
  private final TransactionHandlers transactions;
  private final ShareHandlers shares;

  /**
   * What coordinators stand on.
   *
   * @param owners of the coordinators' partitions; they block on nothing
   * @param brokers coordinate what this node does not
   * @param random makes the ids of members, which must not be guessed; called from any thread
   * @param isCertain whether nobody else can lead by now what this node leads; any thread
   */
  public record Parts(
      Partitions partitions,
      DiskWork diskWork,
      List<Turns> owners,
      Clock clock,
      RandomGenerator random,
      Brokers brokers,
      BooleanSupplier isCertain) {
    /** On a node that is alone. */
    public Parts(
        Partitions partitions,
        DiskWork diskWork,
        List<Turns> owners,
        Clock clock,
        RandomGenerator random) {
      this(partitions, diskWork, owners, clock, random, Brokers.NONE, () -> true);
    }
  }

  public CoordinatorHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.shares =
        new ShareHandlers(
            node,
            controller,
            new ShareHandlers.Parts(
                parts.partitions(),
                parts.diskWork(),
                parts.owners(),
                parts.clock(),
                parts.brokers()));
    this.groups =
        new GroupHandlers(
            node,
            controller,
            new GroupHandlers.Parts(
                parts.partitions(),
                parts.diskWork(),
                parts.owners(),
                parts.clock(),
                parts.random(),
                shares.rules(),
                parts.isCertain()));
    this.transactions =
        new TransactionHandlers(
            node,
            controller,
            new TransactionHandlers.Parts(
                parts.partitions(),
                parts.diskWork(),
                parts.owners(),
                parts.clock(),
                groups.coordinator(),
                parts.brokers()));
  }

  /**
   * Must hear of every change of the cluster, after the partitions have. Groups come first: what
   * transactions complete reaches them.
   */
  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    groups.elections().changed(delta, image);
    transactions.elections().changed(delta, image);
    shares.elections().changed(delta, image);
  }

  /** How partitions ask for the transactions of their producers. */
  public Enlisting enlisting() {
    return transactions.enlisting();
  }

  /** Gives everything up: who waits is sent to look for the next coordinator. */
  public void close() {
    shares.close();
    transactions.close();
    groups.close();
  }

  /** One handler an API. */
  public List<Handler<?>> all() {
    List<Handler<?>> all = new ArrayList<>();
    all.add(
        new FindCoordinatorHandler(
            node, List.of(groups.kind(), transactions.kind(), shares.kind())));
    all.addAll(groups.all());
    all.addAll(transactions.all());
    all.addAll(shares.all(groups.coordinator().shares()));
    return all;
  }
}
