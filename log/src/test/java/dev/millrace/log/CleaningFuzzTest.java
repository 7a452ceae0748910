package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random lives of compacted logs against a model, with crashes at any disk operation. */
class CleaningFuzzTest {
  @Test
  @Tag("fuzz")
  void keepsTheLastValueOfEachKey() {
    long first = Long.getLong("millrace.seed", 1);
    int rounds =
        System.getProperty("millrace.seed") != null
            ? 1
            : Integer.getInteger("millrace.fuzz.rounds", 30);
    int passes = 0;
    for (long seed = first; seed < first + rounds; seed++) {
      CleaningFuzz fuzz = new CleaningFuzz(seed);
      try {
        fuzz.run(120);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed=" + seed + ": " + failed.getMessage(), failed);
      }
      passes += fuzz.passes;
    }
    assertThat(passes).isGreaterThan(rounds / 2);
  }
}
