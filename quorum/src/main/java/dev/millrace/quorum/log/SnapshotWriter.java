package dev.millrace.quorum.log;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.wire.Message;
import dev.millrace.wire.message.SnapshotFooterRecord;
import dev.millrace.wire.message.SnapshotHeaderRecord;
import dev.millrace.wire.records.ControlRecord.SnapshotFooter;
import dev.millrace.wire.records.ControlRecord.SnapshotHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Writes a snapshot's batches: header, records, footer. Offsets count from 0 and mean nothing
 * outside of the file. Holds one batch in memory.
 */
final class SnapshotWriter {
  private static final int BATCH_RECORDS_MAX = 4096;

  private final DiskFile file;
  private final SnapshotId end;
  private final long timestampMs;
  private long position;
  private long offset;

  SnapshotWriter(DiskFile file, SnapshotId end, long timestampMs) {
    this.file = file;
    this.end = end;
    this.timestampMs = timestampMs;
  }

  void write(Iterator<Message> records) {
    SnapshotHeader header = new SnapshotHeader(new SnapshotHeaderRecord((short) 0, timestampMs));
    append(MetadataBatches.control(offset, end.epoch(), timestampMs, header), 1);
    List<Message> batch = new ArrayList<>(BATCH_RECORDS_MAX);
    while (records.hasNext()) {
      batch.add(records.next());
      if (batch.size() == BATCH_RECORDS_MAX || !records.hasNext()) {
        append(MetadataBatches.data(offset, end.epoch(), timestampMs, batch), batch.size());
        batch.clear();
      }
    }
    SnapshotFooter footer = new SnapshotFooter(new SnapshotFooterRecord((short) 0));
    append(MetadataBatches.control(offset, end.epoch(), timestampMs, footer), 1);
  }

  private void append(ByteBuffer batch, int records) {
    int bytes = batch.remaining();
    file.write(batch, position);
    position += bytes;
    offset += records;
  }
}
