package dev.millrace.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.transaction.SimulatedTransactions.Fault;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random transactions in virtual time. {@code -Dmillrace.seed=N} repeats one, {@code
 * -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class TransactionFuzzTest {
  private static final int EVENTS = 80;

  /** Histories among which at least one must show a planted fault. */
  private static final int SEEDS_OF_A_FAULT = 10;

  private static final List<String> HARM =
      List.of(
          "a fenced producer commits",
          "all or nothing",
          "the answer is true",
          "only what asked for it is committed",
          "everything once");

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

  /**
   * The fuzz can fail: it sees what the guards are for. Where transactions share an epoch nothing
   * else protects one from what was meant for the one before.
   */
  @ParameterizedTest
  @EnumSource(value = Fault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aPlantedFaultIsSeen(Fault fault) {
    assertThat(LongStream.range(1_000, 1_000 + SEEDS_OF_A_FAULT))
        .anyMatch(seed -> isSeen(seed, fault));
  }

  private static boolean isSeen(long seed, Fault fault) {
    try {
      SimulatedTransactions world = new SimulatedTransactions(seed, false, fault);
      world.chaos(EVENTS);
      world.checkThatItComesToRest();
      world.checkAttempts();
      return false;
    } catch (AssertionError seen) {
      assertThat(seen.getMessage()).containsAnyOf(HARM.toArray(String[]::new));
      return true;
    }
  }
}
