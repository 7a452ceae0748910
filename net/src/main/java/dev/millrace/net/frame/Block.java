package dev.millrace.net.frame;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * A piece of memory outside the heap. It belongs to the thread that made it: another thread that
 * touches the buffer gets a {@link WrongThreadException}.
 */
final class Block {
  private final Arena arena;
  private final ByteBuffer buffer;

  /**
   * @throws OutOfMemoryError when the process may not have that much direct memory
   */
  Block(int bytes) {
    arena = Arena.ofConfined();
    try {
      buffer = arena.allocate(bytes).asByteBuffer();
    } catch (OutOfMemoryError e) {
      arena.close();
      throw e;
    }
  }

  /** The memory, big-endian; position and limit are the user's. */
  ByteBuffer buffer() {
    return buffer;
  }

  int capacity() {
    return buffer.capacity();
  }

  /** Gives the memory back to the system; whoever still reads it gets an exception. */
  void free() {
    arena.close();
  }
}
