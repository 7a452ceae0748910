package dev.millrace.base.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SimOwnersTest {
  @Test
  void aSeedGivesTheSameRunAgain() {
    assertThat(talk(42)).isEqualTo(talk(42));
  }

  @Test
  void seedsGiveDifferentRuns() {
    Set<List<String>> runs = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      runs.add(talk(seed));
    }
    assertThat(runs).hasSizeGreaterThan(15);
  }

  @Test
  void aPausedMachineGoesOnWhereItWas() {
    SimOwners owners = new SimOwners(6);
    SimOwners.Machine machine = owners.machine("one");
    Turns turns = machine.owner("worker");
    List<String> done = new ArrayList<>();
    turns.submit(() -> done.add("task"));
    turns.after(10, () -> done.add("due"));
    machine.pause();
    machine.owner("later").submit(() -> done.add("later"));
    owners.runMs(100);
    assertThat(done).isEmpty();
    machine.resume();
    owners.runMs(100);
    assertThat(done).containsExactlyInAnyOrder("task", "due", "later");
  }

  @Test
  void tasksOfOneOwnerKeepTheirOrder() {
    SimOwners owners = new SimOwners(1);
    Turns one = owners.owner("one");
    Turns two = owners.owner("two");
    List<Integer> ofOne = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      one.submit(() -> ofOne.add(number));
      two.submit(() -> assertThat(two.inTurn() && !one.inTurn()).isTrue());
    }
    owners.runUntilIdle(1000);
    assertThat(ofOne).hasSize(50).isSorted();
    assertThat(one.inTurn()).isFalse();
  }

  @Test
  void timeJumpsToTheNextTimeout() {
    SimOwners owners = new SimOwners(2);
    Turns one = owners.owner("one");
    List<Long> at = new ArrayList<>();
    long wallMs = owners.clock().wallMs();
    one.after(3_600_000, () -> at.add(owners.clock().wallMs() - wallMs));
    one.after(1_000, () -> at.add(owners.clock().wallMs() - wallMs));
    owners.runUntilIdle(10);
    assertThat(at).containsExactly(1_000L, 3_600_000L);
  }

  @Test
  void aCancelledTimeoutDoesNotRun() {
    SimOwners owners = new SimOwners(3);
    Turns one = owners.owner("one");
    List<String> ran = new ArrayList<>();
    Timeout timeout = one.after(10, () -> ran.add("first"));
    Timeout other = one.after(20, () -> ran.add("second"));
    assertThat(timeout.cancel()).isTrue();
    assertThat(timeout.cancel()).isFalse();
    owners.runUntilIdle(10);
    assertThat(ran).containsExactly("second");
    assertThat(other.cancel()).isFalse();
  }

  @Test
  void runMsEndsOnTimeWithTimersLeft() {
    SimOwners owners = new SimOwners(4);
    Turns one = owners.owner("one");
    int[] beats = {0};
    Runnable[] beat = new Runnable[1];
    beat[0] =
        () -> {
          beats[0]++;
          one.after(100, beat[0]);
        };
    one.submit(beat[0]);
    long startNanos = owners.clock().elapsedNanos();
    owners.runMs(10_000);
    assertThat(owners.clock().elapsedNanos() - startNanos)
        .isBetween(10_000_000_000L, 10_000_000_000L + SimOwners.STEP_NANOS_MAX);
    assertThat(beats[0]).isBetween(95, 101);
  }

  @Test
  void aFailureTellsItsSeed() {
    SimOwners owners = new SimOwners(987_654_321);
    owners
        .owner("quorum")
        .submit(() -> {
          throw new IllegalStateException("offset went back");
        });
    assertThatThrownBy(() -> owners.runUntilIdle(10))
        .isInstanceOf(SimFailure.class)
        .hasMessageContaining("seed=987654321")
        .hasMessageContaining("owner=quorum")
        .hasMessageContaining("offset went back")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void waitingInVainFails() {
    SimOwners owners = new SimOwners(5);
    Turns one = owners.owner("one");
    assertThatThrownBy(() -> owners.runUntil(() -> false, 100))
        .isInstanceOf(SimFailure.class)
        .hasMessageContaining("nothing is left");
    Runnable[] forever = new Runnable[1];
    forever[0] = () -> one.submit(forever[0]);
    one.submit(forever[0]);
    assertThatThrownBy(() -> owners.runUntil(() -> false, 100))
        .isInstanceOf(SimFailure.class)
        .hasMessageContaining("in time");
    assertThatThrownBy(() -> owners.runUntilIdle(100))
        .isInstanceOf(SimFailure.class)
        .hasMessageContaining("rest");
  }

  @Test
  void aCrashLosesTasksAndTimeoutsOfItsMachineOnly() {
    SimOwners owners = new SimOwners(6);
    SimOwners.Machine machine = owners.machine("1");
    List<String> ran = new ArrayList<>();
    Turns before = machine.owner("disk");
    Turns other = owners.owner("other");
    before.submit(() -> ran.add("lost"));
    before.after(5, () -> ran.add("lost"));
    other.submit(() -> ran.add("kept"));
    machine.crash();
    before.submit(() -> ran.add("lost"));
    before.after(1, () -> ran.add("lost"));
    machine.owner("disk").submit(() -> ran.add("next life"));
    owners.runUntilIdle(100);
    assertThat(ran).containsExactlyInAnyOrder("kept", "next life");
  }

  @Test
  void otherThreadsAreRefused() throws Exception {
    SimOwners owners = new SimOwners(7);
    Turns one = owners.owner("one");
    List<Throwable> thrown = new ArrayList<>();
    Thread.ofPlatform()
        .uncaughtExceptionHandler((thread, fault) -> thrown.add(fault))
        .start(() -> one.submit(() -> {}))
        .join();
    assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void randomnessOfAPurposeDoesNotDependOnOthers() {
    SimOwners owners = new SimOwners(8);
    RandomGenerator network = owners.random("network");
    owners.random("disk").nextLong();
    assertThat(network.nextLong()).isEqualTo(new SimOwners(8).random("network").nextLong());
    assertThat(owners.random("disk").nextLong()).isNotEqualTo(owners.random("network").nextLong());
  }

  /** Three owners that send each other messages; returns who ran when. */
  private static List<String> talk(long seed) {
    SimOwners owners = new SimOwners(seed);
    List<Turns> all =
        List.of(owners.owner("a"), owners.owner("b"), owners.owner("c"), owners.owner("d"));
    List<String> trace = new ArrayList<>();
    RandomGenerator random = owners.random("talk");
    for (Turns turns : all) {
      turns.submit(() -> speak(owners, all, random, trace, 4));
    }
    owners.runUntilIdle(10_000);
    return trace;
  }

  private static void speak(
      SimOwners owners, List<Turns> all, RandomGenerator random, List<String> trace, int depth) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).inTurn()) {
        trace.add(i + "@" + owners.clock().elapsedNanos());
      }
    }
    if (depth > 0) {
      Turns next = all.get(random.nextInt(all.size()));
      next.submit(() -> speak(owners, all, random, trace, depth - 1));
      next.after(random.nextInt(5), () -> speak(owners, all, random, trace, depth - 1));
    }
  }
}
