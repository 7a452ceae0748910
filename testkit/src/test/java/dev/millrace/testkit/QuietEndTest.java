package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A cluster that is closed says nothing that a test would have to explain. */
class QuietEndTest {
  private static final int ROUNDS = 3;
  private static final Logger LOGGER = Logger.getLogger("dev.millrace");

  @Test
  void warnsOfNothing() {
    List<String> warnings = new CopyOnWriteArrayList<>();
    Handler handler = new Warnings(warnings);
    LOGGER.addHandler(handler);
    try {
      for (int i = 0; i < ROUNDS; i++) {
        try (TestCluster cluster = TestCluster.start(3)) {
          cluster.createTopic("end", 3);
        }
      }
      TestCluster.start(3).close();
    } finally {
      LOGGER.removeHandler(handler);
    }
    assertThat(warnings).isEmpty();
  }

  private static final class Warnings extends Handler {
    private final List<String> warnings;

    private Warnings(List<String> warnings) {
      this.warnings = warnings;
    }

    @Override
    public void publish(LogRecord told) {
      if (told.getLevel().intValue() >= Level.WARNING.intValue()) {
        warnings.add(told.getLoggerName() + ": " + told.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
