package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of producer states, see {@code docs/formats/partition-files.md}: version int16,
 * CRC-32C of the rest, count int32, then 46 bytes a producer's batch.
 */
final class ProducerSnapshotDump {
  private static final int HEADER_BYTES = 10;
  private static final int AT_CRC = 2;
  private static final int AT_COUNT = 6;
  private static final int ENTRY_BYTES = 46;
  private static final int FILE_BYTES_MAX = 256 << 20;

  private final DumpOutput out;

  ProducerSnapshotDump(DumpOutput out) {
    this.out = out;
  }

  void dump(DiskFile file) {
    long size = file.size();
    if (size < HEADER_BYTES || size > FILE_BYTES_MAX) {
      out.problem("file has an impossible size, bytes=" + size);
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    file.read(bytes, 0);
    bytes.flip();
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(AT_COUNT, bytes.limit() - AT_COUNT));
    if ((int) crc.getValue() != bytes.getInt(AT_CRC)) {
      out.problem("checksum does not fit");
    }
    int count = bytes.getInt(AT_COUNT);
    if (HEADER_BYTES + (long) count * ENTRY_BYTES != size) {
      out.problem("count does not fit the size, count=" + count + " bytes=" + size);
    }
    bytes.position(HEADER_BYTES);
    while (bytes.remaining() >= ENTRY_BYTES) {
      entry(bytes);
    }
  }

  private void entry(ByteBuffer bytes) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("producerId", bytes.getLong());
    fields.put("producerEpoch", bytes.getShort());
    fields.put("lastSequence", bytes.getInt());
    fields.put("lastOffset", bytes.getLong());
    fields.put("offsetDelta", bytes.getInt());
    fields.put("timestamp", bytes.getLong());
    fields.put("coordinatorEpoch", bytes.getInt());
    fields.put("currentTxnFirstOffset", bytes.getLong());
    out.entry("producer", fields);
  }
}
