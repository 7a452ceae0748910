package dev.millrace.replica;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which bytes of one partition were appended so lately that the page cache still holds them: a read
 * of those may run on an event loop.
 *
 * <p>Recent are the last {@link Window#bytes} bytes that the whole node brought into the page
 * cache, by appends to whatever partition and by cold reads. The partition keeps marks {@code
 * (offset, bytes the node had brought in before it)}, at most one for each 1/{@value #MARKS_MAX} of
 * the window, so an idle partition keeps one and a busy one {@value #MARKS_MAX}. Marks are written
 * under the partition's lock and read without it.
 */
final class RecentBytes {
  /** Most marks a partition keeps. */
  static final int MARKS_MAX = 64;

  private static final long[] NONE = {};

  private final Window window;
  private volatile long[] marks = NONE;

  /** The window of a node: how far back its memory reaches, and how much went through it. */
  static final class Window {
    private final long bytes;
    private final AtomicLong passed = new AtomicLong();

    Window(long bytes) {
      if (bytes < MARKS_MAX) {
        throw new IllegalArgumentException("window is too small, bytes=" + bytes);
      }
      this.bytes = bytes;
    }

    private long begin() {
      return passed.get() - bytes;
    }
  }

  RecentBytes(Window window) {
    this.window = window;
  }

  /** Notes an append of {@code bytes} bytes that starts at {@code offset}. */
  void appended(long offset, int bytes) {
    long before = window.passed.getAndAdd(bytes);
    long[] old = marks;
    boolean due = old.length == 0 || before - old[old.length - 1] >= window.bytes / MARKS_MAX;
    if (due) {
      marks = withMark(old, offset, before);
    }
  }

  /** Notes that a cold read brought bytes into memory: they may push out what was there. */
  void loaded(long bytes) {
    window.passed.getAndAdd(bytes);
  }

  /** Forgets marks at and above {@code offset}, which was cut off the log. */
  void truncated(long offset) {
    long[] old = marks;
    int end = old.length;
    while (end > 0 && old[end - 2] >= offset) {
      end -= 2;
    }
    marks = Arrays.copyOf(old, end);
  }

  /** Whether all bytes from {@code offset} on are recent. */
  boolean isRecent(long offset) {
    long[] now = marks;
    long begin = window.begin();
    for (int i = 0; i < now.length; i += 2) {
      if (now[i + 1] >= begin) {
        return offset >= now[i];
      }
    }
    return false;
  }

  private long[] withMark(long[] old, long offset, long before) {
    long begin = window.begin();
    int from = 0;
    while (from < old.length && (old[from + 1] < begin || old.length - from >= 2 * MARKS_MAX)) {
      from += 2;
    }
    int kept = old.length - from;
    long[] marked = new long[kept + 2];
    System.arraycopy(old, from, marked, 0, kept);
    marked[kept] = offset;
    marked[kept + 1] = before;
    return marked;
  }
}
