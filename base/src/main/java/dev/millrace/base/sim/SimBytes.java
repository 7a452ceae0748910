package dev.millrace.base.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a simulated file as an immutable value: a change gives a new value that shares the
 * pages it did not touch, so that keeping the state of every moment costs little. Pages of zeros
 * are one: files that are made before they are needed are full of them.
 */
final class SimBytes {
  static final SimBytes EMPTY = new SimBytes(new byte[0][], 0);

  private static final int PAGE_BYTES = 4096;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  private final byte[][] pages;

  private final long size;

  private SimBytes(byte[][] pages, long size) {
    this.pages = pages;
    this.size = size;
  }

  long size() {
    return size;
  }

  /** Fills {@code target} from {@code position}; returns the bytes that were there. */
  int read(ByteBuffer target, long position) {
    int count = (int) Math.min(target.remaining(), Math.max(size - position, 0));
    long at = position;
    int left = count;
    while (left > 0) {
      int within = (int) (at % PAGE_BYTES);
      int run = Math.min(left, PAGE_BYTES - within);
      byte[] page = pages[(int) (at / PAGE_BYTES)];
      target.put(page, within, run);
      at += run;
      left -= run;
    }
    return count;
  }

  /** With {@code length} bytes of {@code source} from {@code from} on at {@code position}. */
  SimBytes write(ByteBuffer source, int from, int length, long position) {
    if (length == 0) {
      return this;
    }
    long newSize = Math.max(size, position + length);
    byte[][] changed = grown(newSize);
    int done = 0;
    while (done < length) {
      long at = position + done;
      int within = (int) (at % PAGE_BYTES);
      int run = Math.min(length - done, PAGE_BYTES - within);
      int index = (int) (at / PAGE_BYTES);
      byte[] page = changed[index].clone();
      source.get(from + done, page, within, run);
      changed[index] = Arrays.equals(page, ZEROS) ? ZEROS : page;
      done += run;
    }
    return new SimBytes(changed, newSize);
  }

  /** Cut or extended by zeros. */
  SimBytes resize(long newSize) {
    byte[][] changed = grown(newSize);
    int within = (int) (newSize % PAGE_BYTES);
    if (within != 0 && newSize < size) {
      byte[] cut = new byte[PAGE_BYTES];
      System.arraycopy(changed[changed.length - 1], 0, cut, 0, within);
      changed[changed.length - 1] = cut;
    }
    return new SimBytes(changed, newSize);
  }

  private byte[][] grown(long newSize) {
    int count = Math.toIntExact((newSize + PAGE_BYTES - 1) / PAGE_BYTES);
    byte[][] copy = Arrays.copyOf(pages, count);
    if (count > pages.length) {
      Arrays.fill(copy, pages.length, count, ZEROS);
    }
    return copy;
  }
}
