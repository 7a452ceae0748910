package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.group.GroupSettings;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;
import java.util.random.RandomGenerator;

/** The groups of a node: their coordinator, how it follows the cluster, and its handlers. */
public final class GroupHandlers {
  private static final int NEW_MEMBER_JOIN_MS = 300_000;
  private static final long MS_PER_MINUTE = 60_000;

  private final Node node;
  private final GroupCoordinator coordinator;
  private final ImageListener elections;
  private final OffsetsTopic topic;

  /**
   * What groups stand on.
   *
   * @param owners of the coordinators' partitions; they block on nothing
   * @param random makes the ids of members, which must not be guessed; called from any thread
   */
  public record Parts(
      Partitions partitions,
      DiskWork diskWork,
      List<Turns> owners,
      Clock clock,
      RandomGenerator random) {}

  public GroupHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.coordinator =
        new GroupCoordinator(
            settings(node.settings(node.image())),
            parts.clock(),
            parts.owners(),
            () -> OffsetsTopic.partitionCount(node),
            parts.random(),
            new ClusterConsumerRules(node));
    this.elections =
        new Elections(
            node.id(),
            coordinator,
            new PartitionCoordinatorLog.Parts(parts.partitions(), parts.diskWork(), parts.clock()));
    this.topic = new OffsetsTopic(node, controller);
  }

  /** Must hear of every change of the cluster, after the partitions have. */
  public ImageListener elections() {
    return elections;
  }

  /** Gives all groups up: members that wait are sent to look for the next coordinator. */
  public void close() {
    coordinator.close();
  }

  /** One handler an API. */
  public List<Handler<?>> all() {
    return List.of(
        new FindCoordinatorHandler(node, coordinator, topic),
        new JoinGroupHandler(coordinator),
        new SyncGroupHandler(coordinator),
        new HeartbeatHandler(coordinator),
        new LeaveGroupHandler(coordinator),
        new ConsumerGroupHeartbeatHandler(node, coordinator),
        new ConsumerGroupDescribeHandler(node, coordinator),
        new OffsetCommitHandler(node, coordinator),
        new OffsetFetchHandler(node, coordinator),
        new OffsetDeleteHandler(node, coordinator),
        new ListGroupsHandler(coordinator),
        new DescribeGroupsHandler(coordinator),
        new DeleteGroupsHandler(coordinator));
  }

  private static GroupSettings settings(BrokerSettings broker) {
    return new GroupSettings(
        new GroupSettings.Membership(
            broker.intValue("group.min.session.timeout.ms"),
            broker.intValue("group.max.session.timeout.ms"),
            broker.intValue("group.max.size"),
            broker.intValue("group.initial.rebalance.delay.ms"),
            NEW_MEMBER_JOIN_MS),
        new GroupSettings.Offsets(
            broker.intValue("offset.metadata.max.bytes"),
            broker.intValue("offsets.retention.minutes") * MS_PER_MINUTE,
            broker.longValue("offsets.retention.check.interval.ms"),
            broker.intValue("offsets.commit.timeout.ms")));
  }
}
