package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchRewriteTest {
  private final BatchRewrite rewrite = new BatchRewrite();

  private static BatchBuilder builder(Codec codec) {
    return BatchBuilder.from(100)
        .leaderEpoch(7)
        .compressed(codec)
        .producer(5, (short) 3, 40)
        .transactional();
  }

  private static RecordBatch batch(Codec codec, int records, SplittableRandom random) {
    BatchBuilder builder = builder(codec);
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[random.nextInt(200)];
      random.nextBytes(value);
      List<RecordHeader> headers =
          random.nextBoolean()
              ? List.of()
              : List.of(new RecordHeader("header", ByteBuffer.wrap(new byte[] {1, (byte) i})));
      builder.append(
          random.nextLong(0, 2_000_000_000_000L),
          ByteBuffer.wrap(new byte[] {(byte) i}),
          random.nextInt(4) == 0 ? null : ByteBuffer.wrap(value),
          headers);
    }
    return RecordBatch.at(builder.build());
  }

  private static List<String> records(RecordBatch batch) {
    List<String> records = new ArrayList<>();
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        records.add(text(cursor));
      }
    }
    return records;
  }

  private static String text(RecordCursor cursor) {
    ByteBuffer value = cursor.value();
    return cursor.offset()
        + " "
        + cursor.timestampMs()
        + " "
        + cursor.sequence()
        + " "
        + Bytes.copyOf(cursor.key())
        + " "
        + (value == null ? null : Bytes.copyOf(value))
        + cursor.headers().stream().map(h -> h.key() + Bytes.copyOf(h.value())).toList();
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatItIsTold(Codec codec) {
    long seed = Long.getLong("millrace.seed", 9);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      RecordBatch batch = batch(codec, random.nextInt(1, 30), random);
      boolean isMarked = random.nextBoolean();
      long horizon = isMarked ? random.nextLong(0, 3_000_000_000_000L) : BatchRewrite.NO_HORIZON;
      List<String> expected = new ArrayList<>();
      long newest = -1;
      rewrite.begin(batch);
      try (RecordCursor cursor = batch.records()) {
        while (cursor.next()) {
          if (random.nextInt(3) > 0) {
            rewrite.keep(cursor);
            expected.add(text(cursor));
            newest = Math.max(newest, cursor.timestampMs());
          }
        }
      }
      RecordBatch fresh = RecordBatch.at(rewrite.build(horizon));
      assertThat(fresh.isIntact()).as("seed=%s", seed).isTrue();
      assertThat(records(fresh)).isEqualTo(expected);
      assertThat(fresh.recordCount()).isEqualTo(expected.size());
      assertThat(fresh.baseOffset()).isEqualTo(100);
      assertThat(fresh.lastOffset()).isEqualTo(batch.lastOffset());
      assertThat(fresh.baseSequence()).isEqualTo(40);
      assertThat(fresh.producerId()).isEqualTo(5);
      assertThat(fresh.producerEpoch()).isEqualTo((short) 3);
      assertThat(fresh.partitionLeaderEpoch()).isEqualTo(7);
      assertThat(fresh.isTransactional()).isTrue();
      assertThat(fresh.hasDeleteHorizon()).isEqualTo(isMarked);
      assertThat(fresh.maxTimestamp())
          .isEqualTo(expected.isEmpty() ? batch.maxTimestamp() : newest);
      assertThat(fresh.codec()).isEqualTo(expected.isEmpty() ? Codec.NONE : codec);
      if (isMarked) {
        assertThat(fresh.baseTimestamp()).isEqualTo(horizon);
      }
    }
  }

  @Test
  void timesOfTheLeaderStay() {
    RecordBatch batch =
        RecordBatch.at(
            BatchBuilder.from(0)
                .appendTime(5000)
                .append(1, Bytes.utf8("a"), null)
                .append(2, Bytes.utf8("b"), null)
                .build());
    rewrite.begin(batch);
    try (RecordCursor cursor = batch.records()) {
      assertThat(cursor.next()).isTrue();
      rewrite.keep(cursor);
    }
    RecordBatch fresh = RecordBatch.at(rewrite.build(9000));
    assertThat(fresh.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(fresh.maxTimestamp()).isEqualTo(5000);
    try (RecordCursor cursor = fresh.records()) {
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.timestampMs()).isEqualTo(5000);
    }
  }

  @Test
  void nothingLeftIsAnEmptyBatch() {
    RecordBatch batch = batch(Codec.ZSTD, 3, new SplittableRandom(1));
    rewrite.begin(batch);
    RecordBatch fresh = RecordBatch.at(rewrite.build(BatchRewrite.NO_HORIZON));
    assertThat(fresh.sizeBytes()).isEqualTo(RecordBatch.HEADER_BYTES);
    assertThat(records(fresh)).isEmpty();
    assertThat(fresh.lastSequence()).isEqualTo(batch.lastSequence());
  }
}
