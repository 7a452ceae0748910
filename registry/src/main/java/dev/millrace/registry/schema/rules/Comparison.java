package dev.millrace.registry.schema.rules;

import dev.millrace.registry.schema.Difference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides whether a pair of types fits, when that depends on other pairs and, through recursion, on
 * itself: the largest set of pairs that support each other.
 *
 * @param <P> a pair of types; equal pairs are one
 */
public final class Comparison<P> {
  /** The rule that is broken by schemas whose comparison would take too long. */
  public static final String TOO_COMPLEX = "TOO_COMPLEX_TO_COMPARE";

  private static final int PAIRS_MAX = 100_000;
  private static final int EDGES_MAX = 1_000_000;
  private static final int REPORTED_MAX = 100;
  private static final int PATH_MAX = 100;

  private final Function<P, Findings<P>> rules;
  private final Map<P, Findings<P>> found = new HashMap<>();
  private final Map<P, List<P>> dependents = new HashMap<>();
  private final Set<P> unfit = new HashSet<>();

  private Comparison(Function<P, Findings<P>> rules) {
    this.rules = rules;
  }

  /** The differences of {@code root} under {@code rules}, at most 100; empty when it fits. */
  public static <P> List<Difference> of(P root, Function<P, Findings<P>> rules) {
    Comparison<P> comparison = new Comparison<>(rules);
    if (!comparison.collect(root)) {
      return List.of(
          new Difference(
              TOO_COMPLEX,
              "/",
              "the two schemas are too complex to be compared, pairs of types > "
                  + PAIRS_MAX
                  + "; split them, or write their alternatives (unions, oneOf) so that they can be told apart by name"));
    }
    comparison.takeBack();
    return comparison.reasons(root);
  }

  private boolean collect(P root) {
    ArrayDeque<P> open = new ArrayDeque<>();
    open.add(root);
    found.put(root, rules.apply(root));
    int edges = 0;
    while (!open.isEmpty()) {
      P pair = open.remove();
      for (Need<P> need : findings(pair).needs()) {
        for (P other : need.pairs()) {
          dependents.computeIfAbsent(other, key -> new ArrayList<>()).add(pair);
          if (++edges > EDGES_MAX) {
            return false;
          }
          if (!found.containsKey(other)) {
            found.put(other, rules.apply(other));
            open.add(other);
          }
        }
      }
      if (found.size() > PAIRS_MAX) {
        return false;
      }
    }
    return true;
  }

  private void takeBack() {
    ArrayDeque<P> open = new ArrayDeque<>();
    found.forEach((pair, findings) -> {
      if (!findings.differences().isEmpty()) {
        unfit.add(pair);
      }
    });
    open.addAll(found.keySet());
    Set<P> queued = new HashSet<>(open);
    while (!open.isEmpty()) {
      P pair = open.remove();
      queued.remove(pair);
      if (unfit.contains(pair) || !meets(pair)) {
        unfit.add(pair);
        for (P dependent : dependents.getOrDefault(pair, List.of())) {
          if (!unfit.contains(dependent) && queued.add(dependent)) {
            open.add(dependent);
          }
        }
      }
    }
  }

  private boolean meets(P pair) {
    for (Need<P> need : findings(pair).needs()) {
      if (!met(need)) {
        return false;
      }
    }
    return true;
  }

  private boolean met(Need<P> need) {
    return need.test().met(need.pairs(), pair -> !unfit.contains(pair));
  }

  private record At<P>(P pair, String path, int depth) {}

  /** Broad first, every unfit pair once: the first path that leads to it is the shortest. */
  private List<Difference> reasons(P root) {
    List<Difference> reasons = new ArrayList<>();
    if (!unfit.contains(root)) {
      return reasons;
    }
    ArrayDeque<At<P>> open = new ArrayDeque<>();
    Set<P> told = new HashSet<>();
    open.add(new At<>(root, "", 0));
    while (!open.isEmpty() && reasons.size() < REPORTED_MAX) {
      At<P> at = open.remove();
      if (!told.add(at.pair())) {
        continue;
      }
      findings(at.pair())
          .differences()
          .forEach(difference -> reasons.add(below(at.path(), difference)));
      for (Need<P> need : findings(at.pair()).needs()) {
        if (met(need)) {
          continue;
        }
        Difference difference = need.difference();
        if (difference != null) {
          reasons.add(below(at.path(), difference));
        } else if (at.depth() < PATH_MAX) {
          open.add(new At<>(need.pairs().getFirst(), at.path() + need.path(), at.depth() + 1));
        }
      }
    }
    return reasons;
  }

  private static Difference below(String path, Difference difference) {
    String whole = path + difference.path();
    return new Difference(difference.rule(), whole.isEmpty() ? "/" : whole, difference.message());
  }

  private Findings<P> findings(P pair) {
    return Objects.requireNonNull(found.get(pair));
  }
}
