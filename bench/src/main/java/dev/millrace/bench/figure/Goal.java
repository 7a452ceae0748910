package dev.millrace.bench.figure;

import java.util.Locale;

/** What a figure shall be, either beside Apache Kafka's or by itself. */
public sealed interface Goal {

  /** Whether {@code own} reaches it beside {@code apache} (NaN when that was not measured). */
  boolean reached(double own, double apache);

  /** How the goal stands in the table. */
  String text();

  static Goal atMostTimes(double ratio) {
    return new AtMostTimes(ratio);
  }

  static Goal atLeastTimes(double ratio) {
    return new AtLeastTimes(ratio);
  }

  static Goal atMost(double limit, String unit) {
    return new AtMost(limit, unit);
  }

  /** A figure that is shown without a goal. */
  static Goal none() {
    return new None();
  }

  /** Less is better: at most {@code ratio} times Apache's. */
  record AtMostTimes(double ratio) implements Goal {
    @Override
    public boolean reached(double own, double apache) {
      return own <= ratio * apache;
    }

    @Override
    public String text() {
      return "≤ " + number(ratio) + " ×";
    }
  }

  /** More is better: at least {@code ratio} times Apache's. */
  record AtLeastTimes(double ratio) implements Goal {
    @Override
    public boolean reached(double own, double apache) {
      return own >= ratio * apache;
    }

    @Override
    public String text() {
      return "≥ " + number(ratio) + " ×";
    }
  }

  /** A limit that needs no comparison. */
  record AtMost(double limit, String unit) implements Goal {
    @Override
    public boolean reached(double own, double apache) {
      return own <= limit;
    }

    @Override
    public String text() {
      return ("≤ " + number(limit) + " " + unit).strip();
    }
  }

  record None() implements Goal {
    @Override
    public boolean reached(double own, double apache) {
      return true;
    }

    @Override
    public String text() {
      return "";
    }
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%s", value);
  }
}
