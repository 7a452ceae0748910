package dev.millrace.broker;

import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The controller that decides at present, wherever it runs. Safe for any thread. */
public interface ActiveController {
  /**
   * Asks for a change of the cluster's metadata.
   *
   * @param reply hears the outcome once it is committed and this node's image has it; on any
   *     thread, where it must not block
   */
  <R> void submit(Command<R> command, Consumer<Outcome<R>> reply);

  /**
   * Tells how the voters of the metadata stand; null where that is not known, as on a node that
   * does not lead it. On any thread.
   */
  default void standing(Consumer<Quorum.@Nullable Standing> receiver) {
    receiver.accept(null);
  }

  /** Changes who votes on the metadata. The outcome is told on any thread. */
  default void change(VoterChange change, Consumer<VoterChange.Outcome> receiver) {
    receiver.accept(
        VoterChange.Outcome.refused(
            ErrorCode.NOT_CONTROLLER, "this node does not lead the metadata"));
  }
}
