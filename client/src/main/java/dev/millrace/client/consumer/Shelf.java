package dev.millrace.client.consumer;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory that fetched batches lay in and later ones will: a consumer that keeps up fetches into the
 * same few arrays. In turns.
 */
final class Shelf {
  private static final int PIECE_BYTES = 64 << 10;

  /** A larger array than this many times what is needed is left for others. */
  private static final int WASTE_MAX = 4;

  private final long bytesMax;
  private final List<byte[]> idle = new ArrayList<>();
  private long bytes;

  /**
   * @param bytesMax kept at most
   */
  Shelf(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  byte[] take(int needed) {
    for (int i = idle.size() - 1; i >= 0; i--) {
      byte[] found = idle.get(i);
      if (found.length >= needed && found.length / WASTE_MAX <= Math.max(needed, PIECE_BYTES)) {
        bytes -= found.length;
        idle.remove(i);
        return found;
      }
    }
    long rounded = (needed + (PIECE_BYTES - 1L)) / PIECE_BYTES * PIECE_BYTES;
    return new byte[(int) Math.min(Math.max(needed, rounded), Integer.MAX_VALUE - 64)];
  }

  /** Nobody reads it any more. */
  void give(byte[] memory) {
    while (bytes + memory.length > bytesMax && !idle.isEmpty()) {
      bytes -= idle.removeFirst().length;
    }
    if (memory.length <= bytesMax) {
      bytes += memory.length;
      idle.add(memory);
    }
  }
}
