package dev.millrace.coordinator.group;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random groups in virtual time. {@code -Dmillrace.seed=N} repeats one, {@code
 * -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class GroupFuzzTest {
  private static final int EVENTS = 60;

  @Test
  void groupsComeToRestWhateverHappens() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 60);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 1_000 + round;
      try {
        SimulatedGroup group = new SimulatedGroup(seed);
        group.chaos(EVENTS);
        group.checkThatItComesToRest();
        group.checkThatTheLogSaysTheSame();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }
}
