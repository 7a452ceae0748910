package dev.millrace.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions in virtual time. {@code -Dmillrace.seed=N} repeats one, {@code
 * -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class TransactionFuzzTest {
  private static final int EVENTS = 80;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void transactionsAreAllOrNothingAndEnd(boolean bumps) {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 60);
    long committed = 0;
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 1_000 + round;
      try {
        SimulatedTransactions world = new SimulatedTransactions(seed, bumps);
        world.chaos(EVENTS);
        world.checkThatItComesToRest();
        world.checkAttempts();
        committed += world.committed();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError(
            "repeat with -Dmillrace.seed=" + seed + " bumps=" + bumps, failure);
      }
    }
    assertThat(committed).isGreaterThan(rounds);
  }
}
