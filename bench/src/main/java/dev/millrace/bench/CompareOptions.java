package dev.millrace.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@code ./dev bench compare}.
 *
 * @param nodes of the clusters that are measured, 1 or 3
 * @param rounds how often everything is measured
 * @param only names of scenarios, all when it is empty
 * @param sizeMb what one load moves, when it was given
 * @param partitions how many are made where there are many, when it was given
 * @param quick whether less is done
 * @param page the file that gets the table
 */
record CompareOptions(
    int nodes,
    int rounds,
    List<String> only,
    Optional<Integer> sizeMb,
    Optional<Integer> partitions,
    boolean quick,
    Optional<Path> page) {
  private static final int ROUNDS = 3;
  private static final int ROUNDS_QUICK = 1;

  CompareOptions {
    only = List.copyOf(only);
  }

  /** Reads the words behind the verb; refuses what it does not know. */
  static CompareOptions parse(List<String> words) {
    int nodes = 1;
    int rounds = 0;
    List<String> only = List.of();
    Optional<Integer> sizeMb = Optional.empty();
    Optional<Integer> partitions = Optional.empty();
    boolean quick = false;
    Optional<Path> page = Optional.empty();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--quick" -> quick = true;
        case "--nodes" -> nodes = number(words, ++i);
        case "--rounds" -> rounds = number(words, ++i);
        case "--size" -> sizeMb = Optional.of(number(words, ++i));
        case "--partitions" -> partitions = Optional.of(number(words, ++i));
        case "--only" -> only = List.of(value(words, ++i).split(",", -1));
        case "--page" -> page = Optional.of(Path.of(value(words, ++i)));
        default ->
            throw new IllegalArgumentException(
                "unknown option " + words.get(i) + "; ./dev bench lists them");
      }
    }
    int asked = rounds == 0 ? (quick ? ROUNDS_QUICK : ROUNDS) : rounds;
    return new CompareOptions(nodes, asked, only, sizeMb, partitions, quick, page);
  }

  private static int number(List<String> words, int at) {
    String word = value(words, at);
    try {
      int number = Integer.parseInt(word);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the same answer as for a number that is too small
    }
    throw new IllegalArgumentException(
        words.get(at - 1) + " takes a number above zero, value=" + word);
  }

  private static String value(List<String> words, int at) {
    if (at >= words.size()) {
      throw new IllegalArgumentException(words.get(at - 1) + " needs a value");
    }
    return words.get(at);
  }
}
