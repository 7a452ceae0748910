package dev.millrace.replica;

/**
 * How many bytes a partition had appended at each offset that its high watermark has not passed
 * yet. Kept so that a waiting reader learns how many bytes a step of the high watermark was worth.
 * Guarded by the partition's lock.
 *
 * <p>At most {@value #MARKS_MAX} marks; when there are more appends on their way to the disk, the
 * newest mark moves along with them, and the steps in between count when that mark is passed.
 */
final class ByteMarks {
  /** Most marks. */
  static final int MARKS_MAX = 256;

  private long[] offsets = new long[4];
  private long[] bytes = new long[4];
  private int first;
  private int size;
  private long appended;
  private long passed;

  /** Notes that {@code count} bytes were appended and the log now ends at {@code endOffset}. */
  void appended(long endOffset, int count) {
    appended += count;
    if (size < MARKS_MAX) {
      if (size == offsets.length) {
        grow();
      }
      size++;
    }
    int last = index(size - 1);
    offsets[last] = endOffset;
    bytes[last] = appended;
  }

  /** Moves to {@code highWatermark}; returns all bytes that were passed since the beginning. */
  long passed(long highWatermark) {
    while (size > 0 && offsets[first] <= highWatermark) {
      passed = bytes[first];
      first = index(1);
      size--;
    }
    return passed;
  }

  /** All bytes that were appended since the beginning. */
  long appendedBytes() {
    return appended;
  }

  /** The log was cut: what lay behind its new end counts as passed when that is passed. */
  void cut(long endOffset) {
    for (int i = size - 1; i >= 0 && offsets[index(i)] > endOffset; i--) {
      offsets[index(i)] = endOffset;
    }
  }

  private int index(int nth) {
    return (first + nth) & (offsets.length - 1);
  }

  private void grow() {
    long[] moreOffsets = new long[offsets.length * 2];
    long[] moreBytes = new long[offsets.length * 2];
    for (int i = 0; i < size; i++) {
      moreOffsets[i] = offsets[index(i)];
      moreBytes[i] = bytes[index(i)];
    }
    offsets = moreOffsets;
    bytes = moreBytes;
    first = 0;
  }
}
