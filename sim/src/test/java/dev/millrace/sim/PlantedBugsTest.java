package dev.millrace.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.sim.cluster.Alterations;
import dev.millrace.sim.fault.Trouble;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The checks find bugs: each of these is put in through a port of the nodes. */
class PlantedBugsTest {
  private static final int SEEDS_MAX = 8;
  private static final long WORK_MS = 10_000;

  @Test
  void diskThatForgetsWhatWasSynced() {
    assertFound(LyingDisk::new, Trouble.BLACKOUT);
  }

  @Test
  void leaderThatAnswersBeforeItsFollowersHaveTheRecord() {
    assertFound(HastyLeader::new, Trouble.POWER, Trouble.POWER, Trouble.CUT);
  }

  @Test
  void followerThatDoesNotAskWhereItsLogDiverges() {
    assertFound(StubbornFollower::new, Trouble.KILL, Trouble.ISOLATE);
  }

  @Test
  void electionOfACopyThatIsNotInSync() {
    assertFound(CarelessController::new, Trouble.KILL, Trouble.POWER);
  }

  @Test
  void coordinatorThatAnswersBeforeItsRecordIsCommitted() {
    assertFound(HastyCoordinator::new, Trouble.ISOLATE, Trouble.ISOLATE, Trouble.KILL);
  }

  private static void assertFound(Supplier<Alterations> bug, Trouble... troubles) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      Verdict verdict =
          new Run(new Run.Task(seed, WORK_MS, List.of(troubles), bug.get(), false)).run();
      if (!verdict.isGood()) {
        System.out.println("found by seed " + seed + ": " + verdict.broken().getFirst());
        return;
      }
    }
    assertThat(SEEDS_MAX).as("no seed finds the bug").isZero();
  }
}
