package dev.millrace.base.sim;

import dev.millrace.base.time.TimerHeap;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import java.util.ArrayDeque;

/** An owner that is stepped by {@link SimOwners}. */
final class SimTurns implements Turns {
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long DELAY_MS_MAX = Long.MAX_VALUE / 4 / NANOS_PER_MS;

  final String name;
  private final SimOwners owners;
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private boolean dead;
  private boolean paused;

  /** A timeout of one owner in the heap of all. */
  static final class Waiting extends TimerHeap.Node implements Timeout {
    final SimTurns owner;
    final Runnable task;
    private boolean waiting = true;

    Waiting(SimTurns owner, long deadlineNanos, Runnable task) {
      super(deadlineNanos);
      this.owner = owner;
      this.task = task;
    }

    @Override
    public boolean cancel() {
      owner.owners.checkThread();
      boolean cancelled = waiting;
      waiting = false;
      owner.owners.timers().remove(this);
      return cancelled;
    }

    private void run() {
      if (waiting) {
        waiting = false;
        task.run();
      }
    }
  }

  SimTurns(SimOwners owners, String name) {
    this.owners = owners;
    this.name = name;
  }

  @Override
  public void submit(Runnable task) {
    owners.checkThread();
    if (!dead) {
      ready.add(task);
    }
  }

  @Override
  public Timeout after(long delayMs, Runnable task) {
    owners.checkThread();
    long delayNanos = Math.clamp(delayMs, 0, DELAY_MS_MAX) * NANOS_PER_MS;
    Waiting waiting = new Waiting(this, owners.clock().monotonicNanos() + delayNanos, task);
    if (!dead) {
      owners.timers().add(waiting);
    }
    return waiting;
  }

  @Override
  public boolean inTurn() {
    return owners.turn() == this;
  }

  boolean isReady() {
    return !paused && !ready.isEmpty();
  }

  /** While it is paused nothing of it runs. */
  void pause(boolean now) {
    paused = now;
  }

  /** A timeout whose time has come: it runs in a turn, unless it is cancelled before. */
  void due(Waiting waiting) {
    if (!dead) {
      ready.add(waiting::run);
    }
  }

  void runNext() {
    ready.remove().run();
  }

  /** Loses all tasks, also those to come. */
  void die() {
    dead = true;
    ready.clear();
  }

  boolean isDead() {
    return dead;
  }
}
