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

  /** Gives memory back. */
  void give(long bytes, Holder holder) {
    Holder next;
    synchronized (this) {
      usedBytes -= bytes;
      next = release(holder);
    }
    if (next != null) {
      next.memoryFreed();
    }
  }

  /** Leaves the line, and tells the next one in it. */
  public void leave(Holder holder) {
    Holder next;
    synchronized (this) {
      waiting.remove(holder);
      next = release(holder);
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

  /**
   * The next one to be told, who is out of the line then. It takes what it needs, or gets into line
   * again at the end, or has no need any more and leaves, which tells the one after it.
   */
  @SuppressWarnings("ReferenceEquality") // a holder is itself
  private @Nullable Holder release(Holder holder) {
    if (overdrawn == holder) {
      overdrawn = null;
    }
    if (waiting.isEmpty()) {
      return null;
    }
    return waiting.removeFirst();
  }
}
