package dev.millrace.bench.jmh;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Bytes that both sides are measured on, made by kafka-clients. */
final class Samples {
  private static final long TIME_MS = 1_750_000_000_000L;

  private Samples() {}

  /** One plain batch of records with random values. */
  static MemoryRecords batch(int records, int valueBytes) {
    Random random = new Random(records * 31L + valueBytes);
    return MemoryRecords.withRecords(
        Compression.NONE,
        IntStream.range(0, records)
            .mapToObj(i -> new SimpleRecord(TIME_MS + i, null, value(random, valueBytes)))
            .toArray(SimpleRecord[]::new));
  }

  /** The same bytes in a heap buffer from its position to its limit. */
  static ByteBuffer bytes(MemoryRecords records) {
    ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
    copy.put(records.buffer().duplicate());
    return copy.flip();
  }

  private static byte[] value(Random random, int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return value;
  }
}
