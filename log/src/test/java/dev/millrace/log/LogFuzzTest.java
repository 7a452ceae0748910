package dev.millrace.log;

import org.junit.jupiter.api.Test;

/** Many life stories of a log. {@code -Dmillrace.seed=N} runs one, fuzz.rounds=N more. */
class LogFuzzTest {
  private static final int STEPS = 120;

  @Test
  void holdsWhatTheModelHolds() {
    Long one = Long.getLong("millrace.seed");
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 400);
    for (long seed = one == null ? 1 : one; seed <= (one == null ? rounds : one); seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    try {
      new LogFuzz(seed).run(STEPS);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("story fails, -Dmillrace.seed=" + seed, failure);
    }
  }
}
