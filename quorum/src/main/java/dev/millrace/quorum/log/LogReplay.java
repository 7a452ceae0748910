package dev.millrace.quorum.log;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.MetadataLog.Observer;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads the metadata log from an offset to its end and tells every record as committed. */
final class LogReplay {
  private static final int READ_BYTES = 1 << 20;

  private final PartitionLog log;
  private long next;
  private long bytes;

  LogReplay(PartitionLog log) {
    this.log = log;
  }

  /** Returns the bytes of the batches that were told. */
  long deliver(long from, long to, Observer observer) {
    next = from;
    while (next < to) {
      switch (log.read(next, READ_BYTES, true, to)) {
        case ReadResult.Batches batches -> deliver(read(batches.region()), observer);
        case ReadResult.Nothing _ -> throw gap();
        case ReadResult.OutOfRange _ -> throw gap();
        case ReadResult.Failed failed -> throw new MetadataException(failed.message());
      }
    }
    return bytes;
  }

  private void deliver(ByteBuffer buffer, Observer observer) {
    long before = next;
    try {
      for (RecordBatch batch : BatchCursor.batches(buffer)) {
        deliver(batch, observer);
      }
    } catch (WireException wrong) {
      throw new MetadataException(
          "metadata log is damaged, offset=" + next + ": " + wrong.getMessage(), wrong);
    }
    if (next == before) {
      throw gap();
    }
  }

  private void deliver(RecordBatch batch, Observer observer) {
    List<Message> records = MetadataBatches.read(batch);
    long baseOffset = batch.baseOffset();
    int skipped = (int) Math.max(0, Math.min(next - baseOffset, records.size()));
    List<Message> told = records.subList(skipped, records.size());
    if (!told.isEmpty()) {
      observer.onCommit(baseOffset + skipped, batch.partitionLeaderEpoch(), told);
    }
    bytes += batch.sizeBytes();
    next = Math.max(next, batch.nextOffset());
  }

  private MetadataException gap() {
    return new MetadataException("metadata log has a gap, offset=" + next);
  }

  static ByteBuffer read(FileRegion region) {
    ByteBuffer buffer = ByteBuffer.allocate(region.length());
    region.file().read(buffer, region.position());
    return buffer.flip();
  }
}
