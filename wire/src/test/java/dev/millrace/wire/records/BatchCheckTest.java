package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.random.AllocatedBytes;
import dev.millrace.wire.records.BatchVerdict.Accepted;
import dev.millrace.wire.records.BatchVerdict.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCheckTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final long NOW_MS = 1_700_000_000_000L;
  private static final short VERSION = 12;

  private static final BatchRules RULES = BatchRules.DEFAULT;
  private static final BatchRules COMPACTED = rules(TimestampRules.DEFAULT, true, null);
  private static final BatchRules APPEND_TIME =
      rules(new TimestampRules(TimestampType.LOG_APPEND_TIME, 0, 0), false, null);
  private static final BatchRules WITHIN_A_SECOND =
      rules(new TimestampRules(TimestampType.CREATE_TIME, 1000, 1000), false, null);

  private static BatchRules rules(
      TimestampRules timestamps, boolean needsKeys, @Nullable Recompression recompression) {
    return new BatchRules(1 << 20, 1 << 30, timestamps, needsKeys, recompression, false);
  }

  private static BatchBuilder builder(Codec codec) {
    return BatchBuilder.from(0).compressed(codec);
  }

  private static ByteBuffer threeRecords(Codec codec) {
    return builder(codec)
        .append(NOW_MS, Bytes.utf8("a"), Bytes.utf8("1".repeat(500)))
        .append(NOW_MS + 5, Bytes.utf8("b"), Bytes.utf8("2".repeat(500)))
        .append(NOW_MS - 5, Bytes.utf8("c"), null)
        .build();
  }

  private static RecordBatch accepted(ByteBuffer records, BatchRules rules) {
    BatchVerdict verdict = BatchCheck.check(records, rules, VERSION, NOW_MS);
    assertThat(verdict).isInstanceOf(Accepted.class);
    RecordBatch batch = ((Accepted) verdict).batch();
    assertThat(batch.isIntact()).isTrue();
    return batch;
  }

  private static Refused refused(ByteBuffer records, BatchRules rules, ErrorCode error) {
    BatchVerdict verdict = BatchCheck.check(records, rules, VERSION, NOW_MS);
    assertThat(verdict).isInstanceOf(Refused.class);
    Refused refused = (Refused) verdict;
    assertThat(refused.error()).as(refused.message()).isEqualTo(error);
    assertThat(refused.message()).isNotBlank();
    return refused;
  }

  /** Changes a header and makes the CRC right again. */
  private static ByteBuffer changed(ByteBuffer bytes, Consumer<ByteBuffer> change) {
    change.accept(bytes);
    return bytes.putInt(RecordBatch.AT_CRC, RecordBatch.at(bytes).computeCrc());
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void goodBatchStaysWhereItIs(Codec codec) {
    ByteBuffer bytes = threeRecords(codec);
    Bytes before = Bytes.copyOf(bytes);
    RecordBatch batch = accepted(bytes, RULES);
    assertThat(batch.slice()).isEqualTo(bytes);
    assertThat(Bytes.copyOf(bytes)).isEqualTo(before);
  }

  @Test
  void anythingButOneBatchIsRefused() {
    ByteBuffer one = threeRecords(Codec.NONE);
    refused(ByteBuffer.allocate(0), RULES, ErrorCode.INVALID_RECORD);
    ByteBuffer two = ByteBuffer.allocate(2 * one.limit());
    refused(two.put(one.duplicate()).put(one.duplicate()).flip(), RULES, ErrorCode.INVALID_RECORD);
    for (int cut = 1; cut < one.limit(); cut++) {
      refused(one.duplicate().limit(cut), RULES, ErrorCode.CORRUPT_MESSAGE);
    }
  }

  @Test
  void olderFormatsAreRefused() {
    for (byte magic : new byte[] {-1, 0, 1, 3}) {
      ByteBuffer bytes = threeRecords(Codec.NONE).put(RecordBatch.AT_MAGIC, magic);
      refused(bytes, RULES, ErrorCode.INVALID_RECORD);
    }
  }

  @Test
  void zstdNeedsVersionSeven() {
    ByteBuffer bytes = threeRecords(Codec.ZSTD);
    BatchVerdict verdict = BatchCheck.check(bytes, RULES, (short) 6, NOW_MS);
    assertThat(((Refused) verdict).error()).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    assertThat(BatchCheck.check(bytes, RULES, (short) 7, NOW_MS)).isInstanceOf(Accepted.class);
  }

  @Test
  void damageIsSeen() {
    ByteBuffer bytes = threeRecords(Codec.NONE);
    bytes.put(100, (byte) (bytes.get(100) + 1));
    refused(bytes, RULES, ErrorCode.CORRUPT_MESSAGE);
  }

  @Test
  void sizesAreLimited() {
    ByteBuffer bytes = threeRecords(Codec.NONE);
    int size = bytes.limit();
    TimestampRules times = TimestampRules.DEFAULT;
    accepted(bytes, new BatchRules(size, size, times, false, null, false));
    refused(
        bytes,
        new BatchRules(size - 1, size, times, false, null, false),
        ErrorCode.MESSAGE_TOO_LARGE);
    refused(
        bytes,
        new BatchRules(size, size - 1, times, false, null, false),
        ErrorCode.RECORD_LIST_TOO_LARGE);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void headerMustMakeSense(Codec codec) {
    refusedAfter(codec, bytes -> bytes.putLong(0, 1));
    refusedAfter(codec, bytes -> bytes.putInt(RecordBatch.AT_RECORD_COUNT, 2));
    refusedAfter(codec, bytes -> bytes.putInt(RecordBatch.AT_RECORD_COUNT, Integer.MIN_VALUE));
    refusedAfter(codec, bytes -> bytes.putInt(RecordBatch.AT_LAST_OFFSET_DELTA, 3));
    refusedAfter(codec, bytes -> bytes.putLong(RecordBatch.AT_PRODUCER_ID, 5));
    refusedAfter(codec, bytes -> orAttributes(bytes, RecordBatch.CONTROL_BIT));
    refusedAfter(codec, bytes -> orAttributes(bytes, RecordBatch.TRANSACTIONAL_BIT));
    refusedAfter(codec, bytes -> orAttributes(bytes, RecordBatch.HORIZON_BIT));
    refusedAfter(codec, bytes -> orAttributes(bytes, RecordBatch.CODEC_BITS));
    ByteBuffer appendTime =
        changed(threeRecords(codec), bytes -> orAttributes(bytes, RecordBatch.APPEND_TIME_BIT));
    refused(appendTime, RULES, ErrorCode.INVALID_TIMESTAMP);
  }

  private static void refusedAfter(Codec codec, Consumer<ByteBuffer> change) {
    refused(changed(threeRecords(codec), change), RULES, ErrorCode.INVALID_RECORD);
  }

  private static void orAttributes(ByteBuffer bytes, int bits) {
    int attributes = bytes.getShort(RecordBatch.AT_ATTRIBUTES) | bits;
    bytes.putShort(RecordBatch.AT_ATTRIBUTES, (short) attributes);
  }

  @Test
  void countAndOffsetsThatAgreeInALieAreSeenWhereRecordsAreLookedAt() {
    for (Codec codec : Codec.values()) {
      ByteBuffer lie =
          changed(
              threeRecords(codec),
              bytes ->
                  bytes
                      .putInt(RecordBatch.AT_RECORD_COUNT, 1_000_000)
                      .putInt(RecordBatch.AT_LAST_OFFSET_DELTA, 999_999));
      refused(lie, COMPACTED, ErrorCode.INVALID_RECORD);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void compactedTopicNeedsKeys(Codec codec) {
    accepted(threeRecords(codec), COMPACTED);
    ByteBuffer bytes =
        builder(codec)
            .append(NOW_MS, Bytes.utf8("a"), null)
            .append(NOW_MS, null, Bytes.utf8("x"))
            .append(NOW_MS, Bytes.EMPTY, null)
            .append(NOW_MS, null, null)
            .build();
    Refused refused = refused(bytes, COMPACTED, ErrorCode.INVALID_RECORD);
    assertThat(refused.records()).extracting(BatchVerdict.RecordError::index).containsExactly(1, 3);
    accepted(bytes, RULES);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void timestampsMustLieInTheWindow(Codec codec) {
    for (long good : new long[] {-1, NOW_MS, NOW_MS - 1000, NOW_MS + 1000}) {
      accepted(builder(codec).append(good, null, null).build(), WITHIN_A_SECOND);
    }
    for (long bad :
        new long[] {-2, 0, Long.MIN_VALUE, Long.MAX_VALUE, NOW_MS - 1001, NOW_MS + 1001}) {
      ByteBuffer bytes = builder(codec).append(NOW_MS, null, null).append(bad, null, null).build();
      Refused refused = refused(bytes, WITHIN_A_SECOND, ErrorCode.INVALID_TIMESTAMP);
      assertThat(refused.records()).extracting(BatchVerdict.RecordError::index).containsExactly(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void farFutureIsRefusedWithTheRecordsThatAreToBlame(Codec codec) {
    ByteBuffer bytes =
        builder(codec)
            .append(NOW_MS, null, null)
            .append(NOW_MS + 3_600_001, null, null)
            .append(0, null, null)
            .build();
    Refused refused = refused(bytes, RULES, ErrorCode.INVALID_TIMESTAMP);
    assertThat(refused.records()).extracting(BatchVerdict.RecordError::index).containsExactly(1);
    assertThat(refused.message())
        .isEqualTo("One or more records have been rejected due to invalid timestamp");
  }

  @Test
  void onlySomeWrongRecordsAreNamed() {
    BatchBuilder builder = builder(Codec.NONE);
    for (int i = 0; i < 1000; i++) {
      builder.append(NOW_MS, null, null);
    }
    Refused refused = refused(builder.build(), COMPACTED, ErrorCode.INVALID_RECORD);
    assertThat(refused.records()).hasSize(BatchCheck.RECORD_ERRORS_MAX);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void appendTimeIsSet(Codec codec) {
    RecordBatch batch = accepted(threeRecords(codec), APPEND_TIME);
    assertThat(batch.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(batch.maxTimestamp()).isEqualTo(NOW_MS);
  }

  @Test
  void maxTimestampOfUncompressedRecordsIsPutRight() {
    ByteBuffer bytes =
        changed(threeRecords(Codec.NONE), b -> b.putLong(RecordBatch.AT_MAX_TIMESTAMP, 3));
    assertThat(accepted(bytes, RULES).maxTimestamp()).isEqualTo(NOW_MS + 5);
  }

  @Test
  void everyCodecBecomesEveryOther() {
    for (Codec from : Codec.values()) {
      for (Codec to : Codec.values()) {
        RandomBatch random = RandomBatch.of(new Random(SEED), from, 30);
        BatchRules rules = rules(TimestampRules.DEFAULT, false, Recompression.to(to));
        RecordBatch batch = accepted(random.bytes(), rules);
        assertThat(batch.codec()).isEqualTo(to);
        assertSame(random, batch, "seed=" + SEED + " from=" + from + " to=" + to);
      }
    }
  }

  private static void assertSame(RandomBatch expected, RecordBatch batch, String at) {
    try (RecordCursor records = batch.records()) {
      long offset = 0;
      for (RandomBatch.Plain plain : expected.records()) {
        assertThat(records.next()).as(at).isTrue();
        assertThat(records.offset()).as(at).isEqualTo(offset++);
        assertThat(records.timestampMs()).as(at).isEqualTo(plain.timestampMs());
        assertThat(records.key()).as(at).isEqualTo(plain.key());
        assertThat(records.value()).as(at).isEqualTo(plain.value());
        assertThat(records.headers()).as(at).isEqualTo(plain.headers());
      }
      assertThat(records.next()).as(at).isFalse();
    }
  }

  @Test
  void whatGrowsTooLargeInTheTopicsCodecIsRefused() {
    ByteBuffer bytes =
        builder(Codec.GZIP).append(NOW_MS, null, Bytes.copyOf(new byte[2 << 20])).build();
    for (Codec to : List.of(Codec.NONE, Codec.SNAPPY)) {
      BatchRules small =
          new BatchRules(
              10_000, 1 << 30, TimestampRules.DEFAULT, false, Recompression.to(to), false);
      refused(bytes, small, ErrorCode.MESSAGE_TOO_LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void holesInTheOffsetsAreClosed(Codec codec) {
    ByteBuffer bytes =
        changed(
            builder(codec)
                .producer(5, (short) 1, 10)
                .transactional()
                .append(NOW_MS, Bytes.utf8("a"), Bytes.utf8("1"))
                .skipTo(7)
                .append(NOW_MS + 1, Bytes.utf8("b"), Bytes.utf8("2"))
                .build(),
            b -> b.putInt(RecordBatch.AT_LAST_OFFSET_DELTA, 1));
    RecordBatch batch = accepted(bytes, COMPACTED);
    assertThat(batch.producerId()).isEqualTo(5);
    assertThat(batch.baseSequence()).isEqualTo(10);
    assertThat(batch.isTransactional()).isTrue();
    assertThat(batch.codec()).isEqualTo(codec);
    assertThat(batch.lastOffset()).isEqualTo(1);
    try (RecordCursor records = batch.records()) {
      assertThat(records.next()).isTrue();
      assertThat(records.offset()).isZero();
      assertThat(records.next()).isTrue();
      assertThat(records.offset()).isEqualTo(1);
      assertThat(records.timestampMs()).isEqualTo(NOW_MS + 1);
      assertThat(records.value()).isEqualTo(Bytes.utf8("2").buffer());
      assertThat(records.next()).isFalse();
    }
  }

  /** A gibibyte of zeros, in one record that says so, is refused in a small heap. */
  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void bombIsRefused(Codec codec) {
    ByteBuffer bomb = bomb(codec);
    BatchRules rules = new BatchRules(64 << 20, 1 << 30, TimestampRules.DEFAULT, true, null, false);
    long before = AllocatedBytes.soFar();
    Refused refused = refused(bomb, rules, ErrorCode.INVALID_RECORD);
    assertThat(AllocatedBytes.soFar() - before).isLessThan(8 << 20);
    assertThat(refused.message()).contains("max=" + RecordCursor.PLAIN_BYTES_MAX);
  }

  /** Blocks of a codec one after another are one block. */
  private static ByteBuffer bomb(Codec codec) {
    // length, attributes, timestamp and offset delta, key length -1, value length
    byte[] start = {-32, -1, -1, -1, 7, 0, 0, 0, 1, -64, -1, -1, -1, 7};
    ByteSink zeros = new ByteSink(1 << 20, 64 << 20);
    compress(codec, new byte[4 << 20], zeros);
    ByteSink sink = new ByteSink(1 << 20, 64 << 20);
    sink.skip(RecordBatch.HEADER_BYTES);
    compress(codec, start, sink);
    for (int i = 0; i < 256; i++) {
      sink.write(zeros.written());
    }
    ByteBuffer bytes = sink.written();
    bytes.put(0, builder(codec).append(NOW_MS, null, null).build(), 0, RecordBatch.HEADER_BYTES);
    bytes.putInt(RecordBatch.AT_LENGTH, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
    return changed(bytes, _ -> {});
  }

  private static void compress(Codec codec, byte[] plain, ByteSink into) {
    try (OutputStream out = codec.compress(into, codec.levelDefault())) {
      out.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noiseNeverEndsInAnException() {
    Random random = new Random(SEED);
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 5000);
    for (int round = 0; round < rounds; round++) {
      Codec codec = Objects.requireNonNull(Codec.of(random.nextInt(5)));
      ByteBuffer bytes = threeRecords(codec);
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      }
      if (random.nextBoolean()) {
        bytes.putInt(RecordBatch.AT_LENGTH, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
        bytes.put(RecordBatch.AT_MAGIC, RecordBatch.MAGIC);
        changed(bytes, _ -> {});
      }
      try {
        BatchCheck.check(bytes, COMPACTED, VERSION, NOW_MS);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed=" + SEED + " round=" + round, e);
      }
    }
  }
}
