package dev.millrace.replica;

import dev.millrace.base.turns.Turns;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that may wait for the disk, on owners of its own, so that no event loop does. Safe for any
 * thread.
 *
 * <p>What queues here is limited by what can ask for it: each connection has a limited number of
 * requests in work, and each of those asks once, for at most the bytes of one answer.
 */
public final class DiskWork {
  private final List<Turns> readers;
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * Reads on these owners, by turns.
   *
   * @param readers at least one; they may block on the disk
   */
  public DiskWork(List<Turns> readers) {
    if (readers.isEmpty()) {
      throw new IllegalArgumentException("there is no reader");
    }
    this.readers = List.copyOf(readers);
  }

  /** Runs work that may wait for the disk. */
  public void submit(Runnable work) {
    int next = Math.floorMod(turn.getAndIncrement(), readers.size());
    readers.get(next).submit(work);
  }
}
