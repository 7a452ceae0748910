package dev.millrace.server.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * {@code 2026-03-01T12:00:00.123Z WARN net.loop: message}; a stack trace follows on lines of its
 * own.
 */
public final class LineFormatter extends Formatter {
  private static final String ROOT = "dev.millrace.";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Override
  public String format(LogRecord entry) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(Instant.ofEpochMilli(entry.getMillis()), line);
    line.append(' ').append(word(entry.getLevel())).append(' ').append(place(entry));
    line.append(": ");
    appendPlain(line, formatMessage(entry));
    line.append('\n');
    if (entry.getThrown() != null) {
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace));
      line.append(trace);
    }
    return line.toString();
  }

  /** Names that clients choose can't begin a line of their own or steer a terminal. */
  private static void appendPlain(StringBuilder line, String message) {
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
  }

  private static String place(LogRecord entry) {
    String name = entry.getLoggerName();
    if (name == null) {
      return "?";
    }
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  private static String word(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARN ";
    }
    if (value >= Level.INFO.intValue()) {
      return "INFO ";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }
}
