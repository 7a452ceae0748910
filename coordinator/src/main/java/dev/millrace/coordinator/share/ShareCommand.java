package dev.millrace.coordinator.share;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;
import java.util.function.Function;

/** A request for one state. */
record ShareCommand(Function<ShareMachine, Decision> decision, Consumer<ErrorCode> refused)
    implements Command<ShareMachine> {
  @Override
  public Decision decide(ShareMachine machine) {
    return decision.apply(machine);
  }

  @Override
  public void refuse(ErrorCode error) {
    refused.accept(error);
  }
}
