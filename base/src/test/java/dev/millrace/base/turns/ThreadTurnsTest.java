package dev.millrace.base.turns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadTurnsTest {
  @Test
  void tasksOfEachThreadRunInOrderAndNeverOverlap() throws Exception {
    int threads = 4;
    int tasks = 20_000;
    int[] next = new int[threads]; // plain: only the owner touches it
    boolean[] busy = new boolean[1];
    List<String> wrong = new ArrayList<>();
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Thread> submitters = new ArrayList<>();
    try (ThreadTurns turns = ThreadTurns.start("owner")) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        submitters.add(
            Thread.ofPlatform()
                .start(() -> {
                  await(start);
                  for (int i = 0; i < tasks; i++) {
                    int number = i;
                    turns.submit(() -> {
                      if (busy[0] || next[thread] != number || !turns.inTurn()) {
                        wrong.add(thread + ":" + number);
                      }
                      busy[0] = true;
                      next[thread]++;
                      busy[0] = false;
                    });
                  }
                }));
      }
      for (Thread submitter : submitters) {
        submitter.join();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(next).containsOnly(tasks);
  }

  @Test
  void timeoutsRunInTheOrderOfTheirDeadlines() {
    List<Integer> order = new ArrayList<>();
    CompletableFuture<List<Integer>> done = new CompletableFuture<>();
    try (ThreadTurns turns = ThreadTurns.start("owner")) {
      turns.submit(() -> {
        turns.after(30, () -> done.complete(order));
        turns.after(20, () -> order.add(3));
        turns.after(-5, () -> order.add(1));
        turns.after(10, () -> order.add(2));
      });
      assertThat(done.join()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aTimeoutIsNeverEarly() {
    CompletableFuture<Long> ran = new CompletableFuture<>();
    try (ThreadTurns turns = ThreadTurns.start("owner")) {
      long startNanos = System.nanoTime();
      turns.after(15, () -> ran.complete(System.nanoTime()));
      assertThat(ran.join() - startNanos).isGreaterThanOrEqualTo(15_000_000);
    }
  }

  @Test
  void aTimeoutRunsOrIsCancelledNeverBoth() {
    int rounds = 2_000;
    AtomicInteger ran = new AtomicInteger();
    int cancelled = 0;
    try (ThreadTurns turns = ThreadTurns.start("owner")) {
      for (int i = 0; i < rounds; i++) {
        Timeout timeout = turns.after(0, ran::incrementAndGet);
        if (i % 3 == 0) {
          Thread.onSpinWait();
        }
        if (timeout.cancel()) {
          cancelled++;
        }
        assertThat(timeout.cancel()).isFalse();
      }
      CountDownLatch idle = new CountDownLatch(1);
      turns.after(1, idle::countDown);
      awaitZero(idle);
    }
    assertThat(ran.get() + cancelled).isEqualTo(rounds);
  }

  @Test
  void aTaskThatThrowsDoesNotEndItsOwner() {
    CompletableFuture<String> after = new CompletableFuture<>();
    try (ThreadTurns turns = ThreadTurns.start("owner")) {
      turns.submit(() -> {
        throw new IllegalStateException("thrown on purpose");
      });
      turns.submit(() -> {
        throw new AssertionError("thrown on purpose");
      });
      turns.submit(() -> after.complete("alive"));
      assertThat(after.join()).isEqualTo("alive");
    }
  }

  @Test
  void closingRunsWhatWasSubmittedAndRefusesTheRest() {
    List<Integer> ran = new ArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    ThreadTurns turns = ThreadTurns.start("owner");
    turns.submit(() -> awaitZero(go));
    for (int i = 0; i < 100; i++) {
      int number = i;
      turns.submit(() -> ran.add(number));
    }
    turns.after(60_000, () -> ran.add(-1));
    go.countDown();
    turns.close();
    turns.close();
    assertThat(ran).hasSize(100).doesNotContain(-1);
    assertThatThrownBy(() -> turns.submit(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("name=owner");
    assertThatThrownBy(() -> turns.after(1, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void anOwnerMayCloseItself() {
    CompletableFuture<String> closed = new CompletableFuture<>();
    ThreadTurns turns = ThreadTurns.start("owner");
    turns.submit(() -> {
      turns.close();
      closed.complete("returned");
    });
    assertThat(closed.join()).isEqualTo("returned");
    turns.close();
  }

  @Test
  void anOwnerWithoutWorkHasNoThread() {
    String name = "idle-" + System.nanoTime();
    try (ThreadTurns turns = ThreadTurns.start(name)) {
      assertThat(threadsNamed(name)).isZero();
      CompletableFuture<Boolean> ran = new CompletableFuture<>();
      turns.after(1, () -> ran.complete(turns.inTurn()));
      assertThat(ran.join()).isTrue();
      assertThat(threadsNamed(name)).isOne();
    }
    assertThat(threadsNamed(name)).isZero();
  }

  @Test
  void theFirstTasksOfManyThreadsAllRun() throws Exception {
    int threads = 4;
    for (int round = 0; round < 200; round++) {
      AtomicInteger ran = new AtomicInteger();
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Thread> submitters = new ArrayList<>();
      ThreadTurns turns = ThreadTurns.start("owner");
      for (int t = 0; t < threads; t++) {
        submitters.add(
            Thread.ofPlatform()
                .start(() -> {
                  await(start);
                  turns.submit(ran::incrementAndGet);
                }));
      }
      for (Thread submitter : submitters) {
        submitter.join();
      }
      turns.close();
      assertThat(ran.get()).as("round=%d", round).isEqualTo(threads);
    }
  }

  @Test
  void ownersCloseTogether() {
    AtomicInteger ran = new AtomicInteger();
    Turns one;
    try (ThreadOwners owners = new ThreadOwners()) {
      one = owners.owner("one");
      Turns two = owners.owner("two");
      one.submit(ran::incrementAndGet);
      two.submit(ran::incrementAndGet);
    }
    assertThat(ran.get()).isEqualTo(2);
    assertThatThrownBy(() -> one.submit(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }

  private static long threadsNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitZero(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
