package dev.millrace.net.loop;

import dev.millrace.base.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Complaints about peers, few enough to read: a peer that misbehaves a thousand times a second must
 * not fill the disk. Safe for any thread.
 */
public final class QuietLog {
  /** Lines in one window. */
  public static final int LINES_MAX = 10;

  /** Length of a window. */
  public static final long WINDOW_MS = 10_000;

  private static final int LINE_CHARS_MAX = 400;

  private final Logger log;
  private final Clock clock;
  private long windowEndMs;
  private int lines;
  private long leftOut;

  public QuietLog(Logger log, Clock clock) {
    this.log = log;
    this.clock = clock;
    this.windowEndMs = clock.monotonicMs() + WINDOW_MS;
  }

  /**
   * Logs a warning of one line, unless there were too many. Never throws: a log that fails, for
   * want of file descriptors or space, must not end a loop.
   */
  public void warn(String line) {
    try {
      warnOrThrow(line);
    } catch (RuntimeException | Error e) {
      // there is nowhere left to complain
    }
  }

  private synchronized void warnOrThrow(String line) {
    long nowMs = clock.monotonicMs();
    if (nowMs - windowEndMs >= 0) {
      if (leftOut > 0) {
        log.log(Level.WARNING, "lines like these were left out, count=" + leftOut);
      }
      windowEndMs = nowMs + WINDOW_MS;
      lines = 0;
      leftOut = 0;
    }
    if (lines == LINES_MAX) {
      leftOut++;
    } else {
      lines++;
      log.log(Level.WARNING, oneLine(line));
    }
  }

  /** {@code text} cut to a length that a log can bear, and without control characters. */
  static String oneLine(String text) {
    String cut = text.length() > LINE_CHARS_MAX ? text.substring(0, LINE_CHARS_MAX) + "…" : text;
    StringBuilder line = new StringBuilder(cut.length());
    cut.chars().forEach(c -> line.append(Character.isISOControl(c) ? ' ' : (char) c));
    return line.toString();
  }
}
