package dev.millrace.log;

import java.util.Arrays;

/**
 * Where the latest batches of the active segment lie, so that reads at the tail need no disk. The
 * arrays are only appended to; a reader takes the count that was published with them.
 */
final class RecentBatches {
  /** Batches that are remembered at least, once there were so many. */
  static final int KEPT = 128;

  static final RecentBatches NONE = new RecentBatches(new long[0], new int[0], 0);

  private final long[] baseOffsets;
  private final int[] positions;
  private int count;

  private RecentBatches(long[] baseOffsets, int[] positions, int count) {
    this.baseOffsets = baseOffsets;
    this.positions = positions;
    this.count = count;
  }

  int count() {
    return count;
  }

  /** With a further batch; {@code this}, or a copy when there was no room. */
  RecentBatches append(long baseOffset, int position) {
    RecentBatches target = count < baseOffsets.length ? this : withRoom();
    target.baseOffsets[target.count] = baseOffset;
    target.positions[target.count] = position;
    target.count++;
    return target;
  }

  /** Index of the batch that holds {@code offset}, of the first {@code published}; or -1. */
  int find(long offset, int published) {
    if (published == 0 || offset < baseOffsets[0]) {
      return -1;
    }
    int at = Arrays.binarySearch(baseOffsets, 0, published, offset);
    return at >= 0 ? at : -at - 2;
  }

  long baseOffset(int index) {
    return baseOffsets[index];
  }

  int position(int index) {
    return positions[index];
  }

  private RecentBatches withRoom() {
    int from = count < 2 * KEPT ? 0 : count - KEPT;
    int kept = count - from;
    int room = Math.min(Math.max(4, kept * 2), 2 * KEPT);
    long[] offsets = Arrays.copyOf(Arrays.copyOfRange(baseOffsets, from, count), room);
    int[] places = Arrays.copyOf(Arrays.copyOfRange(positions, from, count), room);
    return new RecentBatches(offsets, places, kept);
  }
}
