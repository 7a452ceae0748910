package dev.millrace.net.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimClock;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

class QuietLogTest {
  private static final class Lines implements System.Logger {
    final List<String> lines = new ArrayList<>();
    boolean broken;

    @Override
    public String getName() {
      return "lines";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      lines.add(message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      if (broken) {
        throw new AssertionError("disk is full");
      }
      lines.add(format);
    }
  }

  private final Lines lines = new Lines();
  private final SimClock clock = new SimClock(-5_000_000_000L);
  private final QuietLog log = new QuietLog(lines, clock);

  @Test
  void aWindowHasSoManyLinesAndTheNextTellsHowManyWereLeftOut() {
    for (int i = 0; i < 1000; i++) {
      log.warn("line " + i);
    }
    assertThat(lines.lines).hasSize(QuietLog.LINES_MAX);
    clock.advanceNanos((QuietLog.WINDOW_MS + 1) * 1_000_000);
    log.warn("later");
    assertThat(lines.lines).hasSize(QuietLog.LINES_MAX + 2);
    assertThat(lines.lines.get(QuietLog.LINES_MAX))
        .contains("count=" + (1000 - QuietLog.LINES_MAX));
    assertThat(lines.lines.getLast()).isEqualTo("later");
  }

  @Test
  void aLineIsOneLineOfBearableLength() {
    log.warn("first\nsecond\u0000\u001b[31m" + "x".repeat(10_000));
    assertThat(lines.lines.getFirst()).startsWith("first second").hasSizeLessThan(500);
    assertThat(lines.lines.getFirst().chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void aLogThatFailsHarmsNobody() {
    lines.broken = true;
    log.warn("one");
    lines.broken = false;
    log.warn("two");
    assertThat(lines.lines).containsExactly("two");
  }
}
