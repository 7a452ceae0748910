package dev.millrace.quorum.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.record.NoOpRecord;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.quorum.record.ProducerIdsRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.Message;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames as Apache Kafka 4.3 writes them. */
class RecordFrameTest {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  @Test
  void framesAreTheKnownOnes() {
    assertFrame(
        new FeatureLevelRecord("metadata.version", (short) 30),
        "01 0c 00 11 6d 65 74 61 64 61 74 61 2e 76 65 72 73 69 6f 6e 00 1e 00");
    assertFrame(
        new TopicRecord("foo", new Uuid(1, 2)),
        "01 02 00 04 66 6f 6f 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 02 00");
    assertFrame(
        new ConfigRecord((byte) 2, "foo", "a", "b"), "01 04 00 02 04 66 6f 6f 02 61 02 62 00");
    assertFrame(new ConfigRecord((byte) 4, "", "a", null), "01 04 00 04 01 02 61 00 00");
    assertFrame(
        ProducerIdsRecord.builder().brokerId(1).brokerEpoch(5).nextProducerId(1000).build(),
        "01 0f 00 00 00 00 01 00 00 00 00 00 00 00 05 00 00 00 00 00 00 03 e8 00");
    assertFrame(
        PartitionChangeRecord.builder().partitionId(3).topicId(new Uuid(0, 7)).leader(1).build(),
        "01 05 02 00 00 00 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 07 01 01 04 00 00 00 01");
    assertFrame(new NoOpRecord(), "01 14 00 00");
  }

  private static void assertFrame(Message record, String hex) {
    Bytes frame = RecordFrame.write(record);
    assertThat(HEX.formatHex(frame.toArray())).isEqualTo(hex);
    assertThat(RecordFrame.read(frame.buffer())).isEqualTo(record);
  }

  @Test
  void everyCutIsRefused() {
    byte[] frame = RecordFrame.write(new TopicRecord("foo", new Uuid(1, 2))).toArray();
    for (int length = 0; length < frame.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(frame, 0, length);
      assertThatThrownBy(() -> RecordFrame.read(cut))
          .as("length=" + length)
          .isInstanceOf(MetadataException.class);
    }
  }

  @Test
  void whatIsNotKnownIsRefused() {
    for (String hex :
        List.of("02 0c 00", "01 63 00 00", "01 0c 09 00", "01 14 00 00 00", "01 ff ff 07 00 00")) {
      assertThatThrownBy(() -> RecordFrame.read(ByteBuffer.wrap(HEX.parseHex(hex))))
          .as(hex)
          .isInstanceOf(MetadataException.class);
    }
  }
}
