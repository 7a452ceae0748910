package dev.millrace.sim.cluster;

import dev.millrace.broker.ActiveController;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The controller of one node, which refuses while another one is active. */
record LocalController(Quorum quorum) implements ActiveController {
  @Override
  public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
    quorum.submit(command, reply);
  }

  @Override
  public void standing(Consumer<Quorum.@Nullable Standing> receiver) {
    quorum.standing(receiver);
  }
}
