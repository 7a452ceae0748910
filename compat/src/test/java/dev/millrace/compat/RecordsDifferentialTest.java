package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Record batches of ours and of kafka-clients, each read by the other. */
class RecordsDifferentialTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 40);

  /** Fields of a batch's header beside those that every builder computes. */
  private record Head(
      long baseOffset, int leaderEpoch, long producerId, short producerEpoch, int sequence) {
    static Head random(Random random) {
      return new Head(
          random.nextLong() >>> (1 + random.nextInt(62)),
          random.nextInt(1000),
          random.nextInt(1000),
          (short) random.nextInt(100),
          Integer.MAX_VALUE - random.nextInt(20));
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void ourBatchesAreReadByKafka(Codec codec) {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String at = "seed=" + SEED + " codec=" + codec + " round=" + round;
      Head head = Head.random(random);
      boolean isTransactional = random.nextBoolean();
      List<SimpleRecord> records = records(random);
      ByteBuffer ours = ours(codec, head, isTransactional, records);
      ByteBuffer theirs = theirs(codec, head, isTransactional, records);
      if (codec == Codec.NONE) {
        assertThat(ours).as(at).isEqualTo(theirs);
      }
      MutableRecordBatch batch = MemoryRecords.readableRecords(ours).batches().iterator().next();
      batch.ensureValid();
      assertThat(batch.sizeInBytes()).as(at).isEqualTo(ours.limit());
      assertSameHead(at, RecordBatch.at(ours), batch);
      List<SimpleRecord> read = new ArrayList<>();
      for (Record record : batch) {
        assertThat(record.offset()).as(at).isEqualTo(head.baseOffset() + read.size());
        assertThat(record.sequence())
            .as(at)
            .isEqualTo((head.sequence() + read.size()) & Integer.MAX_VALUE);
        read.add(new SimpleRecord(record));
      }
      assertThat(read).as(at).isEqualTo(records);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void theirBatchesAreReadByUs(Codec codec) {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String at = "seed=" + SEED + " codec=" + codec + " round=" + round;
      Head head = Head.random(random);
      List<SimpleRecord> records = records(random);
      ByteBuffer theirs = theirs(codec, head, random.nextBoolean(), records);
      RecordBatch batch = new BatchCursor(theirs).next();
      assertThat(batch.isIntact()).as(at).isTrue();
      assertSameHead(at, batch, MemoryRecords.readableRecords(theirs).batches().iterator().next());
      List<SimpleRecord> read = new ArrayList<>();
      try (RecordCursor cursor = batch.records()) {
        while (cursor.next()) {
          assertThat(cursor.offset()).as(at).isEqualTo(head.baseOffset() + read.size());
          read.add(simple(cursor));
        }
      }
      assertThat(read).as(at).isEqualTo(records);
    }
  }

  private static void assertSameHead(String at, RecordBatch ours, MutableRecordBatch theirs) {
    assertThat(Integer.toUnsignedLong(ours.crc())).as(at).isEqualTo(theirs.checksum());
    assertThat(ours.baseOffset()).as(at).isEqualTo(theirs.baseOffset());
    assertThat(ours.lastOffset()).as(at).isEqualTo(theirs.lastOffset());
    assertThat(ours.nextOffset()).as(at).isEqualTo(theirs.nextOffset());
    assertThat(ours.partitionLeaderEpoch()).as(at).isEqualTo(theirs.partitionLeaderEpoch());
    assertThat(ours.maxTimestamp()).as(at).isEqualTo(theirs.maxTimestamp());
    assertThat(ours.timestampType().name()).as(at).isEqualTo(theirs.timestampType().name());
    assertThat(ours.producerId()).as(at).isEqualTo(theirs.producerId());
    assertThat(ours.producerEpoch()).as(at).isEqualTo(theirs.producerEpoch());
    assertThat(ours.baseSequence()).as(at).isEqualTo(theirs.baseSequence());
    assertThat(ours.lastSequence()).as(at).isEqualTo(theirs.lastSequence());
    assertThat(ours.isTransactional()).as(at).isEqualTo(theirs.isTransactional());
    assertThat(ours.isControl()).as(at).isEqualTo(theirs.isControlBatch());
    assertThat(ours.codecId()).as(at).isEqualTo(theirs.compressionType().id);
    assertThat(ours.recordCount()).as(at).isEqualTo(theirs.countOrNull());
  }

  @Test
  void rewritingInPlaceIsTheSame() {
    List<SimpleRecord> records = records(new Random(SEED));
    Head head = new Head(0, -1, -1, (short) -1, -1);
    ByteBuffer ours = ours(Codec.LZ4, head, false, records);
    ByteBuffer theirs = ByteBuffer.allocate(ours.limit()).put(ours.duplicate()).flip();
    RecordBatch batch = RecordBatch.at(ours);
    batch.rewriteBaseOffset(1234567890123L);
    batch.rewritePartitionLeaderEpoch(77);
    batch.rewriteAppendTime(1_700_000_000_123L);
    MutableRecordBatch kafka = MemoryRecords.readableRecords(theirs).batches().iterator().next();
    kafka.setLastOffset(1234567890123L + records.size() - 1);
    kafka.setPartitionLeaderEpoch(77);
    kafka.setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 1_700_000_000_123L);
    assertThat(ours).as("seed=%d", SEED).isEqualTo(theirs);
  }

  @Test
  void markersAreTheSame() {
    for (boolean isCommit : new boolean[] {true, false}) {
      ControlRecord marker = new ControlRecord.EndTransaction(isCommit, 42);
      ByteBuffer ours =
          BatchBuilder.from(55)
              .leaderEpoch(3)
              .producer(9, (short) 4, RecordBatch.NONE)
              .transactional()
              .control()
              .append(1000, marker.key(), marker.value(), List.of())
              .build();
      ControlRecordType type = isCommit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
      MemoryRecords theirs =
          MemoryRecords.withEndTransactionMarker(
              55, 1000, 3, 9, (short) 4, new EndTransactionMarker(type, 42));
      assertThat(ours).isEqualTo(theirs.buffer());
      assertThat(ControlRecord.of(RecordBatch.at(theirs.buffer()))).isEqualTo(marker);
    }
  }

  private static ByteBuffer ours(
      Codec codec, Head head, boolean isTransactional, List<SimpleRecord> records) {
    BatchBuilder builder =
        BatchBuilder.from(head.baseOffset())
            .leaderEpoch(head.leaderEpoch())
            .compressed(codec)
            .producer(head.producerId(), head.producerEpoch(), head.sequence());
    if (isTransactional) {
      builder.transactional();
    }
    for (SimpleRecord record : records) {
      List<RecordHeader> headers =
          Arrays.stream(record.headers())
              .map(h -> new RecordHeader(h.key(), h.value() == null ? null : buffer(h.value())))
              .toList();
      builder.append(record.timestamp(), record.key(), record.value(), headers);
    }
    return builder.build();
  }

  private static ByteBuffer theirs(
      Codec codec, Head head, boolean isTransactional, List<SimpleRecord> records) {
    try (MemoryRecordsBuilder builder =
        MemoryRecords.builder(
            ByteBuffer.allocate(1024),
            (byte) 2,
            Compression.of(CompressionType.forId(codec.id())).build(),
            TimestampType.CREATE_TIME,
            head.baseOffset(),
            0,
            head.producerId(),
            head.producerEpoch(),
            head.sequence(),
            isTransactional,
            head.leaderEpoch())) {
      records.forEach(builder::append);
      return builder.build().buffer();
    }
  }

  private static List<SimpleRecord> records(Random random) {
    List<SimpleRecord> records = new ArrayList<>();
    for (int i = random.nextInt(30); i >= 0; i--) {
      RecordHeaders headers = new RecordHeaders();
      for (int h = random.nextInt(5) - 2; h > 0; h--) {
        headers.add("schlüssel" + random.nextInt(100), bytes(random, 20));
      }
      records.add(
          new SimpleRecord(
              1_700_000_000_000L + random.nextInt(100_000),
              bytes(random, 20),
              bytes(random, random.nextInt(8) == 0 ? 100_000 : 300),
              headers.toArray()));
    }
    return records;
  }

  private static SimpleRecord simple(RecordCursor cursor) {
    Header[] headers =
        cursor.headers().stream()
            .map(h ->
                new org.apache.kafka.common.header.internals.RecordHeader(
                    h.key(), array(h.value())))
            .toArray(Header[]::new);
    return new SimpleRecord(
        cursor.timestampMs(), array(cursor.key()), array(cursor.value()), headers);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }

  private static byte @Nullable [] array(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  /** Half of it repeats, so that there is something to compress. */
  private static byte @Nullable [] bytes(Random random, int lengthMax) {
    if (random.nextInt(6) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(lengthMax)];
    random.nextBytes(bytes);
    Arrays.fill(bytes, 0, bytes.length / 2, (byte) 'x');
    return bytes;
  }
}
