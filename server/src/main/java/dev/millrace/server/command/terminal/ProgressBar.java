package dev.millrace.server.command.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * How far long work is. A person at a terminal sees one line that changes; in a log a line comes
 * once a second.
 *
 * <pre>
 *   [##########          ]  50 %  500000 of 1000000, 250000/s, 2 s left
 * </pre>
 */
public final class ProgressBar {
  private static final int WIDTH = 24;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** How often the line changes at a terminal. */
  private static final long REFRESH_NANOS = NANOS_PER_SECOND / 10;

  private final PrintWriter out;
  private final boolean isTerminal;
  private final long begunNanos;
  private long shownNanos;
  private int shownWidth;

  /**
   * @param isTerminal whether a line may be written over
   * @param nowNanos monotonic
   */
  public ProgressBar(PrintWriter out, boolean isTerminal, long nowNanos) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.begunNanos = nowNanos;
    this.shownNanos = nowNanos;
  }

  /** Shows how far it is, when it is time to. */
  public void show(long done, long all, long nowNanos) {
    if (nowNanos - shownNanos >= (isTerminal ? REFRESH_NANOS : NANOS_PER_SECOND)) {
      shownNanos = nowNanos;
      String line = line(done, all, nowNanos - begunNanos);
      if (isTerminal) {
        out.print("\r" + line + " ".repeat(Math.max(0, shownWidth - line.length())));
        shownWidth = line.length();
      } else {
        out.println(line);
      }
      out.flush();
    }
  }

  /** Takes the line away: the result comes next. */
  public void end() {
    if (shownWidth > 0) {
      out.print("\r" + " ".repeat(shownWidth) + "\r");
      out.flush();
      shownWidth = 0;
    }
  }

  private static String line(long done, long all, long nanos) {
    long whole = Math.max(1, Math.max(all, done));
    int filled = (int) (WIDTH * done / whole);
    double rate = done * (double) NANOS_PER_SECOND / Math.max(1, nanos);
    String left =
        rate > 0 ? String.format(Locale.ROOT, ", %.0f s left", (whole - done) / rate) : "";
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  %d of %d, %.0f/s%s",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        100 * done / whole,
        done,
        whole,
        rate,
        left);
  }
}
