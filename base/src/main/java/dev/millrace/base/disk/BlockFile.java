package dev.millrace.base.disk;

import java.nio.ByteBuffer;

/**
 * A file of fixed size that is written in whole blocks, past the page cache. A write lasts over a
 * crash when it returns; a crash in the middle of one leaves any of its sectors old or new, and
 * nothing else changed. The file was made by {@link Disk} with all its bytes written once, so that
 * a write changes nothing but these bytes: the system has no names, sizes or places to write down.
 *
 * <p>One thread at a time. Faults are {@link DiskException}; after one the content of the blocks
 * that were to be written is not known.
 */
public interface BlockFile extends AutoCloseable {
  /** Positions, lengths and buffers are multiples of it. */
  int BLOCK_BYTES = 4096;

  /** A buffer that can be written: direct, and aligned to blocks. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes + BLOCK_BYTES).alignedSlice(BLOCK_BYTES).slice(0, bytes);
  }

  /**
   * Writes whole blocks and waits until they are on disk.
   *
   * @param blocks a part of what {@link #buffer} gave: its position and limit at borders of blocks
   * @param position in the file, a border of blocks; the file does not grow
   */
  void write(ByteBuffer blocks, long position);

  @Override
  void close();
}
