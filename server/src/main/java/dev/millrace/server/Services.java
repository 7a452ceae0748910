package dev.millrace.server;

import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Everything that the front desk of a node stands on. */
record Services(
    NodePlan plan, String clusterId, Quorum quorum, Partitions partitions, DiskWork diskWork) {

  /**
   * Groups and transactions, which follow the cluster from now on.
   *
   * @param owners of their coordinators
   */
  CoordinatorHandlers coordinators(List<Turns> owners) {
    CoordinatorHandlers coordinators =
        new CoordinatorHandlers(
            node(),
            controller(),
            new CoordinatorHandlers.Parts(
                partitions, diskWork, owners, SystemClock.INSTANCE, Entropy.secrets()));
    quorum.listen(coordinators);
    return coordinators;
  }

  /** The front desk with all handlers. */
  Broker broker(CoordinatorHandlers coordinators) {
    dev.millrace.broker.Node node = node();
    List<Handler<?>> handlers = new ArrayList<>();
    handlers.addAll(
        AdminHandlers.all(node, controller(), partitions::whenApplied, SystemClock.INSTANCE));
    handlers.addAll(
        new DataHandlers(
                node,
                partitions,
                diskWork,
                coordinators.enlisting(),
                Entropy.generator(),
                SystemClock.INSTANCE)
            .all());
    handlers.addAll(coordinators.all());
    return new Broker(Handlers.withApiVersions(handlers, node), SystemClock.INSTANCE);
  }

  private dev.millrace.broker.Node node() {
    return new dev.millrace.broker.Node(plan.nodeId(), clusterId, plan.settings(), quorum::image);
  }

  private ActiveController controller() {
    return new ActiveController() {
      @Override
      public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
        quorum.submit(command, reply);
      }
    };
  }
}
