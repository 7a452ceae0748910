package dev.millrace.coordinator.group;

import org.junit.jupiter.api.Test;

/**
 * Random groups of the consumer protocol in virtual time, members of the classic protocol among
 * them. {@code -Dmillrace.seed=N} repeats one, {@code -Dmillrace.fuzz.rounds=N} runs more.
 */
class ConsumerFuzzTest {
  private static final int EVENTS = 50;

  @Test
  void groupsSettleWhateverHappens() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 15);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 5_000 + round;
      try {
        SimulatedConsumers group = new SimulatedConsumers(seed);
        group.chaos(EVENTS);
        group.checkThatItSettles();
        group.checkThatTheLogSaysTheSame();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }
}
