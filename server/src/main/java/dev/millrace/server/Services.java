package dev.millrace.server;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
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
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that the front desk of a node stands on. */
record Services(
    NodePlan plan,
    String clusterId,
    Quorum quorum,
    Partitions partitions,
    DiskWork diskWork,
    long brokerEpoch) {

  /** The front desk with all handlers. */
  Broker broker() {
    dev.millrace.broker.Node node =
        new dev.millrace.broker.Node(plan.nodeId(), clusterId, plan.settings(), quorum::image);
    List<Handler<?>> handlers = new ArrayList<>();
    handlers.addAll(
        AdminHandlers.all(
            node,
            controller(),
            (topics, then) -> partitions.whenApplied(quorum.image().offset(), then),
            SystemClock.INSTANCE));
    handlers.addAll(dataHandlers());
    return new Broker(Handlers.withApiVersions(handlers, node), SystemClock.INSTANCE);
  }

  private List<Handler<?>> dataHandlers() {
    Clock clock = SystemClock.INSTANCE;
    BrokerSettings settings = plan.settings();
    FetchSessions sessions =
        new FetchSessions(
            settings.intValue("max.incremental.fetch.session.cache.slots"), Entropy.generator());
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

  private ActiveController controller() {
    return new ActiveController() {
      @Override
      public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
        quorum.submit(command, reply);
      }
    };
  }

  private void allocate(Consumer<@Nullable Block> answer) {
    quorum.submit(
        new AllocateProducerIds(plan.nodeId(), brokerEpoch),
        outcome ->
            answer.accept(
                outcome instanceof Outcome.Done<AllocateProducerIds.Block> done
                    ? new Block(done.value().first(), done.value().size())
                    : null));
  }
}
