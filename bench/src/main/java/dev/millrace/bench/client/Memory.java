package dev.millrace.bench.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the operating system has to do besides, out of the way of what is measured: what was written
 * before is on the disk, and there are pages for what comes. A virtual machine that gives memory
 * back which is free for some seconds pays several times for its first touch, and whoever runs then
 * would pay for all.
 */
final class Memory {
  private static final int PIECE_BYTES = 1 << 20;

  private Memory() {}

  /**
   * @param bytes that will be written
   */
  static void settle(long bytes) {
    try {
      sync();
      touch(Files.createTempFile(Path.of(""), "touched", ".tmp"), bytes + bytes / 2);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot settle memory", e);
    }
  }

  private static void sync() throws IOException {
    try {
      int exit = new ProcessBuilder("sync").inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException("sync failed, exit=" + exit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Pages of a file that is gone are the first to be given out again. */
  private static void touch(Path file, long bytes) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      for (long written = 0; written < bytes; written += PIECE_BYTES) {
        piece.clear();
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
    }
  }
}
