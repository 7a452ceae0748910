package dev.millrace.net.frame;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * How much memory the unfinished frames of all connections may take together. Safe for any thread.
 *
 * <p>Unfinished frames could block each other when each has a part of the memory and needs more. So
 * one holder at a time may go over the limit and finish its frame: use stays under the limit plus
 * one frame, and somebody always makes progress.
 */
public final class MemoryBudget {
  /** Somebody who takes memory, and waits for it when there is none. */
  public interface Holder {
    /** There may be memory now. Called from any thread, must not block. */
    void memoryFreed();
  }

  private final long bytesMax;
  private final LinkedHashSet<Holder> waiting = new LinkedHashSet<>();
  private volatile long usedBytes; // written under the lock
  private @Nullable Holder overdrawn;

  public MemoryBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes {@code bytes} for {@code holder}. When there is not enough, the holder is in line and
   * will be told.
   */
  @SuppressWarnings("ReferenceEquality") // a holder is itself
  synchronized boolean take(long bytes, Holder holder) {
    if (usedBytes + bytes > bytesMax) {
      if (overdrawn != null && overdrawn != holder) {
        waiting.add(holder);
        return false;
      }
      overdrawn = holder;
    }
    usedBytes += bytes;
    waiting.remove(holder);
    return true;
  }

  /** Takes {@code bytes} if there is enough; nobody waits. */
  synchronized boolean takeIfFree(long bytes) {
    if (usedBytes + bytes > bytesMax) {
      return false;
    }
    usedBytes += bytes;
    return true;
  }

  /** Takes {@code bytes} even over the limit, for what is in memory already. */
  synchronized void takeAnyway(long bytes) {
    usedBytes += bytes;
  }

  boolean hasRoomFor(long bytes) {
    return usedBytes + bytes <= bytesMax;
  }

  /** Gives memory back, and tells the next one in line. */
  @SuppressWarnings("ReferenceEquality") // a holder is itself
  void give(long bytes, Holder holder) {
    synchronized (this) {
      usedBytes -= bytes;
      if (overdrawn == holder) {
        overdrawn = null;
      }
    }
    tellNext();
  }

  /**
   * Leaves the line because {@code holder} is gone. What it has taken must be given back before.
   */
  void leave(Holder holder) {
    synchronized (this) {
      waiting.remove(holder);
    }
    tellNext();
  }

  /**
   * Tells the next one in line, who is out of the line then: it takes what it needs, or gets into
   * line again at the end. One who was told and needs nothing any more calls this, so that the
   * others are not forgotten.
   */
  public void tellNext() {
    Holder next;
    synchronized (this) {
      next = waiting.isEmpty() ? null : waiting.removeFirst();
    }
    if (next != null) {
      next.memoryFreed();
    }
  }

  /** Bytes that are taken. */
  public long usedBytes() {
    return usedBytes;
  }

  /** Whether somebody waits for memory. */
  public synchronized boolean isScarce() {
    return !waiting.isEmpty();
  }
}
