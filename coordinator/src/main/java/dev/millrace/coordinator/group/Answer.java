package dev.millrace.coordinator.group;

import java.util.function.Consumer;

/**
 * The place of one answer. The first answer counts: a client that was told that its write takes too
 * long hears nothing when the write is known at last. Belongs to the owner.
 *
 * @param <R> the response
 */
final class Answer<R> {
  private final Consumer<R> target;
  private boolean given;

  Answer(Consumer<R> target) {
    this.target = target;
  }

  void give(R response) {
    if (!given) {
      given = true;
      target.accept(response);
    }
  }
}
