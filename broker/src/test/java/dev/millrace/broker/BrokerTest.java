package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.Frames;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class BrokerTest {
  private static final int LARGE = 1_000_000;

  private final SimOwners owners = new SimOwners(1);
  private final List<Handler<?>> handlers = new ArrayList<>();

  record Stub<Q extends Request>(ApiKey key, BiConsumer<Call, Q> body) implements Handler<Q> {
    @Override
    public void handle(Call call, Q request) {
      body.accept(call, request);
    }
  }

  private Client client() {
    Node node =
        new Node(1, "cluster", BrokerSettings.of(StaticSettings.EMPTY), () -> ClusterImage.EMPTY);
    return new Client(
        new Broker(Handlers.withApiVersions(handlers, node), owners.clock()),
        new FakeConnection(owners.owner("loop"), "PLAINTEXT"));
  }

  @Test
  void takesEachVersionToItsHandler() {
    List<String> seen = new ArrayList<>();
    handlers.add(
        new Stub<MetadataRequest>(
            ApiKey.METADATA,
            (call, request) -> {
              seen.add(call.version() + " " + call.clientId() + " " + call.correlationId());
              call.answer(MetadataResponse.DEFAULT);
            }));
    Client client = client();
    for (int version = 0; version <= 13; version++) {
      MetadataResponse answer =
          client.call(MetadataResponse.class, MetadataRequest.DEFAULT, version);
      assertThat(answer).isEqualTo(MetadataResponse.DEFAULT);
      assertThat(seen.getLast()).isEqualTo(version + " tester 4711");
    }
  }

  @Test
  void nullClientIdIsEmpty() {
    List<String> seen = new ArrayList<>();
    handlers.add(new Stub<>(ApiKey.LIST_GROUPS, (call, _) -> seen.add(call.clientId())));
    client().send(Frames.of(16, 0, new byte[0]));
    assertThat(seen).containsExactly("");
  }

  @Test
  void unknownKeyClosesTheConnection() {
    for (int id : new int[] {999, -1, 4, 52, Short.MAX_VALUE, Short.MIN_VALUE}) {
      assertRefused(Frames.of(id, 0, new byte[8]), "api is not answered");
    }
  }

  @Test
  void unsupportedVersionClosesTheConnection() {
    handlers.add(new Stub<>(ApiKey.METADATA, (call, _) -> call.answer(MetadataResponse.DEFAULT)));
    for (int version : new int[] {14, 99, -1, Short.MIN_VALUE}) {
      assertRefused(Frames.of(3, version, new byte[4]), "version is not answered, api=Metadata");
    }
  }

  @Test
  void newerApiVersionsIsToldOurs() {
    for (int version : new int[] {6, 127, Short.MAX_VALUE}) {
      Client client = client();
      FakeReply reply = client.send(Frames.of(18, version, new byte[] {0, 1, 2}));
      ApiVersionsResponse answer = Client.answer(ApiVersionsResponse.class, reply, 0);
      assertThat(answer.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
      assertThat(answer.apiKeys())
          .singleElement()
          .satisfies(range -> {
            assertThat(range.apiKey()).isEqualTo((short) 18);
            assertThat(range.minVersion()).isEqualTo((short) 0);
            assertThat(range.maxVersion()).isEqualTo((short) 5);
          });
      assertThat(client.connection().isOpen()).isTrue();
    }
    assertRefused(Frames.of(18, -1, new byte[0]), "version is not answered");
  }

  @Test
  void everyTruncationClosesTheConnection() {
    ByteBuffer whole =
        Frames.of(
            ApiVersionsRequest.builder()
                .clientSoftwareName("name")
                .clientSoftwareVersion("1.0")
                .clusterId("cluster")
                .build(),
            5);
    for (int cut = 0; cut < whole.limit(); cut++) {
      assertRefused(whole.duplicate().limit(cut).slice(), "request cannot be read");
    }
  }

  @Test
  void bytesBehindTheBodyAreIgnored() {
    ByteBuffer whole = Frames.of(ApiVersionsRequest.DEFAULT, 0);
    ByteBuffer longer = ByteBuffer.allocate(whole.limit() + 3).put(whole).put(new byte[3]).flip();
    FakeReply reply = client().send(longer);
    assertThat(Client.answer(ApiVersionsResponse.class, reply, 0).errorCode()).isZero();
  }

  @Test
  void tooManyElementsAreRefusedBeforeTheyAreRead() {
    handlers.add(new Stub<>(ApiKey.METADATA, (call, _) -> call.answer(MetadataResponse.DEFAULT)));
    int count = 200_001;
    ByteBuffer body = ByteBuffer.allocate(4 + 2 * count).putInt(0, count);
    assertRefused(Frames.of(3, 1, body.array()), "message has too many array elements");
    body.putInt(0, count - 1);
    byte[] fewer = Arrays.copyOf(body.array(), body.capacity() - 2);
    assertThat(client().send(Frames.of(3, 1, fewer)).frame()).isNotNull();
  }

  @Test
  void failingHandlerClosesTheConnection() {
    handlers.add(
        new Stub<>(
            ApiKey.LIST_GROUPS,
            (_, _) -> {
              throw new IllegalStateException("made by a test");
            }));
    Client client = client();
    FakeReply reply = client.send(Frames.of(16, 0, new byte[0]));
    assertThat(reply.frame()).isNull();
    assertThat(client.connection().isOpen()).isFalse();
  }

  @Test
  void answerThatTheVersionCannotCarryClosesTheConnection() {
    handlers.add(
        new Stub<>(
            ApiKey.LIST_GROUPS,
            (call, _) ->
                call.answer(
                    ListGroupsResponse.builder()
                        .groups(
                            List.of(
                                ListGroupsResponse.ListedGroup.builder()
                                    .groupId("g".repeat(Short.MAX_VALUE + 1))
                                    .build()))
                        .build())));
    Client client = client();
    FakeReply reply = client.send(ListGroupsRequest.DEFAULT, 5);
    assertThat(reply.frame()).isNull();
    assertThat(client.connection().isOpen()).isFalse();
  }

  @Test
  void largeRecordBytesAreNotCopied() {
    ByteBuffer records = ByteBuffer.allocate(LARGE);
    for (int i = 0; i < LARGE; i++) {
      records.put(i, (byte) i);
    }
    PartitionData partition =
        PartitionData.builder().partitionIndex(0).records(RecordBytes.of(records)).build();
    FetchResponse answer =
        FetchResponse.builder()
            .responses(
                List.of(
                    FetchableTopicResponse.builder()
                        .topic("t")
                        .partitions(List.of(partition, partition))
                        .build()))
            .build();
    handlers.add(new Stub<FetchRequest>(ApiKey.FETCH, (call, _) -> call.answer(answer)));
    FakeReply reply = client().send(FetchRequest.DEFAULT, 11);
    FetchResponse read = Client.answer(FetchResponse.class, reply, 11);
    assertThat(read).isEqualTo(answer);
    assertThat(reply.copiedBytes()).isLessThan(200);
  }

  private void assertRefused(ByteBuffer frame, String reason) {
    Client client = client();
    FakeReply reply = client.send(frame);
    assertThat(reply.frame()).isNull();
    assertThat(client.connection().closedFor()).contains(reason);
  }
}
