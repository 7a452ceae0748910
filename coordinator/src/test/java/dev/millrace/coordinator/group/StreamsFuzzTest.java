package dev.millrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random streams groups in virtual time: threads come, go, crash, sleep and come again under their
 * static names, topics grow and internal ones can't be created at once, the coordinator is lost.
 * {@code -Dmillrace.seed=N} repeats one, {@code -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class StreamsFuzzTest {
  private static final int EVENTS = 50;

  /** Histories among which at least one must show a planted fault. */
  private static final int SEEDS_OF_A_FAULT = 8;

  @Test
  void groupsSettleWhateverHappens() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 15);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 7_000 + round;
      try {
        SimulatedStreams group = new SimulatedStreams(seed, false);
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
    assertThat(LongStream.range(7_000, 7_000 + SEEDS_OF_A_FAULT))
        .anyMatch(StreamsFuzzTest::isCommitSeen);
  }

  private static boolean isCommitSeen(long seed) {
    SimulatedStreams group = new SimulatedStreams(seed, true);
    try {
      group.chaos(EVENTS);
      return false;
    } catch (AssertionError seen) {
      assertThat(seen).hasMessageContaining("commit of who has");
      return true;
    }
  }
}
