package dev.millrace.sim;

import dev.millrace.sim.cluster.Alterations;
import java.util.List;

/**
 * Runs seeds: {@code ./dev sim [--seed S] [--seeds N] [--minutes M] [--loud]}, N from S on; a seed
 * that is named alone is the only one.
 */
public final class Main {
  private static final long MS_PER_MINUTE = 60_000;
  private static final int SEEDS = 20;

  private Main() {}

  /** Exits with 1 when a seed is broken. */
  public static void main(String[] arguments) {
    long first = System.nanoTime() & 0xffff_ffffL;
    boolean isNamed = false;
    int seeds = 0;
    double minutes = 1;
    boolean isLoud = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--seed" -> {
          first = Long.parseLong(arguments[++i]);
          isNamed = true;
        }
        case "--seeds" -> seeds = Integer.parseInt(arguments[++i]);
        case "--minutes" -> minutes = Double.parseDouble(arguments[++i]);
        case "--loud" -> isLoud = true;
        default -> {
          System.err.println(
              "sim: no option '"
                  + arguments[i]
                  + "'; options: --seeds N, --seed S, --minutes M, --loud");
          System.exit(2);
        }
      }
    }
    if (seeds == 0) {
      seeds = isNamed ? 1 : SEEDS;
    }
    int bad = 0;
    for (int i = 0; i < seeds; i++) {
      Verdict verdict =
          new Run(
                  new Run.Task(
                      first + i,
                      (long) (minutes * MS_PER_MINUTE),
                      List.of(),
                      Alterations.NONE,
                      isLoud))
              .run();
      System.out.println(verdict.line());
      if (!verdict.isGood()) {
        bad++;
        verdict.trace().forEach(event -> System.out.println("    " + event));
        verdict.broken().forEach(what -> System.out.println("  " + what));
        System.out.println("  again: ./dev sim --seed " + verdict.seed() + " --minutes " + minutes);
      }
    }
    System.exit(bad == 0 ? 0 : 1);
  }
}
