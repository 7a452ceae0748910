package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordCursorTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));

  @ParameterizedTest
  @EnumSource(Codec.class)
  void recordsReadAsTheyWereWritten(Codec codec) {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      RandomBatch expected = RandomBatch.of(random, codec, random.nextInt(40));
      RecordBatch batch = RecordBatch.at(expected.bytes());
      batch.rewriteBaseOffset(1000);
      String at = "seed=" + SEED + " codec=" + codec + " round=" + round;
      assertThat(batch.codec()).as(at).isEqualTo(codec);
      assertThat(batch.isIntact()).as(at).isTrue();
      long offset = 1000;
      try (RecordCursor records = batch.records()) {
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
  }

  @Test
  void recordsOfABatchWithTheLeadersTimeHaveThatTime() {
    RecordBatch batch =
        RecordBatch.at(BatchBuilder.from(0).append(5, null, null).append(9, null, null).build());
    batch.rewriteAppendTime(77);
    try (RecordCursor records = batch.records()) {
      assertThat(records.next()).isTrue();
      assertThat(records.timestampMs()).isEqualTo(77);
      assertThat(records.next()).isTrue();
      assertThat(records.timestampMs()).isEqualTo(77);
    }
  }

  @Test
  void compactionLeavesHolesAndEmptyBatches() {
    ByteBuffer bytes =
        BatchBuilder.from(100)
            .deleteHorizon(5000)
            .skipTo(103)
            .append(4000, Bytes.utf8("k"), null)
            .skipTo(110)
            .build();
    RecordBatch batch = RecordBatch.at(bytes);
    assertThat(batch.lastOffset()).isEqualTo(109);
    assertThat(batch.hasDeleteHorizon()).isTrue();
    assertThat(batch.baseTimestamp()).isEqualTo(5000);
    try (RecordCursor records = batch.records()) {
      assertThat(records.next()).isTrue();
      assertThat(records.offset()).isEqualTo(103);
      assertThat(records.timestampMs()).isEqualTo(4000);
      assertThat(records.hasValue()).isFalse();
      assertThat(records.next()).isFalse();
    }
    RecordBatch empty = RecordBatch.at(BatchBuilder.from(7).skipTo(10).build());
    assertThat(empty.recordCount()).isZero();
    assertThat(empty.lastOffset()).isEqualTo(9);
    try (RecordCursor records = empty.records()) {
      assertThat(records.next()).isFalse();
    }
  }

  /** Every record claims something that is not so; nothing but one exception may come of it. */
  @Test
  void damagedRecordsEndInOneFamilyOfExceptionOrAreRead() {
    Random random = new Random(SEED);
    RandomBatch whole = RandomBatch.of(random, Codec.NONE, 12);
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 20_000);
    for (int round = 0; round < rounds; round++) {
      ByteBuffer damaged =
          ByteBuffer.allocate(whole.bytes().limit()).put(whole.bytes().duplicate()).flip();
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = 57 + random.nextInt(Math.min(600, damaged.limit() - 57));
        damaged.put(at, (byte) random.nextInt());
      }
      try (RecordCursor records = RecordBatch.at(damaged).records()) {
        while (records.next()) {
          records.key();
          records.value();
          records.headers();
        }
      } catch (CorruptRecordsException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed=" + SEED + " round=" + round, e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void everyLieOfTheHeaderIsSeen(Codec codec) {
    for (int count : new int[] {-1, Integer.MIN_VALUE, 0, 1, 4, Integer.MAX_VALUE}) {
      ByteBuffer bytes = three(codec).putInt(RecordBatch.AT_RECORD_COUNT, count);
      assertThatThrownBy(() -> readAll(bytes))
          .as("count %d", count)
          .isInstanceOf(CorruptRecordsException.class);
    }
    for (int delta : new int[] {-1, 0, 1}) {
      ByteBuffer bytes = three(codec).putInt(RecordBatch.AT_LAST_OFFSET_DELTA, delta);
      assertThatThrownBy(() -> readAll(bytes))
          .as("delta %d", delta)
          .isInstanceOf(CorruptRecordsException.class);
    }
    for (int id : new int[] {5, 6, 7}) {
      ByteBuffer bytes = three(codec).putShort(RecordBatch.AT_ATTRIBUTES, (short) id);
      assertThatThrownBy(() -> readAll(bytes)).isInstanceOf(CorruptRecordsException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void recordLengthIsNotBelieved(Codec codec) {
    // one record that says it has 2147483647 bytes, and nothing after it
    ByteSink sink = new ByteSink(100, 1000);
    sink.skip(RecordBatch.HEADER_BYTES);
    try (var out = codec.compress(sink, codec.levelDefault())) {
      out.write(new byte[] {-2, -1, -1, -1, 15});
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    ByteBuffer bytes = sink.written();
    bytes.put(0, three(codec), 0, RecordBatch.HEADER_BYTES);
    bytes.putInt(RecordBatch.AT_LENGTH, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
    assertThatThrownBy(() -> readAll(bytes)).isInstanceOf(CorruptRecordsException.class);
  }

  private static ByteBuffer three(Codec codec) {
    BatchBuilder builder = BatchBuilder.from(0).compressed(codec);
    for (int i = 0; i < 3; i++) {
      builder.append(1000 + i, ByteBuffer.wrap(new byte[] {1}), null, List.of());
    }
    return builder.build();
  }

  private static void readAll(ByteBuffer bytes) {
    try (RecordCursor records = RecordBatch.at(bytes).records()) {
      while (records.next()) {
        records.headers();
      }
    }
  }
}
