package dev.millrace.base.sim;

import dev.millrace.base.time.TimerHeap;
import dev.millrace.base.turns.Owners;
import dev.millrace.base.turns.Turns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All owners of a simulation, stepped by the calling thread in an order that one seed decides.
 *
 * <p>A step runs one task of one owner; which owner, the seed says. A step takes a little virtual
 * time, so that deadlines and tasks race as they do in life; when no owner has a task, time jumps
 * to the next timeout. A task that throws ends the run with a {@link SimFailure}.
 */
public final class SimOwners implements Owners {
  /** Most virtual time that one step takes, nanoseconds. */
  public static final long STEP_NANOS_MAX = 20_000;

  /** Steps that a failure shows. */
  private static final int TRACE_STEPS = 12;

  private static final long HASH_FACTOR = 0x100000001b3L;
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long ORIGIN_NANOS_MAX = 1L << 50;

  private final long seed;
  private final Thread thread = Thread.currentThread();
  private final SplittableRandom random;
  private final SimClock clock;
  private final TimerHeap<SimTurns.Waiting> timers = new TimerHeap<>();
  private final List<SimTurns> owners = new ArrayList<>();
  private final List<SimTurns> candidates = new ArrayList<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private @Nullable SimTurns running;
  private long steps;
  private long traceHash;

  /** The owners of one simulated machine; they die together. */
  public final class Machine implements Owners {
    private final String name;
    private final List<SimTurns> mine = new ArrayList<>();
    private boolean paused;

    private Machine(String name) {
      this.name = name;
    }

    @Override
    public Turns owner(String owner) {
      SimTurns turns = make(name + "/" + owner);
      turns.pause(paused);
      mine.add(turns);
      return turns;
    }

    /**
     * Kills the machine: its tasks and timeouts are lost, and what is submitted to its owners later
     * is lost too. Owners made from now on belong to its next life.
     */
    public void crash() {
      checkThread();
      mine.forEach(SimTurns::die);
      owners.removeAll(mine);
      mine.clear();
      paused = false;
    }

    /**
     * Stops the machine's processes where they are, as SIGSTOP does: what comes and what is due
     * waits for {@link #resume}.
     */
    public void pause() {
      checkThread();
      paused = true;
      mine.forEach(turns -> turns.pause(true));
    }

    /** Lets them go on. */
    public void resume() {
      checkThread();
      paused = false;
      mine.forEach(turns -> turns.pause(false));
    }
  }

  public SimOwners(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.clock = new SimClock(random.nextLong(-ORIGIN_NANOS_MAX, ORIGIN_NANOS_MAX));
  }

  public long seed() {
    return seed;
  }

  public SimClock clock() {
    return clock;
  }

