package dev.millrace.log.index;

import static dev.millrace.log.index.EntryPages.PAGE_ENTRIES;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one size in a file, sorted by a key in each. Written by one thread at a time, read by
 * any without a lock: a reader takes the count first and the {@link Tail} after it, so that the
 * tail it sees covers the count.
 */
final class EntryFile {
  /** Entries in memory that make a write worth while. */
  static final int TAIL_ENTRIES = 512;

  private static final int TAIL_ENTRIES_FIRST = 8;

  /** How an entry is laid out: its size and where its key is. */
  record Layout(int entryBytes, int keyAt, boolean longKey) {
    long key(ByteBuffer entries, int index) {
      int at = index * entryBytes + keyAt;
      return longKey ? entries.getLong(at) : entries.getInt(at);
    }
  }

  /** The entries from {@code first} on, in memory; those before are in the file. */
  private record Tail(int first, ByteBuffer entries) {}

  private final Disk disk;
  private final Supplier<Path> path;
  private final Layout layout;
  private volatile @Nullable Tail tail;
  private volatile int count;
  private volatile @Nullable DiskFile file;

  /** What look-ups read; the collector may take it when memory is short. */
  private volatile @Nullable SoftReference<EntryPages> pages;

  /**
   * @param path where the file is now; its directory may be renamed
   * @param fresh whether no file is there yet, so that none is looked for
   */
  EntryFile(Disk disk, Supplier<Path> path, Layout layout, boolean fresh) {
    this.disk = disk;
    this.path = path;
    this.layout = layout;
    this.tail = fresh ? new Tail(0, ByteBuffer.allocate(0)) : null;
  }

  Path path() {
    return path.get();
  }

  /** Number of entries. */
  int count() {
    loaded();
    return count;
  }

  /** Bytes of the file when all is written. */
  long sizeBytes() {
    return (long) count() * layout.entryBytes;
  }

  /** Adds an entry, the remaining bytes of {@code entry}. */
  void append(ByteBuffer entry) {
    Tail now = loaded();
    int index = count - now.first;
    if (index >= TAIL_ENTRIES) {
      now = flushed(now);
      index = count - now.first;
    }
    if ((index + 1) * layout.entryBytes > now.entries.capacity()) {
      now = new Tail(now.first, grown(now.entries, index));
      tail = now;
    }
    now.entries.put(index * layout.entryBytes, entry, entry.position(), layout.entryBytes);
    count = count + 1;
  }

  /** Writes the entries that are in memory to the file. */
  void flush() {
    Tail now = loaded();
    int inMemory = count - now.first;
    if (inMemory > 0) {
      ByteBuffer bytes = now.entries.slice(0, inMemory * layout.entryBytes);
      opened(Access.WRITE).write(bytes, (long) now.first * layout.entryBytes);
      tail = new Tail(count, ByteBuffer.allocate(0));
    }
  }

  /** Writes the entries that are in memory; afterwards there is a file, even of no entries. */
  void flushToFile() {
    flush();
    if (count == 0 && file == null && !disk.exists(path.get())) {
      opened(Access.WRITE);
    }
  }

  /** Makes what was flushed last. */
  void sync() {
    DiskFile open = file;
    if (open != null || disk.exists(path.get())) {
      opened(Access.WRITE).sync();
    }
  }

  /** Keeps only the first {@code entries} entries. Readers must not ask for the others any more. */
  void truncate(int entries) {
    Tail now = loaded();
    if (entries >= count) {
      return;
    }
    if (entries <= now.first) {
      opened(Access.WRITE).truncate((long) entries * layout.entryBytes);
      pages = null;
      tail = new Tail(entries, ByteBuffer.allocate(0));
    }
    count = entries;
  }

  /** Cuts what is no entry off the end of the file: half a one, or zeros. */
  void trim() {
    Tail now = loaded();
    if (disk.exists(path.get())) {
      long bytes = (long) now.first * layout.entryBytes;
      if (disk.size(path.get()) > bytes) {
        opened(Access.WRITE).truncate(bytes);
      }
    }
  }

  /** The last entry whose key is at most {@code key}, as a buffer from 0 on; null when none is. */
  @Nullable ByteBuffer floor(long key) {
    loaded();
    int entries = count;
    Tail now = loaded();
    int inMemory = inMemory(now, entries);
    if (inMemory > 0 && layout.key(now.entries, 0) <= key) {
      return entry(now.entries, above(layout, now.entries, inMemory, key) - 1);
    }
    int inFile = Math.min(entries, now.first);
    ByteBuffer page = page(pageOf(layout, inFile, key), inFile);
    int above = above(layout, page, size(page), key);
    return above == 0 ? null : entry(page, above - 1);
  }

  /**
   * The first entry whose number is above {@code key}, as a buffer from 0 on; null when none is.
   *
   * @param by where a number is that rises with the entries
   */
  @Nullable ByteBuffer higher(Layout by, long key) {
    loaded();
    int entries = count;
    Tail now = loaded();
    int inMemory = inMemory(now, entries);
    int inFile = Math.min(entries, now.first);
    if (inMemory == 0 || by.key(now.entries, 0) > key) {
      int number = pageOf(by, inFile, key);
      ByteBuffer page = page(number, inFile);
      int above = above(by, page, size(page), key);
      if (above < size(page)) {
        return entry(page, above);
      }
      ByteBuffer next = page(number + 1, inFile);
      if (size(next) > 0) {
        return entry(next, 0);
      }
    }
    int above = above(by, now.entries, inMemory, key);
    return above < inMemory ? entry(now.entries, above) : null;
  }

