package dev.millrace.sim;

import dev.millrace.base.disk.DiskException;
import dev.millrace.sim.cluster.SimCluster;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes what nodes log into the trace. A fault that is logged with its stack and is no fault of a
 * disk is a programmer's.
 */
final class LogEars extends Handler implements AutoCloseable {
  private static final Logger ROOT = Logger.getLogger("dev.millrace");

  private final SimCluster cluster;

  LogEars(SimCluster cluster) {
    this.cluster = cluster;
    ROOT.setUseParentHandlers(false);
    ROOT.setLevel(Level.INFO);
    ROOT.addHandler(this);
  }

  @Override
  public void publish(LogRecord line) {
    Throwable thrown = line.getThrown();
    String text = text(line);
    cluster
        .trace()
        .add(line.getLevel() + " " + cluster.owners().running() + ": " + text + cause(thrown));
    if (line.getLevel().equals(Level.SEVERE) && thrown != null && !isOfDisk(thrown)) {
      thrown.printStackTrace();
      cluster.broken("a fault of a programmer: " + text + cause(thrown));
    }
  }

  private static boolean isOfDisk(Throwable thrown) {
    return thrown instanceof DiskException
        || (thrown.getCause() != null && isOfDisk(thrown.getCause()));
  }

  private static String cause(@Nullable Throwable thrown) {
    return thrown == null ? "" : " cause=" + thrown;
  }

  private static String text(LogRecord line) {
    Object[] parameters = line.getParameters();
    String text = String.valueOf(line.getMessage());
    return parameters == null || parameters.length == 0
        ? text
        : new MessageFormat(text, Locale.ROOT).format(parameters);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    ROOT.removeHandler(this);
  }
}
