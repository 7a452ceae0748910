package dev.millrace.replica.share;

import org.junit.jupiter.api.Test;

/**
 * Random histories of a share partition. {@code -Dmillrace.seed=N} repeats one, {@code
 * -Dmillrace.fuzz.rounds=N} runs more.
 */
class ShareFuzzTest {
  private static final int STEPS = 400;

  @Test
  void everyRecordIsAcknowledgedAtMostOnceAndNoneIsLost() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 400);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 1_000 + round;
      try {
        ShareModel model = new ShareModel(seed);
        for (int step = 0; step < STEPS; step++) {
          model.step();
        }
        model.checkThatNothingIsLost();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }
}
