package dev.millrace.base.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Brings bytes of a file into memory a piece at a time. Left alone, Linux reads ahead of who reads
 * in order, by as much as the device is set to, often several megabytes, and a sync that comes then
 * waits behind all of it. Here a sync waits for one piece and for what was asked for early, which
 * is as little as keeps the disk at work while a consumer takes what it got.
 */
final class ColdBytes {
  private static final int PIECE_BYTES = 512 * 1024;
  private static final int AHEAD_BYTES = 1024 * 1024;

  private ColdBytes() {}

  /** Whether it could be done here; bytes behind the file's end are left out. */
  static boolean load(Path path, long position, long count) {
    LinuxCalls calls = LinuxCalls.found();
    int descriptor = calls == null ? -1 : calls.open(path);
    if (calls == null || descriptor < 0) {
      return false;
    }
    try {
      calls.advise(descriptor, 0, 0, LinuxCalls.NOTHING_AHEAD);
      return read(calls, descriptor, position, position + count);
    } finally {
      calls.close(descriptor);
    }
  }

  private static boolean read(LinuxCalls calls, int descriptor, long start, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(Math.min(PIECE_BYTES, end - start));
      long at = start;
      while (at < end) {
        long bytes = calls.read(descriptor, scratch, Math.min(scratch.byteSize(), end - at), at);
        if (bytes <= 0) {
          return bytes == 0;
        }
        at += bytes;
      }
      calls.advise(descriptor, end, AHEAD_BYTES, LinuxCalls.SOON);
      return true;
    }
  }
}
