package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import dev.millrace.wire.records.TimestampType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A segment, see {@code docs/formats/partition-files.md}: batches one after another. Stops at the
 * first place that is no batch, which in an active segment is a torn tail.
 */
final class SegmentDump {
  private final DumpOutput out;
  private final RecordDecoder decoder;
  private final boolean showsRecords;
  private long nextOffset = -1;

  SegmentDump(DumpOutput out, RecordDecoder decoder, boolean showsRecords) {
    this.out = out;
    this.decoder = decoder;
    this.showsRecords = showsRecords;
  }

  void dump(DiskFile file) {
    long size = file.size();
    long position = 0;
    while (position < size) {
      ByteBuffer batch = read(file, position, size);
      if (batch == null) {
        out.problem("no whole batch here, position=" + position + " bytes=" + (size - position));
        return;
      }
      try {
        batch(RecordBatch.at(batch), position);
      } catch (WireException e) {
        out.problem("batch is corrupt, position=" + position + " cause=" + e.getMessage());
      }
      position += batch.limit();
    }
  }

  /** The bytes of the batch at a position; null when it is cut short or senseless. */
  private static @Nullable ByteBuffer read(DiskFile file, long position, long size) {
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.LENGTH_OVERHEAD_BYTES);
    if (file.read(header, position) < header.capacity()) {
      return null;
    }
    long claimed = RecordBatch.claimedSizeBytes(header, 0);
    if (claimed < RecordBatch.HEADER_BYTES
        || claimed > size - position
        || claimed > Integer.MAX_VALUE) {
      return null;
    }
    ByteBuffer batch = ByteBuffer.allocate((int) claimed);
    file.read(batch, position);
    return batch.flip();
  }

  private void batch(RecordBatch batch, long position) {
    boolean intact = batch.isIntact();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("baseOffset", batch.baseOffset());
    fields.put("lastOffset", batch.lastOffset());
    fields.put("records", batch.recordCount());
    fields.put("position", position);
    fields.put("bytes", batch.sizeBytes());
    fields.put("leaderEpoch", batch.partitionLeaderEpoch());
    fields.put("codec", batch.codec().toString().toLowerCase(java.util.Locale.ROOT));
    fields.put("maxTimestamp", batch.maxTimestamp());
    if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) {
      fields.put("timestampType", "append");
    }
    if (batch.hasProducer()) {
      fields.put("producerId", batch.producerId());
      fields.put("producerEpoch", batch.producerEpoch());
      fields.put("baseSequence", batch.baseSequence());
      fields.put("lastSequence", batch.lastSequence());
    }
    flags(batch, fields);
    fields.put("crc", Integer.toUnsignedLong(batch.crc()));
    out.entry("batch", fields);
    if (!intact) {
      out.problem("checksum does not fit, baseOffset=" + batch.baseOffset());
      return;
    }
    if (batch.baseOffset() < nextOffset) {
      out.problem("offsets go back, baseOffset=" + batch.baseOffset() + " before=" + nextOffset);
    }
    nextOffset = batch.nextOffset();
    if (showsRecords) {
      records(batch);
    }
  }

  private static void flags(RecordBatch batch, Map<String, @Nullable Object> fields) {
    if (batch.isTransactional()) {
      fields.put("transactional", true);
    }
    if (batch.isControl()) {
      fields.put("control", true);
    }
    if (batch.hasDeleteHorizon()) {
      fields.put("deleteHorizon", batch.baseTimestamp());
    }
  }

  private void records(RecordBatch batch) {
    RecordDecoder meaning = batch.isControl() ? new ControlDecoder() : decoder;
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        ByteBuffer key = cursor.key();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("offset", cursor.offset());
        fields.put("timestamp", cursor.timestampMs());
        if (batch.hasProducer()) {
          fields.put("sequence", cursor.sequence());
        }
        fields.put("key", decoded(() -> meaning.key(key)));
        ByteBuffer value = cursor.value();
        fields.put("value", decoded(() -> meaning.value(key, value)));
        if (cursor.headerCount() > 0) {
          fields.put("headers", headers(cursor));
        }
        out.entry("record", fields);
      }
    }
  }

  private @Nullable Object decoded(java.util.function.Supplier<@Nullable Object> decode) {
    try {
      return decode.get();
    } catch (WireException e) {
      out.problem("record cannot be decoded, cause=" + e.getMessage());
      return "?";
    }
  }

  private static List<Object> headers(RecordCursor cursor) {
    List<Object> headers = new ArrayList<>();
    for (RecordHeader header : cursor.headers()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("key", header.key());
      entry.put("value", TextDecoder.text(header.value()));
      headers.add(entry);
    }
    return headers;
  }
}
