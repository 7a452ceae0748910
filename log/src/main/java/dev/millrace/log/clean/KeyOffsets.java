package dev.millrace.log.clean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The latest offset of each key, in memory of a fixed size outside the heap: an open hash table
 * that knows keys by their hash only. When it is full, further keys are refused. Belongs to one
 * thread.
 *
 * <pre>
 *   slot of 24 bytes:
 *     0 low    int64  first half of the key's hash
 *     8 high   int64  second half
 *    16 next   int64  offset + 1; 0 when the slot is free
 * </pre>
 */
public final class KeyOffsets implements AutoCloseable {
  /** Memory that a key takes, before the table's load factor. */
  public static final int SLOT_BYTES = 24;

  /** No record with the key was put in. */
  public static final long NONE = -1;

  /** Without memory for so many keys there is no use in going on. */
  private static final int SLOTS_LEAST = 1024;

  /** So many keys are fetched from memory together: their slots fit into the nearest caches. */
  private static final int FETCHED = 128;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final long bytesMax;
  private final double loadFactor;
  private final KeyHash hash;
  private @Nullable Arena arena;
  private MemorySegment slots = MemorySegment.NULL;
  private long slotCount;
  private long keysMax;
  private long keys;

  // nobody reads it, but without it the compiler would leave out the reading of what it sums up
  @SuppressWarnings({"UnusedVariable", "FieldCanBeLocal"})
  private long fetched;

  /**
   * No memory is taken before {@link #begin}.
   *
   * @param bytesMax most memory; room for one key at least is taken
   * @param loadFactor how full the table may be, above 0, at most 1
   * @param secret0 for the hash: a number that nobody can guess
   * @param secret1 another one
   */
  public KeyOffsets(long bytesMax, double loadFactor, long secret0, long secret1) {
    this.bytesMax = bytesMax;
    this.loadFactor = Math.clamp(loadFactor, 0.01, 1);
    this.hash = new KeyHash(secret0, secret1);
  }

  /**
   * Forgets all keys and takes the memory for others.
   *
   * @param keysExpected no more than so many will come
   */
  public void begin(long keysExpected) {
    close();
    long wanted = (long) Math.ceil((Math.max(keysExpected, 0) + 1) / loadFactor);
    allocate(Math.max(Math.min(wanted, bytesMax / SLOT_BYTES), 2));
    keysMax = Math.clamp((long) (slotCount * loadFactor), 1, slotCount - 1);
    keys = 0;
  }

  /** Takes less when the system has not got so much: a smaller table only needs more rounds. */
  private void allocate(long slotsWanted) {
    slotCount = slotsWanted;
    Arena fresh = Arena.ofShared();
    arena = fresh;
    while (slots.byteSize() == 0) {
      try {
        slots = fresh.allocate(slotCount * SLOT_BYTES, Long.BYTES);
      } catch (OutOfMemoryError tooMuch) {
        if (slotCount <= SLOTS_LEAST) {
          throw tooMuch;
        }
        slotCount /= 2;
      }
    }
  }

  /**
   * Notes that a key has a record at an offset, later than those before.
   *
   * @param key from position to limit; does not change
   * @return false when there is no room for a new key: then nothing is noted
   */
  public boolean put(ByteBuffer key, long offset) {
    hash.take(key);
    return put(hash.low(), hash.high(), offset);
  }

  /** The hash that keys are known by. */
  KeyHash hash() {
    return hash;
  }

  /**
   * As {@link #put(ByteBuffer, long)}, of all records of a batch in their order.
   *
   * @return how many were noted: fewer than there are when there was no room for the next one
   */
  int put(BatchKeys batch) {
    for (int from = 0; from < batch.count(); from += FETCHED) {
      int to = fetch(batch, from);
      for (int i = from; i < to; i++) {
        if (!put(batch.low(i), batch.high(i), batch.offset(i))) {
          return i;
        }
      }
    }
    return batch.count();
  }

  /** As {@link #latest(ByteBuffer)}, for all records of a batch. */
  void find(BatchKeys batch) {
    for (int from = 0; from < batch.count(); from += FETCHED) {
      int to = fetch(batch, from);
      for (int i = from; i < to; i++) {
        batch.found(i, slots.get(LONG, find(batch.low(i), batch.high(i)) + 16) - 1);
      }
    }
  }

  /**
   * Reads where the next keys begin to be looked for. No read depends on another, so the processor
   * waits for all of them at once.
   *
   * @return the first key that is not among them
   */
  private int fetch(BatchKeys batch, int from) {
    int to = Math.min(from + FETCHED, batch.count());
    long sum = 0;
    for (int i = from; i < to; i++) {
      long at = Math.unsignedMultiplyHigh(batch.high(i), slotCount) * SLOT_BYTES;
      sum += slots.get(LONG, at) + slots.get(LONG, at + 16);
    }
    fetched = sum;
    return to;
  }

  /** As {@link #put(ByteBuffer, long)}, of a key with this hash. */
  boolean put(long low, long high, long offset) {
    long at = find(low, high);
    if (slots.get(LONG, at + 16) == 0) {
      if (keys >= keysMax) {
        return false;
      }
      keys++;
      slots.set(LONG, at, low);
      slots.set(LONG, at + 8, high);
    }
    slots.set(LONG, at + 16, offset + 1);
    return true;
  }

  /** The latest offset of a key, or {@link #NONE}. */
  public long latest(ByteBuffer key) {
    hash.take(key);
    return slots.get(LONG, find(hash.low(), hash.high()) + 16) - 1;
  }

  /** Keys in the table. */
  public long size() {
    return keys;
  }

  /** Most keys that it can take as it is. */
  public long capacity() {
    return keysMax;
  }

  /** Memory that is taken now. */
  public long bytes() {
    return slots.byteSize();
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    Arena taken = arena;
    arena = null;
    slots = MemorySegment.NULL;
    keysMax = 0;
    keys = 0;
    if (taken != null) {
      taken.close();
    }
  }

  /** Position of the key's slot, or of the free one that it would get. */
  private long find(long low, long high) {
    long slot = Math.unsignedMultiplyHigh(high, slotCount);
    while (true) {
      long at = slot * SLOT_BYTES;
      boolean isFree = slots.get(LONG, at + 16) == 0;
      if (isFree || (slots.get(LONG, at) == low && slots.get(LONG, at + 8) == high)) {
        return at;
      }
      slot = slot + 1 == slotCount ? 0 : slot + 1;
    }
  }
}
