package dev.millrace.log.index;

import dev.millrace.base.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The highest timestamp so far, as a segment grew: {@code .timeindex}. An entry says that no batch
 * up to its offset has a later time. The last entry of a finished segment holds the highest
 * timestamp of it all.
 *
 * <pre>
 *   0 timestamp      int64   ms; rises
 *   8 relativeOffset int32   last offset of the batch that has it, less the base offset; rises
 * </pre>
 *
 * Proven by Apache's {@code DumpLogSegments}.
 */
public final class TimeIndex {
  public static final int ENTRY_BYTES = 12;

  private static final EntryFile.Layout LAYOUT = new EntryFile.Layout(ENTRY_BYTES, 0, true);
  private static final EntryFile.Layout BY_OFFSET = new EntryFile.Layout(ENTRY_BYTES, 8, false);

  private final EntryFile entries;
  private final long baseOffset;

  /**
   * An entry.
   *
   * @param timestampMs the highest so far
   * @param offset last offset of the batch that has it
   */
  public record Entry(long timestampMs, long offset) {}

  /** The index of the segment with this base offset; {@code fresh} when there is no file yet. */
  public TimeIndex(Disk disk, Supplier<Path> path, long baseOffset, boolean fresh) {
    this.entries = new EntryFile(disk, path, LAYOUT, fresh);
    this.baseOffset = baseOffset;
  }

  /** Number of entries. */
  public int count() {
    return entries.count();
  }

  /** Adds an entry when its time is above that of the last one. */
  public void appendIfLater(long timestampMs, long offset) {
    Entry last = last();
    if (last == null ? timestampMs >= 0 : timestampMs > last.timestampMs) {
      ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
      entry.putLong(timestampMs).putInt(Math.toIntExact(offset - baseOffset)).flip();
      entries.append(entry);
    }
  }

  /** The last entry whose time is at most {@code timestampMs}, or null. */
  public @Nullable Entry floor(long timestampMs) {
    return decoded(entries.floor(timestampMs));
  }

  /** The last entry, or null. */
  public @Nullable Entry last() {
    int count = entries.count();
    return count == 0 ? null : decoded(entries.entry(count - 1));
  }

  /** Forgets the entries whose offset is {@code offset} or more. */
  public void truncate(long offset) {
    Entry last = last();
    if (last == null || last.offset < offset) {
      return;
    }
    int low = 0;
    int high = entries.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      ByteBuffer entry = entries.entry(middle);
      if (entry != null && baseOffset + BY_OFFSET.key(entry, 0) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    entries.truncate(low);
  }

  /** Cuts what is no entry off the end of the file. */
  public void trim() {
    entries.trim();
  }

  /** Writes what is in memory to the file. */
  public void flush() {
    entries.flushToFile();
  }

  /** Makes what was flushed last. */
  public void sync() {
    entries.sync();
  }

  /** Gives the open file back to the collector. */
  public void release() {
    entries.release();
  }

  /** Keeps what is in the file readable when its name changes. */
  public void pin() {
    entries.pin();
  }

  public void close() {
    entries.close();
  }

  private @Nullable Entry decoded(@Nullable ByteBuffer entry) {
    return entry == null ? null : new Entry(entry.getLong(0), baseOffset + entry.getInt(8));
  }
}
