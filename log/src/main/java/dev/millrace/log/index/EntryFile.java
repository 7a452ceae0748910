package dev.millrace.log.index;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
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

  private static final int BLOCK_ENTRIES = 256;
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

  /** Entries that were read from the file, the first of them with index {@code first}. */
  private record Block(int truncations, int first, ByteBuffer entries) {}

  private final Disk disk;
  private final Supplier<Path> path;
  private final Layout layout;
  private volatile @Nullable Tail tail;
  private volatile int count;
  private volatile @Nullable DiskFile file;

  /** What the last look-up read: readers go forward, so the next one is there or just behind. */
  private volatile @Nullable Block near;

  /** A block that was read before the latest one does not count. */
  private volatile int truncations;

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
      truncations = truncations + 1;
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
    int inMemory = Math.min(entries - now.first, now.entries.capacity() / layout.entryBytes);
    if (inMemory > 0 && layout.key(now.entries, 0) <= key) {
      return entry(now.entries, above(now.entries, inMemory, key) - 1);
    }
    return floorInFile(Math.min(entries, now.first), key);
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

  private @Nullable ByteBuffer floorInFile(int entries, long key) {
    Block block = near;
    if (block == null || !holds(block, entries, key)) {
      block = behind(block, entries);
    }
    if (block == null || !holds(block, entries, key)) {
      block = search(entries, key);
    }
    near = block;
    int above = above(block.entries, size(block), key);
    return above == 0 ? null : entry(block.entries, above - 1);
  }

  /** Whether the last entry up to a key is in a block, for certain. */
  private boolean holds(Block block, int entries, long key) {
    int size = size(block);
    return block.truncations == truncations
        && size > 0
        && layout.key(block.entries, 0) <= key
        && (block.first + size == entries || layout.key(block.entries, size - 1) > key);
  }

  private @Nullable Block behind(@Nullable Block block, int entries) {
    if (block == null || size(block) == 0) {
      return null;
    }
    int first = block.first + size(block) - 1;
    return first < entries ? block(first, Math.min(entries - first, BLOCK_ENTRIES)) : null;
  }

  private Block search(int entries, long key) {
    int low = 0;
    int high = entries;
    while (high - low > BLOCK_ENTRIES) {
      int middle = (low + high) >>> 1;
      ByteBuffer entry = read(middle, 1);
      if (entry.limit() == layout.entryBytes && layout.key(entry, 0) <= key) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return block(low, high - low);
  }

  private Block block(int first, int entries) {
    int before = truncations;
    return new Block(before, first, read(first, entries));
  }

  private int size(Block block) {
    return block.entries.limit() / layout.entryBytes;
  }

  /** Index of the first of {@code entries} entries whose key is above {@code key}. */
  private int above(ByteBuffer block, int entries, long key) {
    int low = 0;
    int high = entries;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (layout.key(block, middle) <= key) {
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
