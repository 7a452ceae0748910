package dev.millrace.broker.config;

import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/** The levels of logging by the names that Kafka's tools use. */
public enum LogLevel {
  /** Only what ends the node; told like an error here. */
  FATAL,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  Level level() {
    return switch (this) {
      case FATAL, ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  /** The level of a name in capitals, or null when there is none. */
  static @Nullable LogLevel of(@Nullable String name) {
    for (LogLevel known : values()) {
      if (known.name().equals(name)) {
        return known;
      }
    }
    return null;
  }

  /** The nearest one that tells at least as much. */
  static LogLevel of(Level level) {
    for (LogLevel known : new LogLevel[] {ERROR, WARN, INFO, DEBUG}) {
      if (level.intValue() >= known.level().intValue()) {
        return known;
      }
    }
    return TRACE;
  }
}
