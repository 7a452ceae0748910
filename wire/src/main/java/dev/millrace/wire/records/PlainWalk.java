package dev.millrace.wire.records;

import dev.millrace.wire.Varint;
import java.nio.ByteBuffer;

/**
 * One quick pass over the uncompressed records of a batch, without an object for any of them. It
 * says only whether everything is in order; what is wrong otherwise, {@link RecordCursor} finds.
 * Small on purpose: it is among the first code that the JVM compiles, docs/decisions/0046.
 */
final class PlainWalk {
  private static final int NULL = -1;

  /** A header takes two bytes at least. */
  private static final int HEADER_BYTES_MIN = 2;

  private final ByteBuffer bytes;
  private final long baseTimestampMs;
  private int at;
  private boolean allHaveKeys = true;
  private long minTimestampMs = Long.MAX_VALUE;
  private long maxTimestampMs = Long.MIN_VALUE;

  /** Over the whole of an uncompressed batch that carries its producer's timestamps. */
  PlainWalk(RecordBatch batch) {
    this.bytes = batch.payload();
    this.baseTimestampMs = batch.baseTimestamp();
  }

  /**
   * Walks. Whether there are so many well-formed records with offsets from 0 on without holes, and
   * nothing behind them.
   */
  boolean isInOrder(int count) {
    try {
      for (int index = 0; index < count; index++) {
        if (!isInOrderAt(index)) {
          return false;
        }
      }
      return at == bytes.limit();
    } catch (IndexOutOfBoundsException | CorruptRecordsException wrong) {
      return false;
    }
  }

  /** Whether each record had a key. */
  boolean allHaveKeys() {
    return allHaveKeys;
  }

  /** The earliest timestamp, ms. */
  long minTimestampMs() {
    return minTimestampMs;
  }

  /** The latest timestamp, ms. */
  long maxTimestampMs() {
    return maxTimestampMs;
  }

  private boolean isInOrderAt(int index) {
    int length = varint();
    int end = at + length;
    if (length < 0 || end < 0 || end > bytes.limit()) {
      return false;
    }
    at++; // attributes mean nothing yet
    long timestampMs = baseTimestampMs + varlong();
    minTimestampMs = Math.min(minTimestampMs, timestampMs);
    maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
    if (varint() != index) {
      return false;
    }
    int keyBytes = varint();
    allHaveKeys &= keyBytes != NULL;
    if (!skips(keyBytes, end) || !skips(varint(), end)) {
      return false;
    }
    int headers = varint();
    return (headers == 0 || areHeadersInOrder(headers, end)) && at == end;
  }

  private boolean areHeadersInOrder(int count, int end) {
    if (count < 0 || count > (end - at) / HEADER_BYTES_MIN) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      int keyBytes = varint();
      if (keyBytes < 0 || !skips(keyBytes, end) || !skips(varint(), end)) {
        return false;
      }
    }
    return true;
  }

  /** Passes over a block, when it ends before the record does. */
  private boolean skips(int length, int end) {
    if (length > end - at || length < NULL) {
      return false;
    }
    at += Math.max(length, 0);
    return true;
  }

  private int varint() {
    int raw = 0;
    int b;
    int shift = 0;
    do {
      if (shift > 28) {
        throw tooLong();
      }
      b = bytes.get(at++);
      raw |= (b & 0x7f) << shift;
      shift += 7;
    } while (b < 0);
    return Varint.unZigZag(raw);
  }

  private long varlong() {
    long raw = 0;
    int b;
    int shift = 0;
    do {
      if (shift > 63) {
        throw tooLong();
      }
      b = bytes.get(at++);
      raw |= (b & 0x7fL) << shift;
      shift += 7;
    } while (b < 0);
    return Varint.unZigZag(raw);
  }

  private static CorruptRecordsException tooLong() {
    return new CorruptRecordsException("varint is too long");
  }
}
