package dev.millrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random groups of the consumer protocol in virtual time, members of the classic protocol among
 * them. {@code -Dmillrace.seed=N} repeats one, {@code -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class ConsumerFuzzTest {
  private static final int EVENTS = 50;

  /** Histories among which at least one must show a planted fault. */
  private static final int SEEDS_OF_A_FAULT = 5;

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

  /** The fuzz can fail: it sees a coordinator that takes the commits of fenced members. */
  @Test
  void aCommitOfAFencedMemberIsSeen() {
    assertThat(LongStream.range(5_000, 5_000 + SEEDS_OF_A_FAULT))
        .anyMatch(ConsumerFuzzTest::isCommitSeen);
  }

  private static boolean isCommitSeen(long seed) {
    SimulatedConsumers group = new SimulatedConsumers(seed, true);
    group.chaos(EVENTS);
    try {
      group.checkThatItSettles();
      return false;
    } catch (AssertionError seen) {
      assertThat(seen).hasMessageContaining("commit of who has it");
      return true;
    }
  }
}
