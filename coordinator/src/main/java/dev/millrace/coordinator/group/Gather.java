package dev.millrace.coordinator.group;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects answers that come from several owners, in the order of the questions. Safe for any
 * thread.
 *
 * @param <R> one answer
 */
final class Gather<R> {
  private final List<@Nullable R> parts;
  private final Consumer<List<R>> complete;
  private int missing;

  /** Calls {@code complete} with all parts once {@code expected} have come; at once for none. */
  Gather(int expected, Consumer<List<R>> complete) {
    this.parts = new ArrayList<@Nullable R>(Collections.<@Nullable R>nCopies(expected, null));
    this.complete = complete;
    this.missing = expected;
    if (expected == 0) {
      complete.accept(List.of());
    }
  }

  /** Takes the answer to the question at {@code index}, once. */
  void put(int index, R part) {
    List<R> all = new ArrayList<>();
    synchronized (parts) {
      parts.set(index, part);
      missing--;
      if (missing > 0) {
        return;
      }
      for (R each : parts) {
        if (each != null) {
          all.add(each);
        }
      }
    }
    complete.accept(all);
  }
}
