package dev.millrace.broker.deadletter;

import dev.millrace.broker.deadletter.SourceRecords.Content;
import dev.millrace.replica.share.DeadLetters;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as a batch of records (KIP-1191). Each has the time at which it is written, and says
 * in its headers, in UTF-8, where it comes from:
 *
 * <pre>
 *   __dlq.errors.topic  __dlq.errors.partition  __dlq.errors.offset  __dlq.errors.group
 *   __dlq.errors.delivery.count  __dlq.errors.message
 * </pre>
 *
 * Key, value and headers of the record are there when they are copied, its own headers first.
 *
 * @param next the first letter that is not in it, or null
 */
record LetterBatch(ByteBuffer bytes, Letters.@Nullable At next) {
  private static final String REJECTED = "Offset rejected by client.";
  private static final String EXHAUSTED = "Offset delivery count exceeded the threshold.";

  /** What a record takes beside what it holds. */
  private static final int RECORD_OVERHEAD_BYTES = 32;

  /** What a header takes beside name and value. */
  private static final int HEADER_OVERHEAD_BYTES = 6;

  /**
   * Builds a batch.
   *
   * @param at the first letter in it
   * @param bytesMax a batch is not larger, unless a single letter is; a copy that makes one so
   *     large is left out
   */
  static LetterBatch of(
      Letters letters, Letters.At at, SourceRecords source, int bytesMax, long nowMs) {
    BatchBuilder batch = BatchBuilder.from(0);
    Letters.At next = at;
    while (next != null && (batch.count() == 0 || next.offset() <= source.resolvedTo())) {
      List<RecordHeader> headers = headers(letters, next);
      Content content = source.at(next.offset()).orElse(null);
      int space = bytesMax - batch.sizeBytes();
      if (content != null && batch.count() == 0 && size(headers, content) > space) {
        content = null;
      }
      if (batch.count() > 0 && size(headers, content) > space) {
        break;
      }
      append(batch, headers, content, nowMs);
      next = letters.after(next);
    }
    return new LetterBatch(batch.build(), next);
  }

  private static void append(
      BatchBuilder batch, List<RecordHeader> headers, @Nullable Content content, long nowMs) {
    if (content == null) {
      batch.append(nowMs, null, null, headers);
      return;
    }
    List<RecordHeader> all = new ArrayList<>(content.headers());
    all.addAll(headers);
    batch.append(
        nowMs,
        content.key() == null ? null : content.key().buffer(),
        content.value() == null ? null : content.value().buffer(),
        all);
  }

  private static List<RecordHeader> headers(Letters letters, Letters.At at) {
    DeadLetters run = letters.run(at);
    return List.of(
        header("topic", letters.topic()),
        header("partition", Integer.toString(letters.partition())),
        header("offset", Long.toString(at.offset())),
        header("group", letters.groupId()),
        header("delivery.count", Integer.toString(run.deliveryCount())),
        header("message", run.rejected() ? REJECTED : EXHAUSTED));
  }

  private static RecordHeader header(String name, String value) {
    return new RecordHeader(
        "__dlq.errors." + name, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  /** At most so many bytes. */
  private static long size(List<RecordHeader> headers, @Nullable Content content) {
    long size = RECORD_OVERHEAD_BYTES + size(headers);
    if (content != null) {
      size += content.key() == null ? 0 : content.key().size();
      size += content.value() == null ? 0 : content.value().size();
      size += size(content.headers());
    }
    return size;
  }

  private static long size(List<RecordHeader> headers) {
    long size = 0;
    for (RecordHeader header : headers) {
      ByteBuffer value = header.value();
      size +=
          HEADER_OVERHEAD_BYTES
              + header.key().getBytes(StandardCharsets.UTF_8).length
              + (value == null ? 0 : value.remaining());
    }
    return size;
  }
}
