package dev.millrace.broker.transaction;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.CoordinatorKind;
import dev.millrace.broker.coordinator.CoordinatorTopic;
import dev.millrace.broker.coordinator.Elections;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.broker.data.ProducerIds;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.transaction.Markers;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.coordinator.transaction.TransactionSettings;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;
import java.util.Map;

/** The transactions of a node: their coordinator, how it follows the cluster, and its handlers. */
public final class TransactionHandlers {
  private static final byte TRANSACTION = 1;
  private static final String PREFIX = "transaction.state.log.";

  private static final CoordinatorTopic.Layout STATE =
      new CoordinatorTopic.Layout(
          TransactionCoordinator.TOPIC,
          PREFIX,
          settings ->
              Map.of(
                  "cleanup.policy",
                  "compact",
                  "compression.type",
                  "uncompressed",
                  "unclean.leader.election.enable",
                  "false",
                  "min.insync.replicas",
                  Integer.toString(settings.intValue(PREFIX + "min.isr")),
                  "segment.bytes",
                  Integer.toString(settings.intValue(PREFIX + "segment.bytes"))));

  private final Node node;
  private final GroupCoordinator groups;
  private final ProducerIds ids;
  private final CoordinatorTopic topic;
  private final Markers markers;
  private final TransactionCoordinator coordinator;
  private final ImageListener elections;
  private final Enlisting enlisting;

  /**
   * What transactions stand on.
   *
   * @param owners of the coordinators' partitions; they block on nothing
   * @param groups whose offsets transactions commit
   * @param brokers lead what this node does not
   */
  public record Parts(
      Partitions partitions,
      DiskWork diskWork,
      List<Turns> owners,
      Clock clock,
      GroupCoordinator groups,
      Brokers brokers) {}

  public TransactionHandlers(Node node, ActiveController controller, Parts parts) {
    this.node = node;
    this.groups = parts.groups();
    this.ids = new ProducerIds(new ProducerIdBlocks(node, controller));
    this.topic = new CoordinatorTopic(node, controller, STATE);
    this.markers = new LocalMarkers(parts.partitions(), groups, parts.clock());
    Markers everywhere = new RoutedMarkers(node, markers, parts.brokers());
    this.coordinator =
        new TransactionCoordinator(
            new TransactionCoordinator.Setup(
                settings(node.settings(node.image())),
                parts.clock(),
                answer -> ids.next(next -> answer.take(next.error(), next.producerId())),
                everywhere,
                topic::partitionCount),
            parts.owners());
    this.elections =
        new Elections(
            node.id(),
            TransactionCoordinator.TOPIC,
            coordinator,
            new PartitionCoordinatorLog.Parts(parts.partitions(), parts.diskWork(), parts.clock()));
    this.enlisting =
        new RoutedEnlisting(
            node, topic, coordinator, new CoordinatorEnlisting(node, coordinator), parts.brokers());
  }

  /** Must hear of every change of the cluster, after the partitions have. */
  public ImageListener elections() {
    return elections;
  }

  /** How partitions ask for the transactions of their producers. */
  public Enlisting enlisting() {
    return enlisting;
  }

  /** Gives all transactions up: who waits is sent to look for the next coordinator. */
  public void close() {
    coordinator.close();
  }

  /** How clients find the coordinator of a transactional id. */
  public CoordinatorKind kind() {
    return new CoordinatorKind(TRANSACTION, topic, coordinator);
  }

  /** One handler an API. */
  public List<Handler<?>> all() {
    return List.of(
        new InitProducerIdHandler(ids, coordinator),
        new AddPartitionsToTxnHandler(node, coordinator),
        new AddOffsetsToTxnHandler(coordinator, groups),
        new EndTxnHandler(coordinator),
        new WriteTxnMarkersHandler(markers),
        new TxnOffsetCommitHandler(node, groups, enlisting),
        new DescribeTransactionsHandler(coordinator),
        new ListTransactionsHandler(coordinator));
  }

  private static TransactionSettings settings(BrokerSettings broker) {
    return new TransactionSettings(
        broker.intValue("transaction.max.timeout.ms"),
        broker.intValue("transaction.abort.timed.out.transaction.cleanup.interval.ms"),
        broker.intValue("transactional.id.expiration.ms"),
        broker.intValue("transaction.remove.expired.transaction.cleanup.interval.ms"),
        broker.intValue("add.partitions.to.txn.retry.backoff.max.ms"));
  }
}
