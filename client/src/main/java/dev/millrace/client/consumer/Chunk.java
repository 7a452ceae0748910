package dev.millrace.client.consumer;

import dev.millrace.client.Deserializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.ArrayDeserializer;
import dev.millrace.client.consumer.ConsumerException.Unreadable;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.FetchResponse.AbortedTransaction;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetched batches of one partition, decoded as they are handed out. Belongs to the polling thread.
 * With {@code read_committed} it leaves out what was aborted: the answer lists aborted transactions
 * by producer and first offset, and each ends with its marker.
 */
final class Chunk {
  final Held held;
  final int seeks;
  final int bytes;

  /** What the batches lie in; used again when all were handed out. */
  final byte[] memory;

  private final BatchCursor batches;
  private final boolean checksCrcs;
  private final PriorityQueue<AbortedTransaction> aborted =
      new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
  private final Set<Long> abortedNow = new HashSet<>();
  private @Nullable RecordBatch batch;
  private @Nullable RecordCursor cursor;

  /** The record at which a reader failed: it is the next one. */
  private @Nullable RecordCursor again;

  private int handedOut;
  private final View view = new View();

  /**
   * @param records the consumer's own copy
   * @param aborted empty when everything is wanted
   */
  Chunk(Held held, ByteBuffer records, List<AbortedTransaction> aborted, boolean checksCrcs) {
    this.held = held;
    this.seeks = held.seeks;
    this.bytes = records.remaining();
    this.memory = records.array();
    this.batches = new BatchCursor(records);
    this.aborted.addAll(aborted);
    this.checksCrcs = checksCrcs;
  }

  /** Whether its partition is still read from where this was fetched. */
  boolean isCurrent() {
    return held.isHeld && held.seeks == seeks;
  }

  /** How keys and values are made. */
  record Reading<K, V>(Deserializer<K> keys, Deserializer<V> values) {}

  /**
   * Adds records to {@code out} until it has {@code recordsMax} or nothing is left; the position
   * moves with them.
   *
   * @return whether more is left
   * @throws Unreadable when a record can not be read: the position stands at it
   */
  <K, V> boolean drainTo(List<ConsumerRecord<K, V>> out, int recordsMax, Reading<K, V> reading) {
    return drain(recordsMax - out.size(), at -> out.add(record(at, reading)));
  }

  /** Looks at records where they lie, at most {@code recordsMax}; otherwise the same. */
  boolean drainTo(RecordReader reader, int recordsMax) {
    return drain(recordsMax, at -> reader.read(view.at(at)));
  }

  /** Records that were handed out so far. */
  int handedOut() {
    return handedOut;
  }

  private boolean drain(int recordsMax, Consumer<RecordCursor> use) {
    try {
      for (int left = recordsMax; left > 0; ) {
        RecordCursor at = again;
        again = null;
        if (at == null) {
          if (!advance()) {
            return false;
          }
          at = current();
        }
        if (at.offset() >= held.position) {
          again = at;
          use.accept(at);
          again = null;
          held.handedOut(at.offset(), at.timestampMs());
          handedOut++;
          left--;
        }
      }
      return true;
    } catch (WireException e) {
      close();
      throw new Unreadable(
          "records are corrupt, partition="
              + held.partition
              + " position="
              + held.position
              + " cause="
              + e.getMessage(),
          e);
    }
  }

  void close() {
    again = null;
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  private RecordCursor current() {
    if (cursor == null) {
      throw new IllegalStateException("chunk is at no record, partition=" + held.partition);
    }
    return cursor;
  }

  /** Goes to the next record; at the end of a batch the position moves behind it. */
  private boolean advance() {
    while (cursor == null || !cursor.next()) {
      close();
      if (batch != null) {
        held.position = Math.max(held.position, batch.nextOffset());
        batch = null;
      }
      if (!batches.hasNext()) {
        return false;
      }
      RecordBatch next = batches.next();
      if (checksCrcs && !next.isIntact()) {
        throw new WireException("checksum does not fit, baseOffset=" + next.baseOffset());
      }
      batch = next;
      if (isWanted(next)) {
        cursor = next.records();
      }
    }
    return true;
  }

  private boolean isWanted(RecordBatch next) {
    if (next.lastOffset() < held.position) {
      markEnd(next);
      return false;
    }
    while (!aborted.isEmpty() && aborted.peek().firstOffset() <= next.lastOffset()) {
      abortedNow.add(aborted.remove().producerId());
    }
    if (next.isControl()) {
      markEnd(next);
      return false;
    }
    return !next.isTransactional() || !abortedNow.contains(next.producerId());
  }

  /** An abort marker ends what its producer had aborted. */
  private void markEnd(RecordBatch control) {
    if (control.isControl() && !abortedNow.isEmpty() && isAbort(control)) {
      abortedNow.remove(control.producerId());
    }
  }

  private static boolean isAbort(RecordBatch control) {
    return ControlRecord.of(control) instanceof ControlRecord.EndTransaction end && !end.isCommit();
  }

  private <K, V> ConsumerRecord<K, V> record(RecordCursor at, Reading<K, V> reading) {
    String topic = held.partition.topic();
    try {
      K key = key(at, reading.keys(), topic);
      V value = value(at, reading.values(), topic);
      return new ConsumerRecord<>(
          held.partition, at.offset(), at.timestampMs(), key, value, headers(at));
    } catch (WireException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Unreadable(
          "deserializer failed, partition="
              + held.partition
              + " offset="
              + at.offset()
              + " cause="
              + e.getMessage(),
          e);
    }
  }

  private static <K> @Nullable K key(RecordCursor at, Deserializer<K> by, String topic) {
    if (by instanceof ArrayDeserializer<K> arrays) {
      return at.hasKey() ? arrays.of(at.copyOfKey()) : null;
    }
    ByteBuffer bytes = at.lentKey();
    return bytes == null ? null : by.deserialize(topic, bytes);
  }

  private static <V> @Nullable V value(RecordCursor at, Deserializer<V> by, String topic) {
    if (by instanceof ArrayDeserializer<V> arrays) {
      return at.hasValue() ? arrays.of(at.copyOfValue()) : null;
    }
    ByteBuffer bytes = at.lentValue();
    return bytes == null ? null : by.deserialize(topic, bytes);
  }

  private static List<RecordHeader> headers(RecordCursor at) {
    if (at.headerCount() == 0) {
      return List.of();
    }
    List<RecordHeader> headers = new ArrayList<>(at.headerCount());
    for (RecordHeader header : at.headers()) {
      ByteBuffer value = header.value();
      headers.add(
          new RecordHeader(
              header.key(),
              value == null
                  ? null
                  : ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip()));
    }
    return List.copyOf(headers);
  }

  /** The record of now, seen by a reader. */
  private final class View implements RecordView {
    private @Nullable RecordCursor at;

    View at(RecordCursor record) {
      at = record;
      return this;
    }

    private RecordCursor record() {
      if (at == null) {
        throw new IllegalStateException("no record is being read");
      }
      return at;
    }

    @Override
    public TopicPartition partition() {
      return held.partition;
    }

    @Override
    public long offset() {
      return record().offset();
    }

    @Override
    public long timestampMs() {
      return record().timestampMs();
    }

    @Override
    public @Nullable ByteBuffer key() {
      return record().lentKey();
    }

    @Override
    public @Nullable ByteBuffer value() {
      return record().lentValue();
    }

    @Override
    public List<RecordHeader> headers() {
      return Chunk.headers(record());
    }
  }
}
