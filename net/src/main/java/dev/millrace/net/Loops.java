package dev.millrace.net;

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
  private final List<EventLoop> loops = new ArrayList<>();
  private final ConnectionCounts counts;
  private final MemoryBudget budget;

  private Loops(LoopLimits limits) {
    counts = new ConnectionCounts(limits);
    budget = new MemoryBudget(limits.requestBytesMax());
    for (int i = 0; i < limits.threads(); i++) {
      loops.add(EventLoop.start("loop-" + i, budget));
    }
  }

  /** Starts the loops. */
  public static Loops start(LoopLimits limits) {
    return new Loops(limits);
  }

  /** The loop with the fewest connections, as an owner of other work that never blocks. */
  public Turns turns() {
    return least();
  }

  /** Connections that listeners have accepted. */
  public int connections() {
    return counts.total();
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
