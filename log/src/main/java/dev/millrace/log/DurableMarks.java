package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of how far each log of a directory was on disk, {@code millrace-durable-offsets}.
 *
 * <p>After a crash a damaged batch is either the torn end of what was not synced yet, which is cut,
 * or damage to records that were acknowledged, which must never be cut silently. A mark is written
 * after a sync has ended well, so what lies below it was on disk for certain. It is not synced by
 * itself: a kill of the process loses no mark, a power cut may lose the latest ones.
 *
 * <pre>
 *   slots of 64 bytes:
 *     0 topicId    16 bytes
 *    16 partition  int32
 *    20 reserved   int32   0
 *    24 durableEnd int64
 *    32 crc        uint32  CRC-32C of the bytes before; a slot with another one is free
 *    36 zeros
 * </pre>
 *
 * Safe for any thread.
 */
final class DurableMarks {
  static final String NAME = "millrace-durable-offsets";

  /** No mark. */
  static final long NONE = -1;

  private static final int SLOT_BYTES = 64;
  private static final int AT_CRC = 32;
  private static final int SLOTS_MAX = 4 << 20;
  private static final int READ_SLOTS = 4096;

  private final DiskFile file;
  private final Map<Key, Slot> slots = new HashMap<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(SLOT_BYTES);
  private int count;
  private boolean changed;

  /** Both are written out for the sake of a quick start, as in {@link Uuid}. */
  private record Key(Uuid topicId, int partition) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && partition == key.partition && topicId.equals(key.topicId);
    }

    @Override
    public int hashCode() {
      return 31 * topicId.hashCode() + partition;
    }
  }

  private record Slot(int index, long durableEnd) {}

  private DurableMarks(DiskFile file) {
    this.file = file;
  }

  static DurableMarks open(Disk disk, Path directory) {
    DurableMarks marks = new DurableMarks(disk.open(directory.resolve(NAME), Access.WRITE));
    marks.load();
    return marks;
  }

  /** Below which offset the log was on disk for certain, or {@link #NONE}. */
  synchronized long durableEnd(Uuid topicId, int partition) {
    Slot slot = slots.get(new Key(topicId, partition));
    return slot == null ? NONE : slot.durableEnd;
  }

  /** Notes that a log is on disk up to an offset; on a full disk there is no evidence. */
  synchronized void put(Uuid topicId, int partition, long durableEnd) {
    Key key = new Key(topicId, partition);
    Slot before = slots.get(key);
    if (before != null && before.durableEnd == durableEnd) {
      return;
    }
    int index = before == null ? freeSlot() : before.index;
    slots.put(key, new Slot(index, durableEnd));
    buffer.clear().putLong(topicId.mostSignificantBits()).putLong(topicId.leastSignificantBits());
    buffer.putInt(partition).putInt(0).putLong(durableEnd);
    buffer.putInt(crc(buffer, 0)).position(SLOT_BYTES);
    try {
      write(index);
    } catch (DiskException fault) {
      if (fault.kind() != DiskException.Kind.FULL) {
        throw fault;
      }
    }
  }

  /** Forgets a log. */
  synchronized void remove(Uuid topicId, int partition) {
    Slot slot = slots.remove(new Key(topicId, partition));
    if (slot != null) {
      buffer.clear().put(new byte[SLOT_BYTES]);
      write(slot.index);
      free.add(slot.index);
    }
  }

  /** Makes the marks last over a power cut. */
  void sync() {
    boolean needed;
    synchronized (this) {
      needed = changed;
      changed = false;
    }
    if (needed) {
      file.sync();
    }
  }

  void close() {
    file.close();
  }

  private void write(int index) {
    file.write(buffer.flip(), (long) index * SLOT_BYTES);
    changed = true;
  }

  private int freeSlot() {
    Integer index = free.poll();
    return index == null ? count++ : index;
  }

  private void load() {
    count = (int) Math.min(file.size() / SLOT_BYTES, SLOTS_MAX);
    for (int from = 0; from < count; from += READ_SLOTS) {
      int slotsHere = Math.min(READ_SLOTS, count - from);
      ByteBuffer block = ByteBuffer.allocate(slotsHere * SLOT_BYTES);
      file.read(block, (long) from * SLOT_BYTES);
      for (int i = 0; i < slotsHere; i++) {
        load(block, i * SLOT_BYTES, from + i);
      }
    }
  }

  private void load(ByteBuffer block, int at, int index) {
    if (block.getInt(at + AT_CRC) != crc(block, at)) {
      free.add(index);
      return;
    }
    Key key = new Key(new Uuid(block.getLong(at), block.getLong(at + 8)), block.getInt(at + 16));
    slots.put(key, new Slot(index, block.getLong(at + 24)));
  }

  private static int crc(ByteBuffer bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().clear().slice(at, AT_CRC));
    return (int) crc.getValue();
  }
}
