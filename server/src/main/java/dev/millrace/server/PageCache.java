package dev.millrace.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the machine, or the container, has for the page cache. */
final class PageCache {
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
  private static final Path LIMIT_V1 = Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes");
  private static final long LEAST_BYTES = 16L << 20;
  private static final long MOST_BYTES = 8L << 30;

  /** One part in so many of what the heap leaves. */
  private static final int SHARE = 8;

  private PageCache() {}

  /**
   * How many of the bytes that this node wrote last are taken to be in memory still: an eighth of
   * what the heap leaves. Where it comes from: docs/decisions/0060.
   */
  static long recentBytes() {
    return recentBytes(memoryBytes(), Runtime.getRuntime().maxMemory());
  }

  static long recentBytes(long memoryBytes, long heapBytes) {
    return Math.clamp((memoryBytes - heapBytes) / SHARE, LEAST_BYTES, MOST_BYTES);
  }

  /** Bytes of memory that this process may use; zero when the system does not say. */
  private static long memoryBytes() {
    long total = total();
    return Math.min(total, Math.min(limit(LIMIT), limit(LIMIT_V1)));
  }

  /** The first line of the file, in kilobytes: {@code MemTotal: 24683520 kB}. */
  private static long total() {
    try {
      String[] words = Files.readString(MEMORY, StandardCharsets.US_ASCII).split("\\s+", 3);
      return Long.parseLong(words[1]) << 10;
    } catch (IOException | RuntimeException e) {
      return 0; // not Linux, or nothing to see: the least is taken
    }
  }

  private static long limit(Path file) {
    try {
      return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IOException | RuntimeException none) {
      return Long.MAX_VALUE;
    }
  }
}
