package dev.millrace.broker.coordinator;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.AppendOutcome;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.OffsetAnswer;
import dev.millrace.replica.OffsetQuery;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadQuery;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A partition of this node as the log of its coordinator. Appends run to completion in the turns of
 * the coordinator and wait for the high watermark; reads are done by {@link DiskWork}.
 */
public final class PartitionCoordinatorLog implements CoordinatorLog {
  /** Bytes of a chunk, unless a single batch has more. */
  private static final int CHUNK_BYTES = 1 << 20;

  private final Place place;
  private final Parts parts;
  private volatile @Nullable Partition partition;
  private volatile long loadEnd;

  /** What it works with. */
  public record Parts(Partitions partitions, DiskWork diskWork, Clock clock) {}

  /**
   * Where it lies.
   *
   * @param leaderEpoch in which this node leads it
   * @param imageOffset of the metadata that said so: it may not be open here before that is applied
   */
  public record Place(Uuid topicId, int index, int leaderEpoch, long imageOffset) {}

  /** Nothing is read yet: reads come before appends. */
  public PartitionCoordinatorLog(Place place, Parts parts) {
    this.place = place;
    this.parts = parts;
  }

  @Override
  public int batchBytesMax() {
    return opened().batchRules().batchBytesMax();
  }

  @Override
  public void append(List<KeyValue> records, Appending appending) {
    append(filled(BatchBuilder.from(0), records), AppendOrigin.COORDINATOR, appending);
  }

  @Override
  public void append(InTransaction.Part transaction, List<KeyValue> records, Appending appending) {
    BatchBuilder batch =
        BatchBuilder.from(0)
            .producer(transaction.producerId(), transaction.producerEpoch(), RecordBatch.NONE)
            .transactional();
    append(filled(batch, records), AppendOrigin.COORDINATOR, appending);
  }

  @Override
  public void end(InTransaction.End end, Appending appending) {
    AppendOrigin origin =
        end.bumped() ? AppendOrigin.BUMPING_COORDINATOR : AppendOrigin.COORDINATOR;
    append(MarkerBatch.of(end, parts.clock().wallMs()), origin, appending);
  }

  private BatchBuilder filled(BatchBuilder batch, List<KeyValue> records) {
    long nowMs = parts.clock().wallMs();
    records.forEach(record -> batch.append(nowMs, record.key(), record.value()));
    return batch;
  }

  private void append(BatchBuilder batch, AppendOrigin origin, Appending appending) {
    Partition open = opened();
    ErrorCode error = open.leaderError(place.leaderEpoch());
    if (error != ErrorCode.NONE) {
      appending.failed(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      return;
    }
    switch (open.append(RecordBatch.at(batch.build()), origin, true)) {
      case AppendOutcome.Refused refused -> appending.failed(refused.error());
      case AppendOutcome.Appended appended -> {
        open.whenCommitted(
            appended.endOffset(),
            failure -> {
              if (failure == ErrorCode.NONE) {
                appending.committed(appended.baseOffset());
              } else {
                appending.failed(failure);
              }
            });
      }
    }
  }

  @Override
  public void read(long offset, Consumer<Chunk> reader) {
    if (offset == START) {
      parts.partitions().whenApplied(place.imageOffset(), () -> begin(reader));
    } else {
      parts.diskWork().submit(() -> reader.accept(chunk(offset)));
    }
  }

  @Override
  public void forget(long offset) {
    parts.diskWork().submit(() -> opened().forget(offset));
  }

  /** Everything that is in the log now is to be loaded, once it is committed. */
  private void begin(Consumer<Chunk> reader) {
    Partition open = parts.partitions().find(place.topicId(), place.index());
    if (open == null) {
      reader.accept(new Chunk.Failed("partition is not open on this node"));
      return;
    }
    OffsetAnswer end =
        open.offset(
            new OffsetQuery(OffsetQuery.LATEST, place.leaderEpoch(), OffsetQuery.Limit.LOG_END));
    if (end.error() != ErrorCode.NONE) {
      reader.accept(new Chunk.Failed("partition is not led by this node, error=" + end.error()));
      return;
    }
    partition = open;
    loadEnd = end.offset();
    open.whenCommitted(
        loadEnd,
        error -> {
          if (error == ErrorCode.NONE) {
            parts.diskWork().submit(() -> reader.accept(chunk(open.bounds().logStartOffset())));
          } else {
            reader.accept(new Chunk.Failed("end of the log is not committed, error=" + error));
          }
        });
  }

  private Partition opened() {
    return Objects.requireNonNull(partition, "log is used before it was read");
  }

  private Chunk chunk(long offset) {
    if (offset >= loadEnd) {
      return new Chunk.End();
    }
    ReadQuery query =
        new ReadQuery(offset, place.leaderEpoch(), ReadQuery.NO_EPOCH, CHUNK_BYTES, true, false);
    return switch (opened().read(query)) {
      case ReadOutcome.Failed failed ->
          new Chunk.Failed("read failed, offset=" + offset + " error=" + failed.error());
      case ReadOutcome.Diverged _ -> new Chunk.Failed("log diverged, offset=" + offset);
      case ReadOutcome.Found found -> entries(offset, found.records());
    };
  }

  private Chunk entries(long offset, RecordBytes records) {
    if (records.size() == 0) {
      return new Chunk.End();
    }
    try {
      return entries(offset, bytes(records));
    } catch (WireException | DiskException fault) {
      return new Chunk.Failed("log is damaged behind offset=" + offset + ": " + fault.getMessage());
    }
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

  private static Chunk entries(long offset, ByteBuffer bytes) {
    List<Entry> entries = new ArrayList<>();
    long next = offset;
    for (RecordBatch batch : BatchCursor.batches(bytes)) {
      if (!batch.isIntact()) {
        return new Chunk.Failed("crc does not match, offset=" + batch.baseOffset());
      }
      if (batch.isControl()) {
        marker(batch, entries);
      } else {
        records(batch, offset, entries);
      }
      next = batch.nextOffset();
    }
    return next == offset
        ? new Chunk.Failed("no whole batch is there, offset=" + offset)
        : new Chunk.Entries(entries, next);
  }

  /** A compaction by Apache Kafka may have left a marker without its record. */
  private static void marker(RecordBatch batch, List<Entry> entries) {
    if (batch.recordCount() > 0
        && ControlRecord.of(batch) instanceof ControlRecord.EndTransaction end) {
      entries.add(new Entry.Marker(batch.baseOffset(), batch.producerId(), end.isCommit()));
    }
  }

  private static void records(RecordBatch batch, long from, List<Entry> entries) {
    long producerId = batch.isTransactional() ? batch.producerId() : NO_PRODUCER;
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        ByteBuffer key = records.key();
        ByteBuffer value = records.value();
        if (key != null && records.offset() >= from) {
          KeyValue record =
              new KeyValue(Bytes.copyOf(key), value == null ? null : Bytes.copyOf(value));
          entries.add(new Entry.Stored(records.offset(), producerId, record));
        }
      }
    }
  }
}
