package dev.millrace.broker.config;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The loggers of this process and their levels, as the resource "broker logger" shows and alters
 * them. A level holds until the process ends. Safe for any thread.
 */
public final class Loggers {
  /** The name of the logger above all others. */
  static final String ROOT = "root";

  /** Loggers with a level of their own: the JDK forgets loggers that nobody holds. */
  private final Map<String, Logger> altered = new ConcurrentHashMap<>();

  /** The level that each logger works with, by name in order. */
  SortedMap<String, LogLevel> levels() {
    SortedMap<String, LogLevel> levels = new TreeMap<>();
    for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
      Logger logger = LogManager.getLogManager().getLogger(name);
      if (logger != null) {
        levels.put(name.isEmpty() ? ROOT : name, effective(logger));
      }
    }
    return levels;
  }

  boolean exists(String name) {
    return find(name) != null;
  }

  /**
   * Gives a logger a level of its own.
   *
   * @param level null to follow the logger above it again
   */
  void alter(String name, @Nullable LogLevel level) {
    Logger logger = Objects.requireNonNull(find(name), name);
    logger.setLevel(level == null ? null : level.level());
    altered.put(name, logger);
  }

  private static @Nullable Logger find(String name) {
    return LogManager.getLogManager().getLogger(name.equals(ROOT) ? "" : name);
  }

  private static LogLevel effective(Logger logger) {
    for (Logger at = logger; at != null; at = at.getParent()) {
      Level own = at.getLevel();
      if (own != null) {
        return LogLevel.of(own);
      }
    }
    return LogLevel.INFO;
  }
}
