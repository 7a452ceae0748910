package dev.millrace.net.frame;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory for unfinished frames of one loop. Blocks come in sizes of a power of two and an eighth,
 * because frames are often a power of two and some overhead; larger ones are made to measure and
 * freed after use. Free blocks are kept up to {@link #KEPT_BYTES_MAX}, and {@link #trim} frees what
 * was not needed for a while. Belongs to the loop's thread.
 */
public final class BlockPool {
  /** Free blocks that a loop keeps, bytes. */
  static final int KEPT_BYTES_MAX = 16 << 20;

  private static final int SMALLEST_SHIFT = 10;
  private static final int LARGEST_SHIFT = 22;

  private final MemoryBudget budget;
  private final List<Shelf> shelves = new ArrayList<>();
  private long keptBytes;

  /** The free blocks of one size. */
  private static final class Shelf {
    final ArrayDeque<Block> free = new ArrayDeque<>();

    /** Fewest free blocks since the last trim: that many were not needed. */
    int unneeded;
  }

  BlockPool(MemoryBudget budget) {
    this.budget = budget;
    for (int shift = SMALLEST_SHIFT; shift <= LARGEST_SHIFT; shift++) {
      shelves.add(new Shelf());
    }
  }

  /**
   * A block of at least {@code bytes} bytes; of at least {@code bytesMin} when memory is scarce.
   */
  Block take(int bytes, int bytesMin, MemoryBudget.Holder holder) {
    int capacity = capacity(bytes);
    if (!budget.takeIfFree(capacity)) {
      capacity = capacity(bytesMin);
      budget.takeAnyway(capacity);
    }
    return allocate(capacity, capacity, holder);
  }

  /**
   * A larger block with the bytes of {@code block} from {@code from} to {@code to} at its start, or
   * null when {@code holder} has to wait for memory. The old block is gone unless null is returned.
   */
  @Nullable Block grow(Block block, int from, int to, int bytes, MemoryBudget.Holder holder) {
    int capacity = capacity(bytes);
    int more = capacity - block.capacity();
    if (more <= 0 || !budget.take(more, holder)) {
      return null;
    }
    Block larger = allocate(capacity, more, holder);
    larger.buffer().put(0, block.buffer(), from, to - from);
    keep(block);
    return larger;
  }

  /** Gives a block back. */
  void give(Block block, MemoryBudget.Holder holder) {
    int capacity = block.capacity();
    keep(block);
    budget.give(capacity, holder);
  }

  MemoryBudget budget() {
    return budget;
  }

  /** Frees the blocks that were not needed since the last call. */
  public void trim() {
    for (Shelf shelf : shelves) {
      for (int left = shelf.unneeded; left > 0; left--) {
        free(shelf.free.removeLast());
      }
      shelf.unneeded = shelf.free.size();
    }
  }

  void close() {
    trim();
    trim();
  }

  /** Bytes of free blocks. */
  long keptBytes() {
    return keptBytes;
  }

  private Block allocate(int capacity, int takenBytes, MemoryBudget.Holder holder) {
    int size = shelfOf(capacity);
    if (size >= 0) {
      Shelf shelf = shelves.get(size);
      Block free = shelf.free.pollFirst();
      if (free != null) {
        shelf.unneeded = Math.min(shelf.unneeded, shelf.free.size());
        keptBytes -= free.capacity();
        return free;
      }
    }
    try {
      return new Block(capacity);
    } catch (OutOfMemoryError e) {
      budget.give(takenBytes, holder);
      throw new FrameException(
          "no direct memory for a frame, bytes="
              + capacity
              + "; allow more with -XX:MaxDirectMemorySize or lower queued.max.request.bytes",
          e);
    }
  }

  private void keep(Block block) {
    int size = shelfOf(block.capacity());
    if (size < 0 || keptBytes + block.capacity() > KEPT_BYTES_MAX) {
      block.free();
      return;
    }
    keptBytes += block.capacity();
    shelves.get(size).free.addFirst(block);
  }

  private void free(Block block) {
    keptBytes -= block.capacity();
    block.free();
  }

  private static int capacity(int bytes) {
    for (int shift = shiftOf(bytes); shift <= LARGEST_SHIFT; shift++) {
      if (shelfBytes(shift) >= bytes) {
        return shelfBytes(shift);
      }
    }
    return bytes;
  }

  /** The shelf of blocks of exactly {@code capacity} bytes, or -1. */
  private static int shelfOf(int capacity) {
    int shift = shiftOf(capacity);
    return shift <= LARGEST_SHIFT && shelfBytes(shift) == capacity ? shift - SMALLEST_SHIFT : -1;
  }

  private static int shiftOf(int bytes) {
    return Math.max(31 - Integer.numberOfLeadingZeros(bytes), SMALLEST_SHIFT);
  }

  private static int shelfBytes(int shift) {
    return (1 << shift) + (1 << (shift - 3));
  }
}