  /**
   * Randomness of its own for one purpose, from the seed and the purpose's name alone: what others
   * draw does not change it.
   */
  public RandomGenerator random(String purpose) {
    return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + purpose.hashCode());
  }

  @Override
  public Turns owner(String name) {
    return make(name);
  }

  /** Steps so far. */
  public long steps() {
    return steps;
  }

  /** A number that two runs share when they took the same steps at the same times. */
  public long traceHash() {
    return traceHash;
  }

  /** A machine whose owners can be killed together. */
  public Machine machine(String name) {
    return new Machine(name);
  }

  /** Runs one task. Returns false when there is no task and no timeout left. */
  public boolean step() {
    checkThread();
    wakeDue();
    SimTurns next = choose();
    if (next == null) {
      SimTurns.Waiting first = firstTimeout();
      if (first == null) {
        return false;
      }
      clock.advanceNanos(Math.max(first.deadlineNanos() - clock.monotonicNanos(), 0));
      wakeDue();
      next = choose();
    }
    if (next != null) {
      run(next);
    }
    return true;
  }

  /** Runs until {@code virtualMs} milliseconds have passed, or nothing is left to do. */
  public void runMs(long virtualMs) {
    long end = clock.elapsedNanos() + virtualMs * NANOS_PER_MS;
    while (clock.elapsedNanos() < end) {
      SimTurns.Waiting first = firstTimeout();
      boolean beyond =
          first == null
              || first.deadlineNanos() - clock.monotonicNanos() > end - clock.elapsedNanos();
      if (beyond && owners.stream().noneMatch(SimTurns::isReady)) {
        clock.advanceNanos(end - clock.elapsedNanos());
        return;
      }
      step();
    }
  }

  /**
   * Runs until {@code done} holds.
   *
   * @throws SimFailure when it does not hold within {@code limitMs} of virtual time, or can not
   *     hold any more because nothing is left to do
   */
  public void runUntil(BooleanSupplier done, long limitMs) {
    long end = clock.elapsedNanos() + limitMs * NANOS_PER_MS;
    while (!done.getAsBoolean()) {
      if (clock.elapsedNanos() >= end) {
        throw new SimFailure(story("condition does not hold in time, limitMs=" + limitMs));
      }
      if (!step()) {
        throw new SimFailure(story("condition does not hold and nothing is left to do"));
      }
    }
  }

  /**
   * Runs until nothing is left to do.
   *
   * @throws SimFailure when that takes more than {@code stepsMax} steps
   */
  public void runUntilIdle(long stepsMax) {
    long end = steps + stepsMax;
    while (step()) {
      if (steps >= end) {
        throw new SimFailure(story("owners do not come to rest, stepsMax=" + stepsMax));
      }
    }
  }

  /** {@code problem} with the seed, the time and the last steps: the message of a failure. */
  public String story(String problem) {
    return problem
        + ", seed="
        + seed
        + " step="
        + steps
        + " elapsedMs="
        + clock.elapsedNanos() / NANOS_PER_MS
        + " last steps: "
        + String.join(" ", trace);
  }

  TimerHeap<SimTurns.Waiting> timers() {
    return timers;
  }

  @Nullable SimTurns turn() {
    return running;
  }

  /** Name of the owner whose turn it is; empty outside of turns. */
  public String running() {
    return running == null ? "" : running.name;
  }

  void checkThread() {
    if (Thread.currentThread().threadId() != thread.threadId()) {
      throw new IllegalStateException(
          "simulation belongs to one thread, owner="
              + thread.getName()
              + " caller="
              + Thread.currentThread().getName());
    }
  }

  private SimTurns make(String name) {
    checkThread();
    SimTurns turns = new SimTurns(this, name);
    owners.add(turns);
    return turns;
  }

  private void run(SimTurns next) {
    steps++;
    if (trace.size() == TRACE_STEPS) {
      trace.remove();
    }
    trace.add(next.name);
    clock.advanceNanos(random.nextLong(STEP_NANOS_MAX + 1));
    traceHash = (traceHash ^ clock.elapsedNanos() ^ next.name.hashCode()) * HASH_FACTOR;
    SimTurns before = running;
    running = next;
    try {
      next.runNext();
    } catch (SimFailure failure) {
      throw failure;
    } catch (RuntimeException | Error fault) {
      throw new SimFailure(story("task failed, owner=" + next.name + " fault=" + fault), fault);
    } finally {
      running = before;
    }
  }

  private @Nullable SimTurns choose() {
    candidates.clear();
    for (SimTurns owner : owners) {
      if (owner.isReady()) {
        candidates.add(owner);
      }
    }
    return candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
  }

  private void wakeDue() {
    SimTurns.Waiting due = timers.pollDue(clock.monotonicNanos());
    while (due != null) {
      due.owner.due(due);
      due = timers.pollDue(clock.monotonicNanos());
    }
  }

  private SimTurns.@Nullable Waiting firstTimeout() {
    SimTurns.Waiting first = timers.peek();
    while (first != null && first.owner.isDead()) {
      timers.remove(first);
      first = timers.peek();
    }
    return first;
  }
}
