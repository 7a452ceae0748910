package dev.millrace.registry.schema.rules;

import dev.millrace.registry.schema.Difference;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one pair needs of others.
 *
 * @param path where below the pair
 * @param pairs what is asked about
 * @param test when the need is met; must not turn false when more pairs fit
 * @param difference what is reported when it is not; null: the reasons of the only pair
 */
public record Need<P>(String path, List<P> pairs, Test<P> test, @Nullable Difference difference) {
  /** Whether a need is met. */
  @FunctionalInterface
  public interface Test<P> {
    /** Whether it is met when exactly the pairs that {@code fits} accepts fit. */
    boolean met(List<P> pairs, Predicate<P> fits);
  }

  /** Met when one of the pairs fits. */
  public static <P> Test<P> any() {
    return (pairs, fits) -> {
      for (P pair : pairs) {
        if (fits.test(pair)) {
          return true;
        }
      }
      return false;
    };
  }
}
