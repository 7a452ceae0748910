package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.group.PartitionCoordinatorLog;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareSettings;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;

/** The share groups' records and states on a node, how they follow the cluster, and handlers. */
public final class ShareHandlers {
  private final Node node;
  private final ShareCoordinator coordinator;
  private final SharedPartitions shared;
  private final ShareSessions sessions;
  private final ImageListener elections;

  /**
   * What share groups stand on.
   *
   * @param owners of the coordinator's partitions and of timers; they block on nothing
   */
  public record Parts(Partitions partitions, DiskWork diskWork, List<Turns> owners, Clock clock) {}

  public ShareHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.coordinator =
        new ShareCoordinator(
            settings(node.settings(node.image())),
            parts.clock(),
            parts.owners(),
            () -> ShareStateTopic.partitionCount(node),
            (topicId, partition) -> node.image().partition(topicId, partition) != null);
    Turns timers = parts.owners().getFirst();
    StateStore store = new StateStore(coordinator, new ShareStateTopic(node, controller), timers);
    this.shared =
        new SharedPartitions(
            new SharedPartitions.Parts(
                parts.partitions(),
                parts.diskWork(),
                store,
                new ShareRules(node),
                timers,
                parts.clock()));
    this.sessions =
        new ShareSessions(
            () -> node.settings(node.image()).intValue("group.share.max.share.sessions"), shared);
    this.elections =
        new ShareElections(
            node.id(),
            coordinator,
            new PartitionCoordinatorLog.Parts(parts.partitions(), parts.diskWork(), parts.clock()),
            shared);
  }

  /** Must hear of every change of the cluster, after the partitions have. */
  public ImageListener elections() {
    return elections;
  }

  /** The coordinator of the states. */
  public ShareCoordinator coordinator() {
    return coordinator;
  }

  /** Gives everything up: members are sent to look for the next leader. */
  public void close() {
    shared.close();
    coordinator.close();
  }

  /** One handler an API. */
  public List<Handler<?>> all() {
    ShareAccess access = new ShareAccess(node);
    int bytesMax = node.written().intValue("fetch.max.bytes");
    return List.of(
        new ShareFetchHandler(access, sessions, shared, bytesMax),
        new ShareAcknowledgeHandler(access, sessions, shared),
        new InitializeShareGroupStateHandler(coordinator),
        new ReadShareGroupStateHandler(coordinator),
        new WriteShareGroupStateHandler(coordinator),
        new DeleteShareGroupStateHandler(coordinator),
        new ReadShareGroupStateSummaryHandler(coordinator));
  }

  private static ShareSettings settings(BrokerSettings broker) {
    return new ShareSettings(
        broker.intValue("share.coordinator.snapshot.update.records.per.snapshot"),
        broker.intValue("share.coordinator.write.timeout.ms"),
        broker.intValue("share.coordinator.cold.partition.snapshot.interval.ms"),
        broker.intValue("share.coordinator.state.topic.prune.interval.ms"));
  }
}
