package dev.millrace.log.index;

import dev.millrace.base.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The transactions whose abort marker is in a segment: {@code .txnindex}. There is no file while
 * there are none.
 *
 * <pre>
 *    0 version          int16   0
 *    2 producerId       int64
 *   10 firstOffset      int64
 *   18 lastOffset       int64   the marker's; rises from entry to entry
 *   26 lastStableOffset int64   rises
 * </pre>
 *
 * Proven by Apache's {@code DumpLogSegments}.
 */
public final class TransactionIndex {
  public static final int ENTRY_BYTES = 34;

  private static final EntryFile.Layout LAYOUT = new EntryFile.Layout(ENTRY_BYTES, 18, true);
  private static final short VERSION = 0;

  private final EntryFile entries;

  /** The index of a segment; {@code fresh} when there is no file yet. */
  public TransactionIndex(Disk disk, Supplier<Path> path, boolean fresh) {
    this.entries = new EntryFile(disk, path, LAYOUT, fresh);
  }

  /** Number of entries. */
  public int count() {
    return entries.count();
  }

  /** Adds a transaction whose abort marker was written; their last offsets rise. */
  public void append(AbortedTransaction aborted) {
    ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
    entry.putShort(VERSION).putLong(aborted.producerId()).putLong(aborted.firstOffset());
    entry.putLong(aborted.lastOffset()).putLong(aborted.lastStableOffset()).flip();
    entries.append(entry);
  }

  /**
   * Adds to {@code found} the transactions that have records from offset {@code from} to below
   * {@code upTo}.
   *
   * @return whether that were all of them, so that later segments need no look
   */
  public boolean collect(long from, long upTo, List<AbortedTransaction> found) {
    int count = entries.count();
    for (int i = entries.ceiling(from); i < count; i++) {
      ByteBuffer entry = entries.entry(i);
      if (entry == null) {
        return true;
      }
      AbortedTransaction aborted = decoded(entry);
      if (aborted.firstOffset() < upTo) {
        found.add(aborted);
      }
      if (aborted.lastStableOffset() >= upTo) {
        return true;
      }
    }
    return false;
  }

  /** Forgets the markers at {@code offset} and above. Returns whether there were any. */
  public boolean truncate(long offset) {
    int before = entries.count();
    entries.truncate(entries.ceiling(offset));
    return entries.count() < before;
  }

  /** Cuts what is no entry off the end of the file. */
  public void trim() {
    entries.trim();
  }

  /** Writes what is in memory to the file. */
  public void flush() {
    entries.flush();
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

  private static AbortedTransaction decoded(ByteBuffer entry) {
    return new AbortedTransaction(
        entry.getLong(2), entry.getLong(10), entry.getLong(18), entry.getLong(26));
  }
}
