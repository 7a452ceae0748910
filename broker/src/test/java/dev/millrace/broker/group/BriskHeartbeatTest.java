package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long members of the consumer protocol wait between heartbeats (decision 0053). */
class BriskHeartbeatTest {
  private static final String INTERVAL = "group.consumer.heartbeat.interval.ms";
  private static final String INTERVAL_MIN = "group.consumer.min.heartbeat.interval.ms";

  private static int intervalMs(GroupNode groups, Client client) {
    return beat(groups, client, 0).heartbeatIntervalMs();
  }

  private static ConsumerGroupHeartbeatResponse beat(GroupNode groups, Client client, int epoch) {
    ConsumerGroupHeartbeatRequest join =
        ConsumerGroupHeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId("m")
            .memberEpoch(epoch)
            .rebalanceTimeoutMs(60_000)
            .subscribedTopicNames(List.of("t"))
            .topicPartitions(List.of())
            .build();
    FakeReply reply = client.send(join, 1);
    groups.node.owners().runMs(50);
    ConsumerGroupHeartbeatResponse answer =
        Client.answer(ConsumerGroupHeartbeatResponse.class, reply, 1);
    assertThat(answer.errorCode()).as(answer.errorMessage()).isZero();
    return answer;
  }

  private static Client named(GroupNode groups) {
    Client client = groups.node.newClient("PLAINTEXT");
    ApiVersionsRequest hello =
        ApiVersionsRequest.builder()
            .clientSoftwareName("apache-kafka-java")
            .clientSoftwareVersion("4.3.0")
            .build();
    client.send(hello, 3);
    groups.node.owners().runMs(1);
    return client;
  }

  @Test
  void aClientThatSaysWhatItIsHearsSoon() {
    GroupNode groups = GroupNode.withOffsetsTopic();
    assertThat(intervalMs(groups, named(groups))).isEqualTo(500);
  }

  @Test
  void anyOtherIsToldWhatTheSettingsSay() {
    GroupNode groups = GroupNode.withOffsetsTopic();
    Client client = groups.node.newClient("PLAINTEXT");
    assertThat(intervalMs(groups, client)).isEqualTo(5_000);
    assertThat(beat(groups, client, -1).heartbeatIntervalMs()).isZero();
  }

  @Test
  void whatSomebodyHasSetIsKeptForAll() {
    GroupNode groups = GroupNode.withOffsetsTopic(Map.of(INTERVAL, "7000", INTERVAL_MIN, "5000"));
    assertThat(intervalMs(groups, named(groups))).isEqualTo(7_000);
    assertThat(intervalMs(groups, groups.node.newClient("PLAINTEXT"))).isEqualTo(7_000);
  }
}
