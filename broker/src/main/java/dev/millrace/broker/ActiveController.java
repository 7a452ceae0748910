package dev.millrace.broker;

import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import java.util.function.Consumer;

/** The controller that decides at present, wherever it runs. Safe for any thread. */
public interface ActiveController {
  /**
   * Asks for a change of the cluster's metadata.
   *
   * @param reply hears the outcome once it is committed and this node's image has it; on any
   *     thread, where it must not block
   */
  <R> void submit(Command<R> command, Consumer<Outcome<R>> reply);
}
