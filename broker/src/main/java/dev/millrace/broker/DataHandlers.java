package dev.millrace.broker;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.broker.data.DeleteRecordsHandler;
import dev.millrace.broker.data.DescribeLogDirsHandler;
import dev.millrace.broker.data.DescribeProducersHandler;
import dev.millrace.broker.data.InitProducerIdHandler;
import dev.millrace.broker.data.ListOffsetsHandler;
import dev.millrace.broker.data.OffsetForLeaderEpochHandler;
import dev.millrace.broker.data.ProduceHandler;
import dev.millrace.broker.data.ProducerIds;
import dev.millrace.broker.fetch.FetchHandler;
import dev.millrace.broker.fetch.FetchSessions;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The handlers that read and write partitions. */
public final class DataHandlers {
  private DataHandlers() {}

  /**
   * What the handlers need.
   *
   * @param work waits for the disk instead of the event loops
   * @param random for the ids of fetch sessions
   */
  public record Parts(
      Node node,
      ActiveController controller,
      Partitions partitions,
      DiskWork work,
      Clock clock,
      RandomGenerator random) {}

  /** All of them. */
  public static List<Handler<?>> all(Parts parts) {
    Partitions partitions = parts.partitions;
    BrokerSettings settings = parts.node.written();
    FetchSessions sessions =
        new FetchSessions(
            settings.intValue("max.incremental.fetch.session.cache.slots"), parts.random);
    ProducerIds ids = new ProducerIds(answer -> allocate(parts, answer));
    return List.of(
        new ProduceHandler(partitions, parts.clock),
        new FetchHandler(
            partitions, parts.work, sessions, settings.intValue("fetch.max.bytes"), parts.clock),
        new ListOffsetsHandler(partitions, parts.work),
        new OffsetForLeaderEpochHandler(partitions),
        new DeleteRecordsHandler(partitions, parts.work),
        new DescribeLogDirsHandler(partitions, parts.work),
        new DescribeProducersHandler(partitions),
        new InitProducerIdHandler(ids));
  }

  private static void allocate(Parts parts, Consumer<ProducerIds.@Nullable Block> answer) {
    int id = parts.node.id();
    BrokerImage broker = parts.node.image().broker(id);
    if (broker == null) {
      answer.accept(null);
      return;
    }
    parts.controller.submit(
        new AllocateProducerIds(id, broker.epoch()),
        outcome ->
            answer.accept(
                outcome instanceof Outcome.Done<AllocateProducerIds.Block> done
                    ? new ProducerIds.Block(done.value().first(), done.value().size())
                    : null));
  }
}
