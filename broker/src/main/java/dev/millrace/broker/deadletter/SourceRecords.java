package dev.millrace.broker.deadletter;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.DiskException;
import dev.millrace.replica.Partition;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadQuery;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records as they were written, for copies. What can't be read is not there: its dead letter goes
 * out without it. Waits for the disk.
 *
 * @param resolvedTo up to here, inclusive, it is known which records are there
 */
record SourceRecords(Map<Long, Content> records, long resolvedTo) {
  private static final int READ_BYTES_MAX = 1 << 20;

  /** Records that are not wanted. */
  static final SourceRecords NONE = new SourceRecords(Map.of(), Long.MAX_VALUE);

  /** What a record holds. */
  record Content(@Nullable Bytes key, @Nullable Bytes value, List<RecordHeader> headers) {}

  /** The content of the record at an offset. */
  Optional<Content> at(long offset) {
    return Optional.ofNullable(records.get(offset));
  }

  /**
   * Reads one piece of the log.
   *
   * @param first where to begin
   * @param last up to here, inclusive
   * @param bytesMax of what is read into memory; a record that is larger is not there
   */
  static SourceRecords read(Partition partition, long first, long last, int bytesMax) {
    ReadQuery query =
        new ReadQuery(first, ReadQuery.NO_EPOCH, ReadQuery.NO_EPOCH, READ_BYTES_MAX, true, false);
    Reading reading = new Reading(first, last, bytesMax);
    try {
      if (partition.read(query) instanceof ReadOutcome.Found found && found.records().size() > 0) {
        reading.take(bytes(found.records()));
      }
    } catch (DiskException | WireException fault) {
      return new SourceRecords(reading.records, Math.max(first, reading.resolvedTo));
    }
    return new SourceRecords(reading.records, Math.max(first, reading.resolvedTo));
  }

  private static ByteBuffer bytes(RecordBytes records) {
    return switch (records) {
      case RecordBytes.InMemory memory -> memory.view();
      case RecordBytes.InFile file -> {
        ByteBuffer bytes = ByteBuffer.allocate(file.size());
        file.region().file().read(bytes, file.region().position());
        yield bytes.flip();
      }
    };
  }

  /** What was read so far. */
  private static final class Reading {
    private final long first;
    private final long last;
    private final int bytesMax;
    private final Map<Long, Content> records = new HashMap<>();
    private long resolvedTo = -1;
    private long bytes;

    Reading(long first, long last, int bytesMax) {
      this.first = first;
      this.last = last;
      this.bytesMax = bytesMax;
    }

    void take(ByteBuffer piece) {
      for (RecordBatch batch : BatchCursor.batches(piece)) {
        if (resolvedTo >= last || !take(batch)) {
          return;
        }
        resolvedTo = batch.lastOffset();
      }
    }

    /** Returns false when it has enough. */
    private boolean take(RecordBatch batch) {
      if (batch.isControl()) {
        return true;
      }
      try (RecordCursor cursor = batch.records()) {
        while (cursor.next()) {
          if (cursor.offset() > last) {
            return true;
          }
          if (cursor.offset() >= first && cursor.sizeBytes() <= bytesMax && !take(cursor)) {
            return false;
          }
          resolvedTo = cursor.offset();
        }
      }
      return true;
    }

    private boolean take(RecordCursor cursor) {
      if (!records.isEmpty() && bytes + cursor.sizeBytes() > bytesMax) {
        return false;
      }
      bytes += cursor.sizeBytes();
      records.put(
          cursor.offset(),
          new Content(
              copy(cursor.key()),
              copy(cursor.value()),
              cursor.headers().stream()
                  .map(one ->
                      new RecordHeader(
                          one.key(),
                          one.value() == null
                              ? null
                              : Objects.requireNonNull(copy(one.value())).buffer()))
                  .toList()));
      return true;
    }

    private static @Nullable Bytes copy(@Nullable ByteBuffer bytes) {
      return bytes == null ? null : Bytes.copyOf(bytes);
    }
  }
}
