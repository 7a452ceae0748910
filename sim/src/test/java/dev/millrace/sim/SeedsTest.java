package dev.millrace.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A few seeds in the gate; {@code ./dev sim} runs many. */
class SeedsTest {
  private static final int SEEDS = Integer.getInteger("millrace.sim.seeds", 3);
  private static final long SEED = Long.getLong("millrace.seed", 1);
  private static final long WORK_MS = 8_000;

  @Test
  void nothingIsBroken() {
    for (long seed = SEED; seed < SEED + SEEDS; seed++) {
      Verdict verdict = new Run(Run.Task.of(seed, WORK_MS)).run();
      assertThat(verdict.broken())
          .as("%s%n%s", verdict.line(), String.join("\n", verdict.trace()))
          .isEmpty();
      assertThat(verdict.acknowledged()).as(verdict.line()).isPositive();
    }
  }

  /** The one with an older word had answered where the group was before the other's commits. */
  @Test
  void aCoordinatorThatIsCutOffSendsNoGroupBack() {
    holds(20261385, 18_000);
  }

  /** It was taken for the leader, and had no room for what its leader had. */
  @Test
  void aFollowerThatIsBehindSendsNoReaderBack() {
    holds(20261483, 12_000);
  }

  private static void holds(long seed, long workMs) {
    Verdict verdict = new Run(Run.Task.of(seed, workMs)).run();
    assertThat(verdict.broken())
        .as("%s%n%s", verdict.line(), String.join("\n", verdict.trace()))
        .isEmpty();
  }

  @Test
  void aSeedTakesTheSameStepsAgain() {
    Verdict first = new Run(Run.Task.of(SEED, 2_000)).run();
    Verdict again = new Run(Run.Task.of(SEED, 2_000)).run();
    Verdict other = new Run(Run.Task.of(SEED + 1, 2_000)).run();
    assertThat(again.traceHash()).isEqualTo(first.traceHash());
    assertThat(other.traceHash()).isNotEqualTo(first.traceHash());
  }
}
