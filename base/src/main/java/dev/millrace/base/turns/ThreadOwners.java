package dev.millrace.base.turns;

import java.util.ArrayList;
import java.util.List;

/** Owners that are threads. Closing it closes every owner, the last made first. */
public final class ThreadOwners implements Owners, AutoCloseable {
  private final List<ThreadTurns> owners = new ArrayList<>();

  /** No owners yet. */
  public ThreadOwners() {}

  @Override
  public synchronized Turns owner(String name) {
    ThreadTurns turns = ThreadTurns.start(name);
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
