package dev.millrace.log.clean;

import java.nio.ByteBuffer;

/**
 * The hashes of the keys of one batch's records, gathered so that they can be looked up together:
 * {@link KeyOffsets} is far larger than a processor's caches, and waiting for memory once for many
 * keys takes a fraction of waiting for each. Belongs to one thread.
 */
final class BatchKeys {
  /** Most records; batches of more are gone through record by record. */
  static final int RECORDS_MAX = 8192;

  private final KeyHash hash;
  private final long[] lows = new long[RECORDS_MAX];
  private final long[] highs = new long[RECORDS_MAX];
  private final long[] offsets = new long[RECORDS_MAX];
  private int count;

  /** No keys yet. */
  BatchKeys(KeyOffsets keys) {
    this.hash = keys.hash();
  }

  void clear() {
    count = 0;
  }

  /** Adds the key of a record, from position to limit; the buffer does not change. */
  void add(ByteBuffer key, long offset) {
    hash.take(key);
    lows[count] = hash.low();
    highs[count] = hash.high();
    offsets[count] = offset;
    count++;
  }

  /** Adds a record without a key: what is found of it says nothing. */
  void addNone() {
    lows[count] = 0;
    highs[count] = 0;
    offsets[count] = KeyOffsets.NONE;
    count++;
  }

  /** Number of keys. */
  int count() {
    return count;
  }

  long low(int index) {
    return lows[index];
  }

  long high(int index) {
    return highs[index];
  }

  /** The offset that was added with the key or, once it was looked up, the latest of that key. */
  long offset(int index) {
    return offsets[index];
  }

  void found(int index, long latest) {
    offsets[index] = latest;
  }
}
