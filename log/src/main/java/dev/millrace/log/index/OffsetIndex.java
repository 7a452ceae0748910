package dev.millrace.log.index;

import dev.millrace.base.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where batches lie in a segment: {@code .index}. There is an entry for a batch whenever a few
 * kilobytes were appended since the last one; what is between two entries is found by walking.
 *
 * <pre>
 *   0 relativeOffset int32   last offset of the batch, less the segment's base offset; rises
 *   4 position       int32   first byte of the batch in the segment; rises
 * </pre>
 *
 * Proven by Apache's {@code DumpLogSegments --index-sanity-check} and {@code --verify-index-only}.
 */
public final class OffsetIndex {
  public static final int ENTRY_BYTES = 8;

  private static final EntryFile.Layout LAYOUT = new EntryFile.Layout(ENTRY_BYTES, 0, false);
  private static final EntryFile.Layout POSITIONS = new EntryFile.Layout(ENTRY_BYTES, 4, false);

  private final EntryFile entries;
  private final long baseOffset;

  /**
   * An entry.
   *
   * @param lastOffset of the batch that starts at {@code position}
   */
  public record Entry(long lastOffset, int position) {}

  /** The index of the segment with this base offset; {@code fresh} when there is no file yet. */
  public OffsetIndex(Disk disk, Supplier<Path> path, long baseOffset, boolean fresh) {
    this.entries = new EntryFile(disk, path, LAYOUT, fresh);
    this.baseOffset = baseOffset;
  }

  /** Number of entries. */
  public int count() {
    return entries.count();
  }

  /** Adds a batch; both numbers are above those of the entry before. */
  public void append(long lastOffset, int position) {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
    entry.putInt(Math.toIntExact(lastOffset - baseOffset)).putInt(position).flip();
    entries.append(entry);
  }

  /** The last entry whose batch ends at or before {@code offset}, or null. */
  public @Nullable Entry floor(long offset) {
    return decoded(entries.floor(Math.min(offset - baseOffset, Integer.MAX_VALUE)));
  }

  /**
   * An offset above those of all batches that begin before {@code position}, as far as the entries
   * tell, else {@link Long#MAX_VALUE}.
   */
  public long above(int position) {
    Entry above = decoded(entries.higher(POSITIONS, position - 1L));
    return above == null ? Long.MAX_VALUE : above.lastOffset() + 1;
  }

  /** The last entry, or null. */
  public @Nullable Entry last() {
    int count = entries.count();
    return count == 0 ? null : decoded(entries.entry(count - 1));
  }

  /** Forgets the batches whose last offset is {@code offset} or more. */
  public void truncate(long offset) {
    Entry last = last();
    if (last == null || last.lastOffset < offset) {
      return;
    }
    long relative = offset - baseOffset;
    entries.truncate(relative > Integer.MAX_VALUE ? entries.count() : entries.ceiling(relative));
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
    return entry == null ? null : new Entry(baseOffset + entry.getInt(0), entry.getInt(4));
  }
}
