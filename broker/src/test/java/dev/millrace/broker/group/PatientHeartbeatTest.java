package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Heartbeats whose answer waits for news (decision 0151). */
class PatientHeartbeatTest {
  private static final int INTERVAL_MS = 1_000;

  private final GroupNode groups = GroupNode.withOffsetsTopic();
  private final String member = groups.member();

  private Client client(String software) {
    Client client = groups.node.newClient("PLAINTEXT");
    greet(client, software);
    return client;
  }

  private void greet(Client client, String software) {
    ApiVersionsRequest hello =
        ApiVersionsRequest.builder()
            .clientSoftwareName(software)
            .clientSoftwareVersion("4.3.0")
            .build();
    FakeReply reply = client.send(hello, 3);
    run(1);
    assertThat(Client.answer(ApiVersionsResponse.class, reply, 3).errorCode()).isZero();
  }

  private FakeReply beat(Client client) {
    HeartbeatRequest request =
        HeartbeatRequest.builder().groupId(GROUP).memberId(member).generationId(1).build();
    return client.send(request, 3);
  }

  private @Nullable ErrorCode error(FakeReply reply) {
    run(1);
    return ErrorCode.of(Client.answer(HeartbeatResponse.class, reply, 3).errorCode());
  }

  private void run(int ms) {
    groups.node.owners().runMs(ms);
  }

  /** A client that has sent one heartbeat and is due to send the next. */
  private Client beating(String software) {
    Client client = client(software);
    assertThat(error(beat(client))).isEqualTo(ErrorCode.NONE);
    run(INTERVAL_MS);
    return client;
  }

  @Test
  void theAnswerIsKeptUntilTheNextHeartbeatIsAlmostDue() {
    FakeReply second = beat(beating("apache-kafka-java"));
    run(INTERVAL_MS * 9 / 10);
    assertThat(second.frame()).isNull();
    run(INTERVAL_MS / 10);
    assertThat(second.frame()).isNotNull();
    assertThat(error(second)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aRebalanceIsNewsAtOnce() {
    FakeReply second = beat(beating("apache-kafka-java"));
    run(100);
    assertThat(second.frame()).isNull();
    groups.node.client().send(GroupNode.joining("").build(), 3);
    run(10);
    assertThat(second.frame()).isNotNull();
    assertThat(error(second)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void nothingWaitsBehindIt() {
    Client client = beating("apache-kafka-java");
    FakeReply second = beat(client);
    run(10);
    assertThat(second.frame()).isNull();
    greet(client, "apache-kafka-java");
    assertThat(second.frame()).isNotNull();
    assertThat(error(second)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void otherClientsGetTheirAnswerAtOnce() {
    FakeReply second = beat(beating("kafkajs"));
    run(10);
    assertThat(second.frame()).isNotNull();
  }

  @Test
  void errorsAreNotKept() {
    Client client = beating("apache-kafka-java");
    HeartbeatRequest stale =
        HeartbeatRequest.builder().groupId(GROUP).memberId(member).generationId(7).build();
    FakeReply second = client.send(stale, 3);
    run(10);
    assertThat(second.frame()).isNotNull();
    assertThat(error(second)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
  }
}
