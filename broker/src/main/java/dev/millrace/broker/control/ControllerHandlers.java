package dev.millrace.broker.control;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.net.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What a controller answers on its own listener. */
public final class ControllerHandlers {
  private ControllerHandlers() {}

  /**
   * What it knows of the controllers.
   *
   * @param leader id of the node that leads the metadata, -1 while nobody does; any thread
   * @param controllers where they listen now, by their ids; any thread
   */
  public record Controllers(IntSupplier leader, Supplier<Map<Integer, Endpoint>> controllers) {}

  /**
   * The front desk for brokers and for tools.
   *
   * @param controller of this node: refuses with NOT_CONTROLLER while it does not lead
   * @param others what else is answered there
   */
  public static Broker desk(
      Node node,
      ActiveController controller,
      Controllers controllers,
      List<Handler<?>> others,
      Clock clock) {
    List<Handler<?>> changes = AdminHandlers.changes(node, controller, clock);
    Broker inEnvelopes = new Broker(new Handlers(changes), clock);
    List<Handler<?>> all = new ArrayList<>(changes);
    all.addAll(others);
    all.add(
        new EnvelopeHandler(node, () -> controllers.leader().getAsInt() == node.id(), inEnvelopes));
    all.add(new BrokerRegistrationHandler(node, controller));
    all.add(new BrokerHeartbeatHandler(controller));
    all.add(new AlterPartitionHandler(controller));
    all.add(new AllocateProducerIdsHandler(controller));
    all.add(new AssignReplicasToDirsHandler(controller));
    all.add(new DescribeControllersHandler(node, controllers.leader(), controllers.controllers()));
    all.addAll(AdminHandlers.views(node));
    return new Broker(Handlers.withApiVersions(all, node), clock);
  }
}
