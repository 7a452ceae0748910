package dev.millrace.base.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * An open file. Reads and writes name their position and may run at once from several threads; the
 * writer of a region is alone on it. Faults are {@link DiskException}.
 */
public interface DiskFile extends AutoCloseable {
  /**
   * Reads from {@code position} until {@code target} is full or the file ends.
   *
   * @return bytes read; less than asked only at the end of the file
   */
  int read(ByteBuffer target, long position);

  /** Writes all of {@code source} at {@code position}; the file grows as needed. */
  void write(ByteBuffer source, long position);

  /** Writes all of {@code sources}, one after the other, at {@code position}. */
  default void write(ByteBuffer[] sources, long position) {
    long at = position;
    for (ByteBuffer source : sources) {
      int length = source.remaining();
      write(source, at);
      at += length;
    }
  }

  long size();

  void truncate(long size);

  /** Makes every byte written before this call last over a crash (fdatasync). */
  void sync();

  /**
   * Moves up to {@code count} bytes from {@code position} to {@code target} by the cheapest way the
   * system has.
   *
   * @return bytes moved; zero when the target takes no more now
   * @throws IOException when the target fails; a fault of this file is a {@link DiskException}
   */
  long transferTo(long position, long count, WritableByteChannel target) throws IOException;

  /**
   * Whether all these bytes are in memory, so that reading or sending them waits on no disk. Tells
   * what holds at this moment and costs some ten microseconds; blocks on nothing.
   */
  boolean isResident(long position, long count);

  /** Brings these bytes into memory as far as they are there; waits on the disk. */
  void load(long position, long count);

  /**
   * Keeps the file readable, even after it was closed, until {@link #release} was called as often.
   * Whoever sends a region later holds its file from the moment it takes the region over. Holding a
   * file that is closed already has no effect on it.
   */
  void hold();

  /** Ends one {@link #hold}. */
  void release();

  /** Closes the file, or has it closed when the last who holds it releases it. */
  @Override
  void close();
}
