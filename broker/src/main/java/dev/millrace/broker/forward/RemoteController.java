package dev.millrace.broker.forward;

import dev.millrace.broker.ActiveController;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.AssignDirectories;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The active controller for what a node itself asks for: here while this node leads the metadata,
 * else on the node that does. Commands of clients are not among them; their requests are passed on
 * whole, see {@link Forwarding}. Safe for any thread.
 */
public final class RemoteController implements ActiveController {
  private final int self;
  private final IntSupplier leader;
  private final ActiveController local;
  private final CommandCalls calls;

  /**
   * @param self the id of this node
   * @param leader id of the node that leads the metadata, -1 while nobody does
   * @param local runs commands while this node leads, and refuses them with NOT_CONTROLLER else
   */
  public RemoteController(
      int self, IntSupplier leader, ActiveController local, CommandCalls calls) {
    this.self = self;
    this.leader = leader;
    this.local = local;
    this.calls = calls;
  }

  @Override
  public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
    if (leader.getAsInt() != self || !isAskedByNodes(command)) {
      ask(command, reply);
      return;
    }
    local.submit(
        command,
        outcome -> {
          if (outcome.error() == ErrorCode.NOT_CONTROLLER && isAskedByNodes(command)) {
            ask(command, reply);
          } else {
            reply.accept(outcome);
          }
        });
  }

  private static boolean isAskedByNodes(Command<?> command) {
    return switch (command) {
      case CreateTopics _,
          AllocateProducerIds _,
          AlterPartition _,
          AssignDirectories _,
          RegisterBroker _,
          BrokerHeartbeat _ ->
          true;
      default -> false;
    };
  }

  @SuppressWarnings("unchecked") // a command's type says what it replies
  private <R> void ask(Command<R> command, Consumer<Outcome<R>> reply) {
    switch (command) {
      case CreateTopics create -> calls.create(create, outcome -> reply.accept(to(outcome)));
      case AllocateProducerIds ids -> calls.allocate(ids, outcome -> reply.accept(to(outcome)));
      case AlterPartition alter -> calls.alter(alter, outcome -> reply.accept(to(outcome)));
      case AssignDirectories assign -> calls.assign(assign, outcome -> reply.accept(to(outcome)));
      case RegisterBroker register ->
          calls.register(register, outcome -> reply.accept(to(outcome)));
      case BrokerHeartbeat beat -> calls.beat(beat, outcome -> reply.accept(to(outcome)));
      default -> local.submit(command, reply);
    }
  }

  @SuppressWarnings("unchecked") // as above
  private static <R> Outcome<R> to(Outcome<?> outcome) {
    return (Outcome<R>) outcome;
  }
}
