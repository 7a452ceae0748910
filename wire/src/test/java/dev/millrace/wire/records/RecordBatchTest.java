package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
  private static ByteBuffer twoRecords() {
    return BatchBuilder.from(40)
        .leaderEpoch(3)
        .producer(7, (short) 2, Integer.MAX_VALUE)
        .transactional()
        .append(1000, Bytes.utf8("a"), Bytes.utf8("one"))
        .append(990, null, Bytes.utf8("two"))
        .build();
  }

  @Test
  void headerSaysWhatWasBuilt() {
    RecordBatch batch = RecordBatch.at(twoRecords());
    assertThat(batch.baseOffset()).isEqualTo(40);
    assertThat(batch.lastOffset()).isEqualTo(41);
    assertThat(batch.nextOffset()).isEqualTo(42);
    assertThat(batch.partitionLeaderEpoch()).isEqualTo(3);
    assertThat(batch.producerId()).isEqualTo(7);
    assertThat(batch.producerEpoch()).isEqualTo((short) 2);
    assertThat(batch.baseSequence()).isEqualTo(Integer.MAX_VALUE);
    assertThat(batch.lastSequence()).isZero();
    assertThat(batch.baseTimestamp()).isEqualTo(1000);
    assertThat(batch.maxTimestamp()).isEqualTo(1000);
    assertThat(batch.recordCount()).isEqualTo(2);
    assertThat(batch.isTransactional()).isTrue();
    assertThat(batch.isControl()).isFalse();
    assertThat(batch.codec()).isEqualTo(Codec.NONE);
    assertThat(batch.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    assertThat(batch.isIntact()).isTrue();
  }

  @Test
  void offsetAndEpochAreRewrittenWithoutTheCrc() {
    RecordBatch batch = RecordBatch.at(twoRecords());
    int crc = batch.crc();
    batch.rewriteBaseOffset(1L << 40);
    batch.rewritePartitionLeaderEpoch(9);
    assertThat(batch.lastOffset()).isEqualTo((1L << 40) + 1);
    assertThat(batch.partitionLeaderEpoch()).isEqualTo(9);
    assertThat(batch.crc()).isEqualTo(crc);
    assertThat(batch.isIntact()).isTrue();
  }

  @Test
  void appendTimeIsRewrittenWithTheCrc() {
    RecordBatch batch = RecordBatch.at(twoRecords());
    batch.rewriteAppendTime(5000);
    assertThat(batch.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(batch.maxTimestamp()).isEqualTo(5000);
    assertThat(batch.isIntact()).isTrue();
  }

  @Test
  void everyFlippedByteUnderTheCrcIsSeen() {
    ByteBuffer buffer = twoRecords();
    for (int i = RecordBatch.AT_CRC; i < buffer.limit(); i++) {
      buffer.put(i, (byte) (buffer.get(i) ^ 1));
      assertThat(RecordBatch.at(buffer).isIntact()).as("byte %d", i).isFalse();
      buffer.put(i, (byte) (buffer.get(i) ^ 1));
    }
  }

  @Test
  void cursorStopsAtEveryCut() {
    ByteBuffer one = twoRecords();
    int size = one.limit();
    ByteBuffer all = ByteBuffer.allocate(3 * size + 5).position(5);
    all.put(one.duplicate()).put(one.duplicate()).put(one.duplicate()).position(5);
    for (int cut = 5; cut <= all.capacity(); cut++) {
      BatchCursor cursor = new BatchCursor(all.duplicate().limit(cut));
      List<RecordBatch> seen = new ArrayList<>();
      cursor.forEachRemaining(seen::add);
      assertThat(seen).as("cut %d", cut).hasSize((cut - 5) / size);
      assertThat(cursor.position()).isEqualTo(5 + seen.size() * size);
    }
  }

  @Test
  void whatCannotBeABatchIsRefused() {
    for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 48, Integer.MAX_VALUE}) {
      ByteBuffer buffer = twoRecords().putInt(RecordBatch.AT_LENGTH, length);
      assertThatThrownBy(() -> RecordBatch.at(buffer)).isInstanceOf(CorruptRecordsException.class);
      assertThatThrownBy(() -> new BatchCursor(buffer).hasNext())
          .isInstanceOf(CorruptRecordsException.class);
    }
    for (int magic : new int[] {-1, 0, 1, 3}) {
      ByteBuffer buffer = twoRecords().put(RecordBatch.AT_MAGIC, (byte) magic);
      assertThatThrownBy(() -> RecordBatch.at(buffer)).isInstanceOf(CorruptRecordsException.class);
      assertThatThrownBy(() -> new BatchCursor(buffer).hasNext())
          .isInstanceOf(CorruptRecordsException.class);
    }
    assertThatThrownBy(() -> RecordBatch.at(ByteBuffer.allocate(60)))
        .isInstanceOf(CorruptRecordsException.class);
  }

  /** The way of producers: bytes into memory that is too small, large enough, or used before. */
  @ParameterizedTest
  @EnumSource(Codec.class)
  void bytesIntoGivenMemoryMakeTheSameRecords(Codec codec) {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    for (int memoryBytes : new int[] {61, 100, 4_096, 1 << 20}) {
      byte[] dirty = new byte[memoryBytes];
      Arrays.fill(dirty, (byte) 7);
      BatchBuilder plain = BatchBuilder.from(0);
      BatchBuilder given = BatchBuilder.in(dirty).compressed(codec);
      for (int i = 0; i < 300; i++) {
        byte[] key = i % 3 == 0 ? null : bytes(random, i % 7);
        byte[] value = i % 11 == 0 ? null : bytes(random, random.nextInt(2_000));
        List<RecordHeader> headers =
            i % 13 == 0 ? List.of(new RecordHeader("h", ByteBuffer.wrap(new byte[i]))) : List.of();
        plain.append(
            1_000 + i,
            key == null ? null : ByteBuffer.wrap(key),
            value == null ? null : ByteBuffer.wrap(value),
            headers);
        given.appendBytes(1_000 + i, key, value, headers);
      }
      assertThat(given.sizeBytes()).isEqualTo(plain.sizeBytes());
      if (codec != Codec.NONE) {
        given.pack(new byte[memoryBytes]);
        Arrays.fill(given.memory(), (byte) 9); // it is free
      }
      ByteBuffer made = given.build();
      String story = "seed=" + seed + " codec=" + codec + " memory=" + memoryBytes;
      assertThat(RecordBatch.at(made).isIntact()).as(story).isTrue();
      assertThat(texts(made)).as(story).isEqualTo(texts(plain.build()));
    }
  }

  /** A batch full of noise: LZ4 keeps such blocks as they are. */
  @Test
  void noiseIsCompressedToo() {
    byte[] noise = bytes(new Random(1), 200_000);
    ByteBuffer made =
        BatchBuilder.in(new byte[100])
            .compressed(Codec.LZ4)
            .appendBytes(1, null, noise, List.of())
            .build();
    assertThat(texts(made)).containsExactly("1 null " + Arrays.hashCode(noise) + " []");
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    Arrays.fill(bytes, 0, length / 2, (byte) 'x');
    return bytes;
  }

  private static List<String> texts(ByteBuffer batch) {
    List<String> texts = new ArrayList<>();
    try (RecordCursor records = RecordBatch.at(batch).records()) {
      while (records.next()) {
        String key = hash(records.lentKey());
        texts.add(
            records.timestampMs()
                + " "
                + key
                + " "
                + hash(records.lentValue())
                + " "
                + records.headers());
      }
    }
    return texts;
  }

  private static String hash(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      return "null";
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Integer.toString(Arrays.hashCode(copy));
  }
}
