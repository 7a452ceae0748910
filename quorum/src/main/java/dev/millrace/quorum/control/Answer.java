package dev.millrace.quorum.control;

import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/** A reply that waits for its commit. */
record Answer<R>(Outcome<R> outcome, Consumer<Outcome<R>> receiver) {
  /** Everything it rests on is committed. */
  void give() {
    receiver.accept(outcome);
  }

  /** Something it rests on was lost, or may be. */
  void giveUp(ErrorCode error, String message) {
    receiver.accept(Outcome.refused(error, message));
  }
}
