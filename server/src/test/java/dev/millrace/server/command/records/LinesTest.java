package dev.millrace.server.command.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Test
  void splitsAtLineFeedsOnly() throws IOException {
    assertThat(lines("a\nb\r\n\nlast")).containsExactly("a", "b\r", "", "last");
    assertThat(lines("a\n")).containsExactly("a");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
  }

  @Test
  void linesLongerThanTheBufferStayWhole() throws IOException {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String line = "x".repeat(random.nextInt(200_000));
      expected.add(line);
      text.append(line).append('\n');
    }
    assertThat(lines(text.toString())).as("seed=%d", seed).isEqualTo(expected);
  }

  @Test
  void findsTheFirstSeparator() {
    byte[] line = "key::value::x".getBytes(StandardCharsets.UTF_8);
    assertThat(Lines.indexOf(line, "::".getBytes(StandardCharsets.UTF_8))).isEqualTo(3);
    assertThat(Lines.indexOf(line, "?".getBytes(StandardCharsets.UTF_8))).isEqualTo(-1);
  }

  private static List<String> lines(String text) throws IOException {
    InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    Lines lines = new Lines(in);
    List<String> found = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      found.add(new String(line, StandardCharsets.UTF_8));
    }
    return found;
  }
}
