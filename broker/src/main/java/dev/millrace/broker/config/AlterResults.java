package dev.millrace.broker.config;

import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.ConfigResource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of each resource of a request, in its order: some are decided here, the others by the
 * controller.
 *
 * @param <R> a resource as the request names it
 */
final class AlterResults<R> {
  private final List<Slot<R>> slots = new ArrayList<>();

  private record Slot<R>(R asked, @Nullable Outcome<?> decided) {}

  /** What became of one resource. */
  record Result<R>(R asked, Outcome<?> outcome) {
    /** Null when it was done. */
    @Nullable String message() {
      return outcome instanceof Outcome.Refused<?> refused ? refused.message() : null;
    }
  }

  void add(R asked, Outcome<?> outcome) {
    slots.add(new Slot<>(asked, outcome));
  }

  /** The controller decides; its outcomes come in the order in which they were left to it. */
  void addLater(R asked) {
    slots.add(new Slot<>(asked, null));
  }

  List<Result<R>> with(Outcome<List<Outcome<ConfigResource>>> ofController) {
    Iterator<Outcome<ConfigResource>> next =
        switch (ofController) {
          case Outcome.Done<List<Outcome<ConfigResource>>> done -> done.value().iterator();
          case Outcome.Refused<List<Outcome<ConfigResource>>> all -> forEver(all);
        };
    return slots.stream()
        .map(slot -> {
          Outcome<?> decided = slot.decided();
          return new Result<>(slot.asked(), decided == null ? next.next() : decided);
        })
        .toList();
  }

  private static Iterator<Outcome<ConfigResource>> forEver(
      Outcome.Refused<List<Outcome<ConfigResource>>> all) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Outcome<ConfigResource> next() {
        return Outcome.refused(all.error(), all.message());
      }
    };
  }
}
