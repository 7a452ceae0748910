package dev.millrace.base.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that somebody meant. */
public final class Spelling {
  private Spelling() {}

  /**
   * The word with the fewest insertions, deletions, changes and swaps of neighbours from {@code
   * written}, if they are at most a third of its length (and two are always forgiven).
   */
  public static @Nullable String nearest(String written, Collection<String> words) {
    if (written.length() > 200) {
      return null;
    }
    int limit = Math.max(2, written.length() / 3);
    String best = null;
    int least = limit + 1;
    for (String word : words) {
      if (Math.abs(word.length() - written.length()) < least) {
        int distance = distance(written, word);
        if (distance < least) {
          best = word;
          least = distance;
        }
      }
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(last[j], row[j - 1]) + 1);
        if (swapped(a, b, i, j)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }

  private static boolean swapped(String a, String b, int i, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