  /** The first entry whose key is at least {@code key}, as an index; the count when none is. */
  int ceiling(long key) {
    int low = 0;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      ByteBuffer entry = entry(middle);
      if (entry != null && layout.key(entry, 0) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** One entry as a buffer from 0 on; null when a truncation took it meanwhile. */
  @Nullable ByteBuffer entry(int index) {
    Tail now = loaded();
    if (index >= now.first) {
      int inTail = index - now.first;
      return (inTail + 1) * layout.entryBytes <= now.entries.capacity()
          ? entry(now.entries, inTail)
          : null;
    }
    ByteBuffer read = read(index, 1);
    return read.limit() == layout.entryBytes ? read : null;
  }

  /** Gives the open file back to the collector; it is opened again when needed. */
  void release() {
    file = null;
  }

  /**
   * Opens the file when it has entries: they can be read from then on whatever its name becomes.
   */
  void pin() {
    if (loaded().first > 0) {
      opened(Access.READ);
    }
  }

  void close() {
    DiskFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  private int inMemory(Tail now, int entries) {
    return Math.min(entries - now.first, now.entries.capacity() / layout.entryBytes);
  }

  /** The last of the pages of {@code inFile} entries that begins at or below {@code key}, or 0. */
  private int pageOf(Layout by, int inFile, long key) {
    int low = 0;
    int high = Math.max(inFile - 1, 0) / PAGE_ENTRIES;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      ByteBuffer page = page(middle, inFile);
      if (size(page) > 0 && by.key(page, 0) <= key) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** A page of a file of {@code inFile} entries; empty behind them. */
  private ByteBuffer page(int number, int inFile) {
    int first = number * PAGE_ENTRIES;
    int entries = Math.clamp((long) inFile - first, 0, PAGE_ENTRIES);
    return entries == 0
        ? ByteBuffer.allocate(0)
        : pages().page(number, entries * layout.entryBytes, _ -> read(first, entries));
  }

  private EntryPages pages() {
    SoftReference<EntryPages> reference = pages;
    EntryPages known = reference == null ? null : reference.get();
    if (known == null) {
      known = new EntryPages();
      pages = new SoftReference<>(known);
    }
    return known;
  }

  private int size(ByteBuffer page) {
    return page.limit() / layout.entryBytes;
  }

  /** Index of the first of {@code entries} entries whose number is above {@code key}. */
  private static int above(Layout by, ByteBuffer page, int entries, long key) {
    int low = 0;
    int high = entries;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (by.key(page, middle) <= key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private ByteBuffer entry(ByteBuffer entries, int index) {
    return entries.slice(index * layout.entryBytes, layout.entryBytes);
  }

  private ByteBuffer read(int index, int entries) {
    ByteBuffer target = ByteBuffer.allocate(entries * layout.entryBytes);
    if (entries > 0) {
      opened(Access.READ).read(target, (long) index * layout.entryBytes);
    }
    return target.flip();
  }

  private ByteBuffer grown(ByteBuffer entries, int used) {
    int room = Math.max(TAIL_ENTRIES_FIRST, used * 2) * layout.entryBytes;
    return ByteBuffer.wrap(Arrays.copyOf(entries.array(), room));
  }

  /** A full disk is no reason to lose an append: the tail grows until there is room again. */
  private Tail flushed(Tail now) {
    try {
      flush();
      return loaded();
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.FULL) {
        return now;
      }
      throw fault;
    }
  }

  private DiskFile opened(Access access) {
    DiskFile open = file;
    if (open == null) {
      synchronized (this) {
        open = file;
        if (open == null) {
          boolean there = access == Access.WRITE || disk.exists(path.get());
          open = disk.open(path.get(), there ? Access.WRITE : Access.READ);
          file = open;
        }
      }
    }
    return open;
  }

  private Tail loaded() {
    Tail now = tail;
    if (now != null) {
      return now;
    }
    synchronized (this) {
      now = tail;
      if (now == null) {
        count = countInFile();
        now = new Tail(count, ByteBuffer.allocate(0));
        tail = now;
      }
      return now;
    }
  }

  /**
   * Entries in the file. A broker that mapped its index into memory and crashed leaves zeros behind
   * the last entry; they do not count.
   */
  private int countInFile() {
    if (!disk.exists(path.get())) {
      return 0;
    }
    int entries = (int) Math.min(disk.size(path.get()) / layout.entryBytes, 1 << 27);
    if (entries < 2 || !isZero(entries - 1)) {
      return entries;
    }
    int low = 1;
    int high = entries - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isZero(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private boolean isZero(int index) {
    ByteBuffer entry = read(index, 1);
    while (entry.hasRemaining()) {
      if (entry.get() != 0) {
        return false;
      }
    }
    return true;
  }
}
