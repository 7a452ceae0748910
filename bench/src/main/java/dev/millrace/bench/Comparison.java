package dev.millrace.bench;

import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Results;
import dev.millrace.bench.scenario.Scenario;
import dev.millrace.bench.scenario.Workshop;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Runs scenarios in alternating rounds; a failure is noted and the rest goes on. */
final class Comparison {
  private final Workshop workshop;
  private final PrintStream out;
  private final Results results = new Results();

  Comparison(Workshop workshop, PrintStream out) {
    this.workshop = workshop;
    this.out = out;
  }

  Results run(List<Scenario> scenarios, int rounds) {
    for (Scenario scenario : scenarios) {
      int worthwhile = Math.min(rounds, scenario.roundsMax());
      for (int round = 0; round < worthwhile; round++) {
        for (Contender contender : order(scenario, round)) {
          one(scenario, contender, round);
          if (scenario.sweepsAtOnce()) {
            workshop.stand().sweep();
          }
        }
        workshop.stand().sweep();
      }
    }
    return results;
  }

  /** Every second round runs backwards, so that nobody always follows the same neighbour. */
  private List<Contender> order(Scenario scenario, int round) {
    List<Contender> order = new ArrayList<>(scenario.contenders());
    order.retainAll(workshop.stand().contenders());
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    return order;
  }

  private void one(Scenario scenario, Contender contender, int round) {
    String where = scenario.name() + ", " + contender.title() + ", round " + (round + 1);
    out.println("-- " + where);
    try {
      scenario.run(
          contender,
          workshop,
          (figure, value) -> {
            results.add(figure, contender, value);
            out.printf(Locale.ROOT, "   %-64s %10.3f %s%n", figure.title(), value, figure.unit());
          });
    } catch (RuntimeException e) {
      String why = where + ": " + e.getMessage();
      results.failed(why);
      out.println("   failed: " + e.getMessage());
    } finally {
      workshop.stand().children().endAll();
    }
  }
}
