package dev.millrace.server;

import dev.millrace.quorum.control.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for what owners do, while a node starts or stops. Never called in a turn. */
final class Awaited {
  private Awaited() {}

  /** Returns when what {@code call} was given has been run. */
  static void done(Consumer<Runnable> call) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    call.accept(() -> done.complete(null));
    done.join();
  }

  /** Returns what came of a call. */
  static <T> Outcome<T> outcome(Consumer<Consumer<Outcome<T>>> call) {
    CompletableFuture<Outcome<T>> done = new CompletableFuture<>();
    call.accept(done::complete);
    return done.join();
  }

  /**
   * Returns what a call gave.
   *
   * @param what cannot be done when it is refused
   * @throws StartException when it is
   */
  static <T> T answer(String what, Consumer<Consumer<Outcome<T>>> call) {
    Outcome<T> outcome = outcome(call);
    return switch (outcome) {
      case Outcome.Done<T> answer -> answer.value();
      case Outcome.Refused<T> refused ->
          throw StartException.obstacle(
              what + ", error=" + refused.error() + ": " + refused.message(), null);
    };
  }
}
