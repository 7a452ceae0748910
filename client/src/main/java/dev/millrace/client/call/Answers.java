package dev.millrace.client.call;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is done with answers that come later. */
public final class Answers {
  private Answers() {}

  /**
   * Tells an outcome to {@code told}, which gets a value or a fault and must not throw: there is
   * nobody behind it who would notice.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the outcome goes to told, completely
  public static <T> void tell(
      CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> told) {
    future.whenComplete((value, fault) -> told.accept(value, fault));
  }
}
