package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.CoordinatorKind;
import dev.millrace.broker.coordinator.CoordinatorTopic;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.group.GroupRules;
import dev.millrace.coordinator.group.GroupSettings;
import dev.millrace.coordinator.group.ShareGroupRules;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** The groups of a node: their coordinator, how it follows the cluster, and its handlers. */
public final class GroupHandlers {
  private static final byte GROUP = 0;
  private static final int NEW_MEMBER_JOIN_MS = 300_000;
  private static final long MS_PER_MINUTE = 60_000;

  private static final CoordinatorTopic.Layout OFFSETS =
      new CoordinatorTopic.Layout(
          GroupCoordinator.TOPIC,
          "offsets.topic.",
          settings ->
              Map.of(
                  "cleanup.policy",
                  "compact",
                  "compression.type",
                  "producer",
                  "segment.bytes",
                  Integer.toString(settings.intValue("offsets.topic.segment.bytes"))));

  private final Node node;
  private final GroupRules rules;
  private final GroupCoordinator coordinator;
  private final ImageListener elections;
  private final CoordinatorTopic topic;
  private final BooleanSupplier isCertain;

  /**
   * What groups stand on.
   *
   * @param owners of the coordinators' partitions; they block on nothing
   * @param random makes the ids of members, which must not be guessed; called from any thread
   * @param shareRules of share groups
   * @param isCertain whether nobody else can lead by now what this node leads; any thread
   */
  public record Parts(
      Partitions partitions,
      DiskWork diskWork,
      List<Turns> owners,
      Clock clock,
      RandomGenerator random,
      ShareGroupRules shareRules,
      BooleanSupplier isCertain) {}

  public GroupHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.isCertain = parts.isCertain();
    this.topic = new CoordinatorTopic(node, controller, OFFSETS);
    this.rules =
        new GroupRules(
            new ClusterConsumerRules(node),
            parts.shareRules(),
            new ClusterStreamsRules(node, new InternalTopics(node, controller)));
    this.coordinator =
        new GroupCoordinator(
            settings(node.settings(node.image())),
            parts.clock(),
            parts.owners(),
            topic::partitionCount,
            parts.random(),
            rules);
    this.elections =
        new GroupElections(
            node.id(),
            coordinator,
            new PartitionCoordinatorLog.Parts(parts.partitions(), parts.diskWork(), parts.clock()));
  }

  /** Must hear of every change of the cluster, after the partitions have. */
  public ImageListener elections() {
    return elections;
  }

  /** Gives all groups up: members that wait are sent to look for the next coordinator. */
  public void close() {
    coordinator.close();
  }

  /** The coordinator itself, for what else concerns offsets: transactions. */
  public GroupCoordinator coordinator() {
    return coordinator;
  }

  /** How clients find the coordinator of a group. */
  public CoordinatorKind kind() {
    return new CoordinatorKind(GROUP, topic, coordinator);
  }

  /** One handler an API. */
  public List<Handler<?>> all() {
    return List.of(
        new JoinGroupHandler(coordinator),
        new SyncGroupHandler(coordinator),
        new HeartbeatHandler(coordinator),
        new LeaveGroupHandler(coordinator),
        new ConsumerGroupHeartbeatHandler(node, rules.consumers(), coordinator),
        new ConsumerGroupDescribeHandler(node, coordinator),
        new StreamsGroupHeartbeatHandler(node, rules.streams(), coordinator.streams()),
        new StreamsGroupDescribeHandler(node, coordinator.streams()),
        new OffsetCommitHandler(node, coordinator),
        new OffsetFetchHandler(node, coordinator, isCertain),
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
