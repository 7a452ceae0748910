package dev.millrace.wire.records;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of a batch. Nothing is copied: key, value and headers are slices, valid
 * until the next call of {@link #next}. Close it when it is left before its end; at the end and
 * after an exception it has closed itself. Belongs to one thread.
 *
 * <pre>
 *   try (RecordCursor records = batch.records()) {
 *     while (records.next()) {
 *       use(records.offset(), records.key(), records.value());
 *     }
 *   }
 * </pre>
 */
public final class RecordCursor implements AutoCloseable {
  /** Most plain bytes of a compressed batch where the caller does not say another number. */
  public static final int PLAIN_BYTES_MAX = 128 * 1024 * 1024;

  private static final int NULL = -1;

  private final RecordBatch batch;
  private final RecordInput input;
  private final int count;
  private final boolean hasAppendTime;
  private final long baseTimestamp;
  private int seen;
  private long recordEnd;

  private int sizeBytes;
  private int bodyAt;
  private int bodyBytes;
  private long timestampDelta;
  private int offsetDelta;
  private int keyAt;
  private int keyBytes;
  private int valueAt;
  private int valueBytes;
  private int headersAt;
  private int headerCount;

  /** One view of the window for all that is lent. */
  private @Nullable ByteBuffer lent;

  private @Nullable ByteBuffer lentFrom;

  RecordCursor(RecordBatch batch, RecordInput input) {
    this.batch = batch;
    this.input = input;
    this.count = batch.recordCount();
    this.hasAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
    this.baseTimestamp = batch.baseTimestamp();
    if (count < 0) {
      throw new CorruptRecordsException("record count is negative, count=" + count);
    }
  }

  /**
   * Moves to the next record.
   *
   * @return false when there is none
   * @throws CorruptRecordsException when the records are not what the batch says
   */
  public boolean next() {
    int last = seen == 0 ? -1 : offsetDelta;
    if (!advance(true)) {
      return false;
    }
    if (offsetDelta <= last || offsetDelta > batch.lastOffsetDelta()) {
      close();
      throw new CorruptRecordsException(
          "record offset is outside its batch, offsetDelta="
              + offsetDelta
              + " previous="
              + last
              + " lastOffsetDelta="
              + batch.lastOffsetDelta());
    }
    return true;
  }

  /**
   * Moves to the next record, whatever its offset is.
   *
   * @param isKept whether the record must lie in memory as a whole, so that key, value and headers
   *     can be read
   */
  boolean advance(boolean isKept) {
    boolean isDone = false;
    try {
      if (seen == count) {
        checkEnd();
      } else {
        parse(isKept);
        seen++;
        isDone = true;
      }
      return isDone;
    } finally {
      if (!isDone) {
        close();
      }
    }
  }

  public long offset() {
    return batch.baseOffset() + offsetDelta;
  }

  /** Offset of the record after that of the batch. */
  int offsetDelta() {
    return offsetDelta;
  }

  /** When it was created, ms; when the batch has the leader's time, that. */
  public long timestampMs() {
    return hasAppendTime ? batch.maxTimestamp() : baseTimestamp + timestampDelta;
  }

  /** The number that its producer gave it, or {@link RecordBatch#NONE}. */
  public int sequence() {
    int base = batch.baseSequence();
    return base == RecordBatch.NONE ? base : (base + offsetDelta) & Integer.MAX_VALUE;
  }

  /** Bytes of the record in its plain form, with its length field. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The record behind its length field, as it lies there in its plain form. */
  ByteBuffer body() {
    return input.window().slice(bodyAt, bodyBytes);
  }

  public boolean hasKey() {
    return keyBytes != NULL;
  }

  public boolean hasValue() {
    return valueBytes != NULL;
  }

  public @Nullable ByteBuffer key() {
    return keyBytes == NULL ? null : input.window().slice(keyAt, keyBytes);
  }

  public @Nullable ByteBuffer value() {
    return valueBytes == NULL ? null : input.window().slice(valueAt, valueBytes);
  }

  /** The key in a read-only buffer that is lent until the next call here; null without one. */
  public @Nullable ByteBuffer lentKey() {
    return keyBytes == NULL ? null : lent(keyAt, keyBytes);
  }

  /** The value in a read-only buffer that is lent until the next call here; null without one. */
  public @Nullable ByteBuffer lentValue() {
    return valueBytes == NULL ? null : lent(valueAt, valueBytes);
  }

  /**
   * The key in an array of the caller's.
   *
   * @throws IllegalStateException without a key
   */
  public byte[] copyOfKey() {
    return copy(keyAt, keyBytes);
  }

  /**
   * The value in an array of the caller's.
   *
   * @throws IllegalStateException without a value
   */
  public byte[] copyOfValue() {
    return copy(valueAt, valueBytes);
  }

  private byte[] copy(int at, int bytes) {
    if (bytes == NULL) {
      throw new IllegalStateException("record has no such bytes, offset=" + offset());
    }
    ByteBuffer window = input.window();
    if (window.hasArray()) {
      int from = window.arrayOffset() + at;
      return Arrays.copyOfRange(window.array(), from, from + bytes); // clears nothing before
    }
    byte[] copy = new byte[bytes];
    window.get(at, copy);
    return copy;
  }

  private ByteBuffer lent(int at, int bytes) {
    ByteBuffer window = input.window();
    ByteBuffer view = lent;
    if (view == null || lentFrom != window) {
      view = window.asReadOnlyBuffer();
      lent = view;
      lentFrom = window;
    }
    return view.order(ByteOrder.BIG_ENDIAN).limit(at + bytes).position(at);
  }

  public int headerCount() {
    return headerCount;
  }

  /** The headers in their order. */
  public List<RecordHeader> headers() {
    if (headerCount == 0) {
      return List.of();
    }
    List<RecordHeader> headers = new ArrayList<>(headerCount);
    RecordInput fields = RecordInput.of(input.window().duplicate().position(headersAt));
    for (int i = 0; i < headerCount; i++) {
      int length = fields.varint();
      String key = text(input.window().slice(fields.position(), length));
      fields.skip(length);
      int value = fields.varint();
      headers.add(
          new RecordHeader(
              key, value == NULL ? null : input.window().slice(fields.position(), value)));
      fields.skip(Math.max(value, 0));
    }
    return headers;
  }

  @Override
  public void close() {
    input.close();
  }

  private static String text(ByteBuffer utf8) {
    return StandardCharsets.UTF_8.decode(utf8).toString();
  }

  private void parse(boolean isKept) {
    long start = input.consumed();
    int length = input.varint();
    recordEnd = input.consumed() + length;
    if (length < 0) {
      throw new CorruptRecordsException("record length is negative, length=" + length);
    }
    if (isKept) {
      input.require(length);
    }
    sizeBytes = Math.toIntExact(recordEnd - start);
    bodyAt = input.position();
    bodyBytes = length;
    input.int8();
    timestampDelta = input.varlong();
    offsetDelta = input.varint();
    keyBytes = blockBytes(NULL);
    keyAt = input.position();
    input.skip(Math.max(keyBytes, 0));
    valueBytes = blockBytes(NULL);
    valueAt = input.position();
    input.skip(Math.max(valueBytes, 0));
    parseHeaders();
    if (left() != 0) {
      throw new CorruptRecordsException(
          "record has another length than it says, length=" + length + " left=" + left());
    }
  }

  private void parseHeaders() {
    headerCount = input.varint();
    headersAt = input.position();
    // a header takes two bytes at least
    if (headerCount < 0 || headerCount > left() / 2) {
      throw new CorruptRecordsException("header count cannot be, count=" + headerCount);
    }
    for (int i = 0; i < headerCount; i++) {
      input.skip(blockBytes(0));
      input.skip(Math.max(blockBytes(NULL), 0));
    }
  }

  private int blockBytes(int least) {
    int length = input.varint();
    if (length < least || length > left()) {
      throw new CorruptRecordsException(
          "length is beyond the record's end, length=" + length + " left=" + left());
    }
    return length;
  }

  private long left() {
    return recordEnd - input.consumed();
  }

  private void checkEnd() {
    if (!input.isAtEnd()) {
      throw new CorruptRecordsException("batch has more bytes than records, records=" + count);
    }
  }
}
