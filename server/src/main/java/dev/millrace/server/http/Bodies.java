package dev.millrace.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;

/**
 * Reads bodies of requests. All that are held at once share a room of bytes, which a body takes as
 * its bytes come and not by what it says of itself: strangers cannot fill the memory. Safe for any
 * thread.
 */
final class Bodies {
  /** The largest one that is taken. */
  static final int BYTES_MAX = 10 << 20;

  private static final int PIECE_BYTES = 16 << 10;

  /** So much of what is not wanted is passed over, that its sender comes to read the answer. */
  private static final long PASSED_OVER_BYTES_MAX = 64L << 20;

  private static final int HEAP_SHARE = 40;
  private static final int ROOM_BYTES_MAX = 128 << 20;

  private final Semaphore room;

  Bodies(int roomBytes) {
    this.room = new Semaphore(roomBytes);
  }

  /** A room that fits the heap: what is read of a body can take twenty times as much. */
  static Bodies ofThisProcess() {
    long share = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    return new Bodies((int) Math.clamp(share, BYTES_MAX + 2L * PIECE_BYTES, ROOM_BYTES_MAX));
  }

  /** What became of a body; its room is given back by closing. */
  final class Body implements AutoCloseable {
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private int held;
    private boolean isTooLarge;
    private boolean isRefused;

    byte[] bytes() {
      return bytes.toByteArray();
    }

    boolean isTooLarge() {
      return isTooLarge;
    }

    /** Whether there was no room for it. */
    boolean isRefused() {
      return isRefused;
    }

    private void read(InputStream in) throws IOException {
      while (!isTooLarge) {
        if (!room.tryAcquire(PIECE_BYTES)) {
          isRefused = true;
          passOver(in);
          return;
        }
        held += PIECE_BYTES;
        byte[] piece = in.readNBytes(PIECE_BYTES);
        bytes.write(piece, 0, piece.length);
        isTooLarge = bytes.size() > BYTES_MAX;
        if (piece.length < PIECE_BYTES) {
          return;
        }
      }
      passOver(in);
    }

    private void passOver(InputStream in) throws IOException {
      bytes = new ByteArrayOutputStream(0);
      close();
      long passed = 0;
      long skipped = PIECE_BYTES;
      byte[] piece = new byte[PIECE_BYTES];
      while (skipped > 0 && passed < PASSED_OVER_BYTES_MAX) {
        skipped = in.readNBytes(piece, 0, PIECE_BYTES);
        passed += skipped;
      }
    }

    @Override
    public void close() {
      room.release(held);
      held = 0;
    }
  }

  /** Reads a body; blocks as long as it comes. */
  Body read(InputStream in) throws IOException {
    Body body = new Body();
    try {
      body.read(in);
      return body;
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }
}
