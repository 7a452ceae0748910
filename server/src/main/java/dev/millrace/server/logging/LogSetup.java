package dev.millrace.server.logging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.logging.LogManager;

/**
 * How a server process logs: one line an event on standard error, from a level on. Programs that
 * embed a node keep their own logging.
 *
 * <p>The JDK makes an object of this class when the first logger is asked for; handlers are made
 * only when the first line is written, so that a quiet start pays nothing for them.
 */
public final class LogSetup {
  private static final String LEVEL_PROPERTY = "millrace.log.level";
  private static final String LEVEL_DEFAULT = "INFO";
  private static final Map<String, String> LEVELS =
      Map.of(
          "ERROR", "SEVERE",
          "WARN", "WARNING",
          "INFO", "INFO",
          "DEBUG", "FINE",
          "TRACE", "ALL",
          "OFF", "OFF");

  /** Called by the JDK. */
  public LogSetup() {
    String level = System.getProperty(LEVEL_PROPERTY, LEVEL_DEFAULT).toUpperCase(Locale.ROOT);
    String configuration =
        """
        handlers=java.util.logging.ConsoleHandler
        .level=WARNING
        dev.millrace.level=%1$s
        java.util.logging.ConsoleHandler.level=ALL
        java.util.logging.ConsoleHandler.formatter=%2$s
        """
            .formatted(LEVELS.getOrDefault(level, LEVEL_DEFAULT), LineFormatter.class.getName());
    try {
      LogManager.getLogManager()
          .readConfiguration(
              new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the process log this way; must come before the first logger. */
  public static void install() {
    if (System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty("java.util.logging.config.class", LogSetup.class.getName());
    }
  }

  /** From which level on {@code dev.millrace} logs: ERROR, WARN, INFO, DEBUG, TRACE or OFF. */
  public static void level(String level) {
    System.setProperty(LEVEL_PROPERTY, level);
  }
}
