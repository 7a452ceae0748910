package dev.millrace.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.Message;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.random.MessageKind;
import dev.millrace.wire.records.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A handful of messages byte by byte, so that a change of both sides of a round trip is seen. */
class GoldenBytesTest {
  private static final String BATCH =
      // base offset, length, leader epoch, magic, crc
      "0000000000000000 0000003a ffffffff 02 716a6189"
          // attributes, last offset delta, base and max timestamp
          + "0000 00000000 00000000000003e8 00000000000003e8"
          // producer id, epoch, sequence, records
          + "ffffffffffffffff ffff ffffffff 00000001"
          // length 8, attributes, timestamp, offset, key, value, no headers
          + "10 00 00 00 02 6b 02 76 00";

  private static ByteBuffer batch() {
    return BatchBuilder.from(0).append(1000, Bytes.utf8("k"), Bytes.utf8("v")).build();
  }

  private static void assertBytes(Message message, int version, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(MessageKind.bytes(message, (short) version)).isEqualTo(bytes);
    MessageKind kind = new MessageKind(message.getClass());
    assertThat(kind.read(ByteBuffer.wrap(bytes), (short) version)).isEqualTo(message);
  }

  @Test
  void recordBatch() {
    assertThat(batch()).isEqualTo(ByteBuffer.wrap(HexFormat.of().parseHex(BATCH.replace(" ", ""))));
  }

  @Test
  void requestHeaderWithoutTags() {
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey((short) 17)
            .requestApiVersion((short) 1)
            .correlationId(1)
            .clientId(null)
            .build();
    assertBytes(header, 1, "0011 0001 00000001 ffff");
  }

  /** The client id keeps its old length before the tags. */
  @Test
  void requestHeaderWithTags() {
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey((short) 3)
            .requestApiVersion((short) 12)
            .correlationId(7)
            .clientId("kcat")
            .build();
    assertBytes(header, 2, "0003 000c 00000007 0004 6b636174 00");
  }

  @Test
  void compactStrings() {
    ApiVersionsRequest request =
        ApiVersionsRequest.builder()
            .clientSoftwareName("librdkafka")
            .clientSoftwareVersion("2.0")
            .build();
    assertBytes(request, 3, "0b 6c696272646b61666b61 04 322e30 00");
  }

  @Test
  void taggedField() {
    ApiVersionsResponse response =
        ApiVersionsResponse.builder()
            .apiKeys(List.of(new ApiVersionsResponse.ApiVersion((short) 18, (short) 0, (short) 4)))
            .finalizedFeaturesEpoch(9L)
            .build();
    assertBytes(response, 3, "0000 02 0012 0000 0004 00 00000000 01 01 08 0000000000000009");
  }

  @Test
  void taggedStruct() {
    FetchResponse.PartitionData partition =
        FetchResponse.PartitionData.builder()
            .partitionIndex(1)
            .highWatermark(8)
            .divergingEpoch(new FetchResponse.EpochEndOffset(3, 4L))
            .build();
    FetchResponse response =
        FetchResponse.builder()
            .sessionId(5)
            .responses(
                List.of(
                    FetchResponse.FetchableTopicResponse.builder()
                        .topic("t")
                        .partitions(List.of(partition))
                        .build()))
            .build();
    assertBytes(
        response,
        12,
        "00000000 0000 00000005 02 0274 02"
            + "00000001 0000 0000000000000008 ffffffffffffffff ffffffffffffffff 01 ffffffff 00"
            + "01 00 0d 00000003 0000000000000004 00 00 00");
  }

  @Test
  void idsAndNulls() {
    MetadataRequest request =
        MetadataRequest.builder()
            .topics(
                List.of(
                    MetadataRequest.MetadataRequestTopic.builder()
                        .topicId(new Uuid(1, 2))
                        .name(null)
                        .build()))
            .allowAutoTopicCreation(false)
            .build();
    assertBytes(request, 12, "02 0000000000000001 0000000000000002 00 00 00 00 00");
  }

  @Test
  void nullAndEmptyArrays() {
    assertBytes(MetadataRequest.builder().topics(List.of()).build(), 0, "00000000");
    assertBytes(MetadataRequest.builder().topics(null).build(), 1, "ffffffff");
    assertBytes(MetadataRequest.builder().topics(null).build(), 12, "00 01 00 00");
  }

  /** Never flexible, in whatever version. */
  @Test
  void saslHandshake() {
    assertBytes(SaslHandshakeRequest.builder().mechanism("PLAIN").build(), 1, "0005 504c41494e");
  }

  @Test
  void recordsInARequest() {
    ProduceRequest.PartitionProduceData partition =
        ProduceRequest.PartitionProduceData.builder()
            .index(2)
            .records(RecordBytes.of(batch()))
            .build();
    ProduceRequest request =
        ProduceRequest.builder()
            .acks((short) -1)
            .timeoutMs(1500)
            .topicData(
                List.of(
                    ProduceRequest.TopicProduceData.builder()
                        .name("t")
                        .partitionData(List.of(partition))
                        .build()))
            .build();
    assertBytes(request, 9, "00 ffff 000005dc 02 0274 02 00000002 47" + BATCH + "00 00 00");
  }
}
