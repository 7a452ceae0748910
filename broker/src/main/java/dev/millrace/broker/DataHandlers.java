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
import dev.millrace.broker.data.ProducerIds.Block;
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

/**
 * The handlers of records: those that write and read partitions.
 *
 * @param random makes ids of fetch sessions; belongs to them from now on
 */
public record DataHandlers(
    Node node,
    ActiveController controller,
    Partitions partitions,
    DiskWork diskWork,
    RandomGenerator random,
    Clock clock) {
  private static final long NO_EPOCH = -1;

  /** All of them. */
  public List<Handler<?>> all() {
    BrokerSettings settings = node.written();
    FetchSessions sessions =
        new FetchSessions(settings.intValue("max.incremental.fetch.session.cache.slots"), random);
    return List.of(
        new ProduceHandler(partitions, clock),
        new FetchHandler(
            partitions, diskWork, sessions, settings.intValue("fetch.max.bytes"), clock),
        new ListOffsetsHandler(partitions, diskWork),
        new OffsetForLeaderEpochHandler(partitions),
        new DeleteRecordsHandler(partitions, diskWork),
        new DescribeLogDirsHandler(partitions, diskWork),
        new DescribeProducersHandler(partitions),
        new InitProducerIdHandler(new ProducerIds(this::allocate)));
  }

  private void allocate(Consumer<@Nullable Block> answer) {
    BrokerImage self = node.image().broker(node.id());
    controller.submit(
        new AllocateProducerIds(node.id(), self == null ? NO_EPOCH : self.epoch()),
        outcome ->
            answer.accept(
                outcome instanceof Outcome.Done<AllocateProducerIds.Block> done
                    ? new Block(done.value().first(), done.value().size())
                    : null));
  }
}
