package dev.millrace.broker;

import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.voters.VoterChange;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The active controller with replies that wait until this node acts on the change. A client that
 * was told of a new topic can use it at once, where Kafka lets it meet UNKNOWN_TOPIC_OR_PARTITION
 * until the broker has heard of it.
 */
final class AppliedController implements ActiveController {
  private final ActiveController controller;
  private final Node node;
  private final AppliedMetadata applied;

  AppliedController(ActiveController controller, Node node, AppliedMetadata applied) {
    this.controller = controller;
    this.node = node;
    this.applied = applied;
  }

  @Override
  public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
    controller.submit(
        command,
        outcome -> applied.whenApplied(node.image().offset(), () -> reply.accept(outcome)));
  }

  @Override
  public void standing(Consumer<Quorum.@Nullable Standing> receiver) {
    controller.standing(receiver);
  }

  @Override
  public void change(VoterChange change, Consumer<VoterChange.Outcome> receiver) {
    controller.change(change, receiver);
  }
}
