package dev.millrace.testkit;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What nodes of a test say: warnings. Whoever set a level for {@code dev.millrace}, or configured
 * {@code java.util.logging}, is asked no more.
 */
final class TestLog {
  /** Held, since the logging of the JDK forgets what nobody holds. */
  private static final Logger OURS = Logger.getLogger("dev.millrace");

  private TestLog() {}

  static void quieten() {
    boolean isConfigured =
        System.getProperty("java.util.logging.config.file") != null
            || System.getProperty("java.util.logging.config.class") != null;
    if (OURS.getLevel() == null && !isConfigured) {
      OURS.setLevel(Level.WARNING);
    }
  }
}
