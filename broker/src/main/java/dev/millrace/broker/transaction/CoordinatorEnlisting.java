package dev.millrace.broker.transaction;

import dev.millrace.broker.Node;
import dev.millrace.broker.data.Enlisting;
import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/** Asks the coordinator on this node. */
final class CoordinatorEnlisting implements Enlisting {
  private static final String VERIFICATION = "transaction.partition.verification.enable";

  private final Node node;
  private final TransactionCoordinator coordinator;

  CoordinatorEnlisting(Node node, TransactionCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public void enlist(Participation request, Consumer<List<ErrorCode>> answer) {
    if (request.version() >= TransactionVersions.EPOCH_PER_TRANSACTION) {
      coordinator.add(request, error -> answer.accept(all(request, error)));
    } else if (node.settings(node.image()).booleanValue(VERIFICATION)) {
      coordinator.verify(request, answer);
    } else {
      answer.accept(all(request, ErrorCode.NONE));
    }
  }

  private static List<ErrorCode> all(Participation request, ErrorCode error) {
    return request.partitions().stream().map(_ -> error).toList();
  }
}
