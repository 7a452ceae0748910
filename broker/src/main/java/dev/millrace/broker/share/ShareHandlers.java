package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.CoordinatorKind;
import dev.millrace.broker.coordinator.CoordinatorTopic;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.broker.deadletter.DeadLetterQueue;
import dev.millrace.broker.deadletter.DeadLetterRules;
import dev.millrace.broker.deadletter.LocalDeadLetterLog;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.coordinator.group.ShareGroupRules;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareSettings;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The share groups' records and states on a node, how they follow the cluster, and handlers. */
public final class ShareHandlers {
  private static final byte SHARE = 2;
  private static final String PREFIX = "share.coordinator.state.topic.";

  /** What is not needed is cut off at the front, so nothing is compacted or deleted by age. */
  private static final CoordinatorTopic.Layout STATE =
      new CoordinatorTopic.Layout(
          ShareCoordinator.TOPIC,
          PREFIX,
          settings ->
              Map.of(
                  "cleanup.policy",
                  "delete",
                  "compression.type",
                  "producer",
                  "retention.ms",
                  "-1",
                  "min.insync.replicas",
                  Short.toString(settings.shortValue(PREFIX + "min.isr")),
                  "segment.bytes",
                  Integer.toString(settings.intValue(PREFIX + "segment.bytes"))));

  private final Node node;
  private final CoordinatorTopic topic;
  private final ShareCoordinator coordinator;
  private final StateStore store;
  private final SharedPartitions shared;
  private final EndOffsets ends;
  private final ShareSessions sessions;
  private final ImageListener elections;

  /**
   * What share groups stand on.
   *
   * @param brokers coordinate what this node does not
   * @param owners of the coordinator's partitions and of timers; they block on nothing
   */
  public record Parts(
      Partitions partitions, DiskWork diskWork, List<Turns> owners, Clock clock, Brokers brokers) {}

  public ShareHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.topic = new CoordinatorTopic(node, controller, STATE);
    this.coordinator =
        new ShareCoordinator(
            settings(node.settings(node.image())),
            parts.clock(),
            parts.owners(),
            topic::partitionCount,
            (topicId, partition) -> node.image().partition(topicId, partition) != null);
    Turns timers = parts.owners().getFirst();
    this.store =
        new StateStore(node, coordinator, new ShareStateCalls(parts.brokers()), topic, timers);
    this.ends = new EndOffsets(node, parts.partitions(), parts.brokers());
    this.shared =
        new SharedPartitions(
            new SharedPartitions.Parts(
                parts.partitions(),
                parts.diskWork(),
                store,
                new ShareRules(node),
                new DeadLetterQueue(
                    new DeadLetterQueue.Parts(
                        new DeadLetterRules(node),
                        new LocalDeadLetterLog(parts.partitions(), parts.clock()),
                        controller,
                        parts.diskWork(),
                        timers,
                        parts.clock())),
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

  /** How others find the coordinator of a state. */
  public CoordinatorKind kind() {
    return new CoordinatorKind(SHARE, topic, coordinator);
  }

  /** Gives everything up: members are sent to look for the next leader. */
  public void close() {
    shared.close();
    coordinator.close();
  }

  /** What share groups' members have to know of the cluster. */
  public ShareGroupRules rules() {
    return new ClusterShareRules(node, store);
  }

  /**
   * One handler an API.
   *
   * @param groups of which members are in
   */
  public List<Handler<?>> all(ShareGroupFront groups) {
    ShareAccess access = new ShareAccess(node);
    int bytesMax = node.written().intValue("fetch.max.bytes");
    List<Handler<?>> handlers = new ArrayList<>(new ShareStateHandlers(coordinator).all());
    handlers.add(new ShareGroupHeartbeatHandler(access, groups));
    handlers.add(new ShareGroupDescribeHandler(access, groups));
    handlers.add(new DescribeShareGroupOffsetsHandler(node, access, groups, store, ends));
    handlers.add(new AlterShareGroupOffsetsHandler(node, access, groups));
    handlers.add(new DeleteShareGroupOffsetsHandler(node, access, groups));
    handlers.add(new ShareFetchHandler(access, sessions, shared, bytesMax));
    handlers.add(new ShareAcknowledgeHandler(access, sessions, shared));
    return handlers;
  }

  private static ShareSettings settings(BrokerSettings broker) {
    return new ShareSettings(
        broker.intValue("share.coordinator.snapshot.update.records.per.snapshot"),
        broker.intValue("share.coordinator.write.timeout.ms"),
        broker.intValue("share.coordinator.cold.partition.snapshot.interval.ms"),
        broker.intValue("share.coordinator.state.topic.prune.interval.ms"));
  }
}
