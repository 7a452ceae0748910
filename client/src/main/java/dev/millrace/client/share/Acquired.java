package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.Deserializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.ShareFetchResponse.AcquiredRecords;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that a session acquired, decoded as they are handed out. The offsets are
 * gone through one by one: those without a record are gaps. Belongs to the polling thread.
 */
final class Acquired {
  final ShareSession session;
  final TopicPartition partition;
  final Uuid topicId;
  private final long lockedUntilMs;
  private final List<AcquiredRecords> runs;
  private final BatchCursor batches;
  private @Nullable RecordCursor cursor;
  private boolean hasRecord;
  private int run;
  private long next;

  /**
   * @param records the consumer's own copy
   * @param runs sorted offsets with their deliveries, not empty
   * @param lockedUntilMs monotonic milliseconds; later they are somebody else's
   */
  Acquired(
      ShareSession session,
      TopicPartition partition,
      Uuid topicId,
      ByteBuffer records,
      List<AcquiredRecords> runs,
      long lockedUntilMs) {
    this.session = session;
    this.partition = partition;
    this.topicId = topicId;
    this.batches = new BatchCursor(records);
    this.runs = runs;
    this.lockedUntilMs = lockedUntilMs;
    this.next = runs.getFirst().firstOffset();
  }

  boolean isOurs(long nowMs) {
    return !session.isGone() && nowMs < lockedUntilMs;
  }

  /** How keys and values are made, and whether check sums are looked at. */
  record Reading<K, V>(Deserializer<K> keys, Deserializer<V> values, boolean checksCrcs) {}

  /**
   * The next record; null at the end.
   *
   * @param gap hears of offsets without a record
   * @throws ConsumerException.Unreadable the record at the offset that {@code unreadable} is told
   */
  <K, V> @Nullable ShareRecord<K, V> next(
      Reading<K, V> reading, LongConsumer gap, LongConsumer unreadable) {
    while (run < runs.size()) {
      AcquiredRecords now = runs.get(run);
      if (next > now.lastOffset()) {
        run++;
        next = run < runs.size() ? runs.get(run).firstOffset() : next;
        continue;
      }
      long offset = next++;
      try {
        long found = seek(offset, reading.checksCrcs());
        if (found != offset) {
          gap.accept(offset);
          continue;
        }
        hasRecord = false;
        return record(current(), now.deliveryCount(), reading);
      } catch (WireException e) {
        unreadable.accept(offset);
        for (long rest = next; run < runs.size(); rest = giveUp(rest, unreadable)) {}
        throw new ConsumerException.Unreadable(
            "records are corrupt and were released, partition="
                + partition
                + " offset="
                + offset
                + " cause="
                + e.getMessage(),
            e);
      } catch (ConsumerException.Unreadable e) {
        unreadable.accept(offset);
        throw e;
      }
    }
    close();
    return null;
  }

  private long giveUp(long from, LongConsumer unreadable) {
    for (long offset = from; offset <= runs.get(run).lastOffset(); offset++) {
      unreadable.accept(offset);
    }
    run++;
    return run < runs.size() ? runs.get(run).firstOffset() : from;
  }

  void close() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  /** The first record's offset that is not below {@code offset}; a high number at the end. */
  private long seek(long offset, boolean checksCrcs) {
    while (!hasRecord || current().offset() < offset) {
      hasRecord = cursor != null && cursor.next();
      if (!hasRecord && !nextBatch(offset, checksCrcs)) {
        return Long.MAX_VALUE;
      }
    }
    return current().offset();
  }

  private boolean nextBatch(long offset, boolean checksCrcs) {
    close();
    while (batches.hasNext()) {
      RecordBatch batch = batches.next();
      if (batch.lastOffset() >= offset && !batch.isControl()) {
        if (checksCrcs && !batch.isIntact()) {
          throw new WireException("checksum does not fit, baseOffset=" + batch.baseOffset());
        }
        cursor = batch.records();
        return true;
      }
    }
    return false;
  }

  private RecordCursor current() {
    if (cursor == null) {
      throw new IllegalStateException("at no record, partition=" + partition);
    }
    return cursor;
  }

  private <K, V> ShareRecord<K, V> record(RecordCursor at, int deliveries, Reading<K, V> reading) {
    String topic = partition.topic();
    try {
      ByteBuffer key = at.key();
      ByteBuffer value = at.value();
      return new ShareRecord<>(
          partition,
          at.offset(),
          at.timestampMs(),
          deliveries,
          key == null ? null : reading.keys().deserialize(topic, key.asReadOnlyBuffer()),
          value == null ? null : reading.values().deserialize(topic, value.asReadOnlyBuffer()),
          headers(at));
    } catch (WireException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ConsumerException.Unreadable(
          "deserializer failed and the record was released, partition="
              + partition
              + " offset="
              + at.offset()
              + " cause="
              + e.getMessage(),
          e);
    }
  }

  private static List<RecordHeader> headers(RecordCursor at) {
    List<RecordHeader> copies = new ArrayList<>();
    for (RecordHeader header : at.headers()) {
      ByteBuffer value = header.value();
      ByteBuffer copy =
          value == null
              ? null
              : ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip();
      copies.add(new RecordHeader(header.key(), copy));
    }
    return List.copyOf(copies);
  }
}
