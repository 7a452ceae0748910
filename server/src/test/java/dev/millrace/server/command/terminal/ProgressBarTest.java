package dev.millrace.server.command.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long SECOND = 1_000_000_000;

  private final StringWriter shown = new StringWriter();

  @Test
  void aLogGetsALineASecond() {
    ProgressBar bar = new ProgressBar(new PrintWriter(shown), false, 0);
    bar.show(1, 100, SECOND / 2);
    bar.show(25, 100, SECOND);
    bar.show(26, 100, SECOND + 1);
    bar.show(50, 100, 2 * SECOND);
    bar.end();
    assertThat(shown.toString().lines())
        .containsExactly(
            "[######                  ]  25 %  25 of 100, 25/s, 3 s left",
            "[############            ]  50 %  50 of 100, 25/s, 2 s left");
  }

  @Test
  void aTerminalSeesOneLineThatGoesInTheEnd() {
    ProgressBar bar = new ProgressBar(new PrintWriter(shown), true, 0);
    bar.show(100, 1000, SECOND);
    bar.show(1000, 1000, 2 * SECOND);
    bar.end();
    String[] parts = shown.toString().split("\r", -1);
    assertThat(parts).hasSize(5);
    assertThat(parts[1]).startsWith("[##  ").contains("10 %", "100 of 1000, 100/s, 9 s left");
    assertThat(parts[2]).contains("100 %").hasSizeGreaterThanOrEqualTo(parts[1].length());
    assertThat(parts[3]).isBlank();
    assertThat(parts[4]).isEmpty();
  }

  @Test
  void nothingIsKnownOfTheEnd() {
    ProgressBar bar = new ProgressBar(new PrintWriter(shown), false, 0);
    bar.show(0, 0, SECOND);
    assertThat(shown.toString()).startsWith("[ ").contains("0 %  0 of 1, 0/s");
  }
}
