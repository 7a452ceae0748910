package dev.millrace.server;

import dev.millrace.base.settings.Listener;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.control.ControllerHandlers;
import dev.millrace.net.Endpoint;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Everything that the front desk of a node stands on. */
record Services(
    NodePlan plan,
    Membership membership,
    Partitions partitions,
    DiskWork diskWork,
    Schemas schemas) {

  /**
   * Groups and transactions, which follow the cluster from now on.
   *
   * @param owners of their coordinators
   */
  CoordinatorHandlers coordinators(List<Turns> owners) {
    CoordinatorHandlers coordinators =
        new CoordinatorHandlers(
            node(),
            membership.controller(),
            new CoordinatorHandlers.Parts(
                partitions,
                diskWork,
                owners,
                plan.clock(),
                Entropy.secrets(),
                membership.brokers(),
                membership::isCertain));
    membership.quorum().listen(coordinators);
    return coordinators;
  }

  /** The front desk with all handlers. */
  Broker broker(CoordinatorHandlers coordinators) {
    dev.millrace.broker.Node node = node();
    List<Handler<?>> handlers = new ArrayList<>();
    handlers.addAll(
        AdminHandlers.all(
            node,
            Alone.local(membership.quorum()),
            membership.controller(),
            partitions::whenApplied,
            plan.clock()));
    handlers.addAll(
        new DataHandlers(
                node,
                partitions,
                diskWork,
                coordinators.enlisting(),
                new SchemaGate(schemas::registry),
                Entropy.generator(),
                plan.clock(),
                membership::isCertain)
            .all());
    handlers.addAll(coordinators.all());
    return new Broker(
        Handlers.withApiVersions(handlers, node), plan.clock(), membership.forwarding());
  }

  /** The front desk of the controller of a node that is alone. */
  Broker controllerDesk() {
    Listener listener = Objects.requireNonNull(plan.controllerListener());
    return ControllerHandlers.desk(
        node(),
        membership.controller(),
        new ControllerHandlers.Controllers(
            plan::nodeId,
            () ->
                Map.of(
                    plan.nodeId(),
                    new Endpoint(
                        listener.isWildcard() ? MachineAddress.find() : listener.host(),
                        listener.port()))),
        List.of(),
        plan.clock());
  }

  private dev.millrace.broker.Node node() {
    return new dev.millrace.broker.Node(
        plan.nodeId(), membership.clusterId(), plan.settings(), membership.quorum()::image);
  }
}
