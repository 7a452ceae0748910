package dev.millrace.broker.fake;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;

/** Turns that the test steps itself, with a time that the test moves. */
public final class FakeTurns implements Turns {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private long nowMs;
  private boolean inTurn;

  private record Waiting(long atMs, Runnable task) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      return Long.compare(atMs, other.atMs);
    }
  }

  @Override
  public void submit(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timeout after(long delayMs, Runnable task) {
    Waiting entry = new Waiting(nowMs + Math.max(0, delayMs), task);
    waiting.add(entry);
    return () -> waiting.remove(entry);
  }

  @Override
  public boolean inTurn() {
    return inTurn;
  }

  /** Runs what is due, until nothing is left. */
  public void run() {
    Runnable next;
    while ((next = tasks.poll()) != null) {
      inTurn = true;
      next.run();
      inTurn = false;
    }
  }

  /** Lets {@code ms} pass and runs what has become due. */
  public void pass(long ms) {
    nowMs += ms;
    waiting.stream()
        .filter(entry -> entry.atMs() <= nowMs)
        .sorted(Comparator.naturalOrder())
        .toList()
        .forEach(entry -> {
          waiting.remove(entry);
          tasks.add(entry.task());
        });
    run();
  }
}
