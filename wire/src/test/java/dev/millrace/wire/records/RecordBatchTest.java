package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
