package dev.millrace.coordinator.group;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects answers that come from several owners. Safe for any thread.
 *
 * @param <R> one answer
 */
final class Gather<R> {
  private final int expected;
  private final Consumer<List<R>> complete;
  private final List<R> parts = new ArrayList<>();

  /** Calls {@code complete} with all parts once {@code expected} have come; at once for none. */
  Gather(int expected, Consumer<List<R>> complete) {
    this.expected = expected;
    this.complete = complete;
    if (expected == 0) {
      complete.accept(List.of());
    }
  }

  void add(R part) {
    synchronized (parts) {
      parts.add(part);
      if (parts.size() < expected) {
        return;
      }
    }
    complete.accept(parts);
  }
}
