package dev.millrace.broker;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.broker.data.AlterReplicaLogDirsHandler;
import dev.millrace.broker.data.DeleteRecordsHandler;
import dev.millrace.broker.data.DescribeLogDirsHandler;
import dev.millrace.broker.data.DescribeProducersHandler;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.broker.data.ListOffsetsHandler;
import dev.millrace.broker.data.OffsetForLeaderEpochHandler;
import dev.millrace.broker.data.ProduceHandler;
import dev.millrace.broker.data.RecordGate;
import dev.millrace.broker.fetch.FetchHandler;
import dev.millrace.broker.fetch.FetchSessions;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * The handlers of records: those that write and read partitions.
 *
 * @param enlisting asks for the transactions of producers
 * @param gate asked for topics whose records must fit schemas
 * @param random makes ids of fetch sessions; belongs to them from now on
 * @param isCertain whether nobody else can lead by now what this node leads; any thread
 */
public record DataHandlers(
    Node node,
    Partitions partitions,
    DiskWork diskWork,
    Enlisting enlisting,
    RecordGate gate,
    RandomGenerator random,
    Clock clock,
    BooleanSupplier isCertain) {
  /** Those of a node without schemas. */
  public DataHandlers(
      Node node,
      Partitions partitions,
      DiskWork diskWork,
      Enlisting enlisting,
      RandomGenerator random,
      Clock clock,
      BooleanSupplier isCertain) {
    this(node, partitions, diskWork, enlisting, RecordGate.NONE, random, clock, isCertain);
  }

  /** Those of a node that nobody can replace as a leader without its knowing. */
  public DataHandlers(
      Node node,
      Partitions partitions,
      DiskWork diskWork,
      Enlisting enlisting,
      RandomGenerator random,
      Clock clock) {
    this(node, partitions, diskWork, enlisting, random, clock, () -> true);
  }

  /** All of them. */
  public List<Handler<?>> all() {
    BrokerSettings settings = node.written();
    FetchSessions sessions =
        new FetchSessions(settings.intValue("max.incremental.fetch.session.cache.slots"), random);
    return List.of(
        new ProduceHandler(node, partitions, enlisting, gate, isCertain, clock),
        new FetchHandler(
            new FetchHandler.Parts(
                node,
                partitions,
                diskWork,
                sessions,
                settings.intValue("fetch.max.bytes"),
                isCertain),
            clock),
        new ListOffsetsHandler(partitions, diskWork),
        new OffsetForLeaderEpochHandler(partitions),
        new DeleteRecordsHandler(partitions, diskWork),
        new DescribeLogDirsHandler(partitions, diskWork),
        new AlterReplicaLogDirsHandler(partitions),
        new DescribeProducersHandler(partitions));
  }
}
