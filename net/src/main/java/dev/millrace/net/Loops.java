package dev.millrace.net;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.frame.MemoryBudget;
import dev.millrace.net.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * The event loops of a process, shared by its listeners and its outbound connections. Safe for any
 * thread.
 */
public final class Loops implements AutoCloseable {
  private final List<EventLoop> loops;
  private final ConnectionCounts counts;
  private final MemoryBudget budget;

  private Loops(List<EventLoop> loops, ConnectionCounts counts, MemoryBudget budget) {
    this.loops = loops;
    this.counts = counts;
    this.budget = budget;
  }

  /** Starts the loops. */
  public static Loops start(LoopLimits limits) {
    return start("loop", limits);
  }

  /**
   * Starts the loops.
   *
   * @param name of their threads, before a number
   */
  public static Loops start(String name, LoopLimits limits) {
    return start(name, limits, SystemClock.INSTANCE);
  }

  /** The same by another clock. */
  public static Loops start(String name, LoopLimits limits, Clock clock) {
    MemoryBudget budget = new MemoryBudget(limits.requestBytesMax());
    List<EventLoop> loops = new ArrayList<>();
    for (int i = 0; i < limits.threads(); i++) {
      loops.add(EventLoop.start(name + "-" + i, budget, clock));
    }
    return new Loops(loops, new ConnectionCounts(limits), budget);
  }

  /** The loop with the least load alone; it is still one of these, and closed with them. */
  public Loops one() {
    return new Loops(List.of(least()), counts, budget);
  }

  /** The loop with the least load, as an owner of other work that never blocks. */
  public Turns turns() {
    return least();
  }

  /** Connections that listeners have accepted. */
  public int connections() {
    return counts.total();
  }

  /**
   * Changes how many connections listeners may accept from now on. Those that are there stay, also
   * when they are more.
   *
   * @param most of all together (max.connections)
   * @param mostOfAddress of one address (max.connections.per.ip)
   */
  public void limitConnections(int most, int mostOfAddress) {
    counts.limit(most, mostOfAddress);
  }

  /** Memory that is taken for requests that have not arrived completely. */
  public long requestBytes() {
    return budget.usedBytes();
  }

  /**
   * Closes all connections at once and ends the threads. Close the listeners first to end in peace.
   * Not to be called in a loop's turn.
   */
  @Override
  public void close() {
    loops.forEach(EventLoop::close);
  }

  EventLoop least() {
    EventLoop least = loops.getFirst();
    for (EventLoop loop : loops) {
      if (loop.load().get() < least.load().get()) {
        least = loop;
      }
    }
    return least;
  }

  /** Whether the calling code runs in a turn of one of the loops. */
  boolean inTurn() {
    return loops.stream().anyMatch(EventLoop::inTurn);
  }

  ConnectionCounts counts() {
    return counts;
  }
}
