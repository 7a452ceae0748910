package dev.millrace.bench.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The table of a run in Markdown: a row for each figure and each contender of Millrace.
 *
 * <pre>
 * | figure | unit | Apache Kafka | Millrace | how | ratio | goal | reached |
 * </pre>
 */
public final class Table {
  private static final String HEADER =
      """
      | figure | unit | Apache Kafka | Millrace | how | ratio | goal | reached |
      |---|---|---|---|---|---|---|---|
      """;

  private Table() {}

  public static String render(Results results) {
    StringBuilder out = new StringBuilder(HEADER);
    for (Figure figure : results.figures()) {
      rows(results, figure).forEach(out::append);
    }
    return out.toString();
  }

  /** Goals that were reached and goals that were measured, as text. */
  public static String score(Results results) {
    int reached = 0;
    int measured = 0;
    for (Figure figure : results.figures()) {
      double apache = value(results, figure, Contender.APACHE);
      for (Contender contender : Contender.values()) {
        double own = value(results, figure, contender);
        Optional<Boolean> verdict = verdict(figure.goalOf(contender), own, apache);
        measured += verdict.isPresent() ? 1 : 0;
        reached += verdict.orElse(false) ? 1 : 0;
      }
    }
    return reached + " of " + measured + " goals reached";
  }

  private static List<String> rows(Results results, Figure figure) {
    double apache = value(results, figure, Contender.APACHE);
    List<String> rows = new ArrayList<>();
    for (Contender contender : Contender.values()) {
      double own = value(results, figure, contender);
      if (contender != Contender.APACHE && !Double.isNaN(own)) {
        rows.add(row(figure, contender, own, apache));
      }
    }
    if (rows.isEmpty()) {
      rows.add(cells(figure.title(), figure.unit(), number(apache), "", "", "", "", ""));
    }
    return rows;
  }

  private static String row(Figure figure, Contender contender, double own, double apache) {
    Goal goal = figure.goalOf(contender);
    boolean comparable = !Double.isNaN(apache) && apache != 0;
    return cells(
        figure.title(),
        figure.unit(),
        number(apache),
        number(own),
        contender.title().replace("Millrace, ", ""),
        comparable ? String.format(Locale.ROOT, "%.2f ×", own / apache) : "",
        goal.text(),
        verdict(goal, own, apache).map(yes -> yes ? "yes" : "**no**").orElse(""));
  }

  /** Nothing when there is no goal or too little was measured to say. */
  private static Optional<Boolean> verdict(Goal goal, double own, double apache) {
    boolean needsApache = !(goal instanceof Goal.AtMost);
    if (goal instanceof Goal.None || Double.isNaN(own) || (needsApache && Double.isNaN(apache))) {
      return Optional.empty();
    }
    return Optional.of(goal.reached(own, apache));
  }

  private static double value(Results results, Figure figure, Contender contender) {
    return results.samples(figure, contender).map(figure::of).orElse(Double.NaN);
  }

  private static String cells(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  /** Three significant digits, or all digits in front of the point. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
