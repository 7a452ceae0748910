package dev.millrace.net;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;

/** Keeps what is logged in this process, for tests that look at it. */
public final class CapturedLog extends System.LoggerFinder {
  private static final List<String> LINES = new ArrayList<>();

  static void clear() {
    synchronized (LINES) {
      LINES.clear();
    }
  }

  static List<String> lines() {
    synchronized (LINES) {
      return List.copyOf(LINES);
    }
  }

  /** The lines, once there are so many. */
  static List<String> await(int count) {
    synchronized (LINES) {
      try {
        while (LINES.size() < count) {
          LINES.wait();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return List.copyOf(LINES);
    }
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Kept(name);
  }

  private record Kept(String name) implements System.Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= Level.INFO.getSeverity();
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      keep(level, message + " " + thrown);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      keep(level, format);
    }

    private void keep(Level level, String line) {
      if (isLoggable(level)) {
        synchronized (LINES) {
          LINES.add(line);
          LINES.notifyAll();
        }
      }
    }
  }
}
