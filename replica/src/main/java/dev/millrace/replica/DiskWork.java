package dev.millrace.replica;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.base.turns.Turns;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

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

  /**
   * Loads regions, then calls {@code done} on a reader with those that could not be read.
   *
   * @param done hands over to its own turns and returns
   */
  public void load(List<FileRegion> regions, Consumer<List<FileRegion>> done) {
    submit(() -> done.accept(regions.stream().filter(region -> !load(region)).toList()));
  }

  private static boolean load(FileRegion region) {
    try {
      region.file().load(region.position(), region.length());
      return true;
    } catch (DiskException fault) {
      return false;
    }
  }
}
