package dev.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LineFormatterTest {
  private final LineFormatter formatter = new LineFormatter();

  @Test
  void aLineHasTimeLevelPlaceAndMessage() {
    LogRecord entry = entry("partition is offline, name=orders-0");
    entry.setLoggerName("dev.millrace.replica.Partitions");
    entry.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    assertThat(formatter.format(entry))
        .isEqualTo(
            "2026-01-02T03:04:05.678Z WARN  replica.Partitions: partition is offline,"
                + " name=orders-0\n");
  }

  @Test
  void whatClientsWriteStaysOnOneLine() {
    String line = formatter.format(entry("name=a\r\nERROR all is lost\u001b[2J"));
    assertThat(line).endsWith("name=a\\u000d\\u000aERROR all is lost\\u001b[2J\n");
    assertThat(line.chars().filter(c -> c == '\n').count()).isOne();
  }

  @Test
  void aFaultIsTraced() {
    LogRecord entry = entry("fault");
    entry.setThrown(new IllegalStateException("broken"));
    assertThat(formatter.format(entry)).contains("IllegalStateException: broken\n\tat ");
  }

  private static LogRecord entry(String message) {
    return new LogRecord(Level.WARNING, message);
  }
}
