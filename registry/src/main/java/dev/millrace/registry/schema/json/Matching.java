package dev.millrace.registry.schema.json;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whether every written alternative can have one of the read ones for itself: augmenting paths,
 * without recursion.
 */
final class Matching {
  private Matching() {}

  /** The pairs stand in groups, one for each written alternative, of one for each read one. */
  static boolean covers(List<ShapePair> pairs, int read, int written, Predicate<ShapePair> fits) {
    if (read < written) {
      return false;
    }
    int[] owner = new int[read];
    Arrays.fill(owner, -1);
    for (int alternative = 0; alternative < written; alternative++) {
      if (!augment(pairs, owner, alternative, fits)) {
        return false;
      }
    }
    return true;
  }

  private static boolean augment(
      List<ShapePair> pairs, int[] owner, int start, Predicate<ShapePair> fits) {
    int[] from = new int[owner.length];
    Arrays.fill(from, -1);
    ArrayDeque<Integer> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      int alternative = open.remove();
      for (int candidate = 0; candidate < owner.length; candidate++) {
        if (from[candidate] >= 0 || !fits.test(pairs.get(alternative * owner.length + candidate))) {
          continue;
        }
        from[candidate] = alternative;
        if (owner[candidate] < 0) {
          take(owner, from, candidate, start);
          return true;
        }
        open.add(owner[candidate]);
      }
    }
    return false;
  }

  private static void take(int[] owner, int[] from, int end, int start) {
    int candidate = end;
    while (true) {
      int alternative = from[candidate];
      int before = -1;
      for (int other = 0; other < owner.length && alternative != start; other++) {
        if (owner[other] == alternative) {
          before = other;
        }
      }
      owner[candidate] = alternative;
      if (before < 0) {
        return;
      }
      candidate = before;
    }
  }
}
