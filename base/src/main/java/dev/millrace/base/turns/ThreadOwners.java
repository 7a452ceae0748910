package dev.millrace.base.turns;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import java.util.ArrayList;
import java.util.List;

/** Owners that are threads. Closing it closes every owner, the last made first. */
public final class ThreadOwners implements Owners, AutoCloseable {
  private final List<ThreadTurns> owners = new ArrayList<>();

  private final Clock clock;

  /** No owners yet. */
  public ThreadOwners() {
    this(SystemClock.INSTANCE);
  }

  /** No owners yet; their timeouts are by this clock. */
  public ThreadOwners(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Turns owner(String name) {
    ThreadTurns turns = ThreadTurns.start(name, clock);
    owners.add(turns);
    return turns;
  }

  @Override
  public void close() {
    List<ThreadTurns> closing;
    synchronized (this) {
      closing = List.copyOf(owners).reversed();
      owners.clear();
    }
    closing.forEach(ThreadTurns::close);
  }
}
