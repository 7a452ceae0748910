package dev.millrace.broker.transaction;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Node;
import dev.millrace.broker.data.ProducerIds;
import dev.millrace.broker.data.ProducerIds.Block;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.BrokerImage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blocks of producer ids from the controller. */
final class ProducerIdBlocks implements ProducerIds.Blocks {
  private static final long NO_EPOCH = -1;

  private final Node node;
  private final ActiveController controller;

  ProducerIdBlocks(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public void allocate(Consumer<@Nullable Block> answer) {
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
