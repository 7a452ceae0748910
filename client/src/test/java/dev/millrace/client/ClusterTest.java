package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.net.Endpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.ListGroupsResponse.ListedGroup;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private static final ClientSettings QUICK = new ClientSettings("test", 10_000, 10_000, 1);

  private final FakeNode node = new FakeNode();

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void learnsNodesAndTopics() {
    try (Cluster cluster = connect()) {
      assertThat(cluster.view().clusterId()).isEqualTo("cluster");
      assertThat(cluster.view().nodes().get(1).endpoint()).isEqualTo(node.endpoint());
      assertThat(cluster.topic("t", false).partitions()).hasSize(2);
      assertThat(cluster.leader(new TopicPartition("t", 1))).isEqualTo(1);
      assertThat(cluster.leader(new TopicPartition("t", 2))).isEqualTo(-1);
    }
  }

  @Test
  void saysWhoItIs() {
    try (Cluster cluster = connect()) {
      assertThat(cluster.view().nodes()).hasSize(1);
      ApiVersionsRequest first = node.seen(ApiVersionsRequest.class).getFirst();
      assertThat(first.clientSoftwareName()).isEqualTo("millrace");
    }
  }

  @Test
  void agreesWithANodeThatKnowsOnlyTheFirstVersion() {
    node.atMost(ApiKey.API_VERSIONS, 0).atMost(ApiKey.METADATA, 4);
    try (Cluster cluster = connect()) {
      assertThat(cluster.view().nodes()).containsKey(1);
    }
  }

  @Test
  void triesThePassingErrorsAgain() {
    AtomicInteger calls = new AtomicInteger();
    node.on(
        ApiKey.LIST_GROUPS,
        request ->
            calls.getAndIncrement() < 3
                ? ListGroupsResponse.builder()
                    .errorCode(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
                    .build()
                : ListGroupsResponse.builder()
                    .groups(List.of(ListedGroup.builder().groupId("g").build()))
                    .build());
    try (Cluster cluster = connect()) {
      assertThat(new Groups(cluster).list()).extracting(Groups.Listed::group).containsExactly("g");
      assertThat(calls).hasValue(4);
    }
  }

  @Test
  void connectsAgainAfterABreak() {
    AtomicInteger calls = new AtomicInteger();
    node.on(
        ApiKey.LIST_GROUPS,
        request -> calls.getAndIncrement() == 0 ? null : ListGroupsResponse.DEFAULT);
    try (Cluster cluster = connect()) {
      assertThat(new Groups(cluster).list()).isEmpty();
    }
  }

  @Test
  void anErrorThatStaysIsTold() {
    node.on(
        ApiKey.LIST_GROUPS,
        request ->
            ListGroupsResponse.builder().errorCode(ErrorCode.CLUSTER_AUTHORIZATION_FAILED).build());
    try (Cluster cluster = connect()) {
      assertThatThrownBy(() -> new Groups(cluster).list())
          .isInstanceOf(ClientException.class)
          .hasMessage("list groups: CLUSTER_AUTHORIZATION_FAILED");
    }
  }

  @Test
  void whatTheNodeDoesNotSpeakIsTold() {
    try (Cluster cluster = connect()) {
      assertThatThrownBy(() -> new Topics(cluster).delete("t"))
          .isInstanceOf(ClientException.class)
          .hasMessage("the node does not support DeleteTopics, node=" + node.endpoint());
    }
  }

  @Test
  void triesEveryAddressOfTheList() {
    List<Endpoint> addresses = List.of(new Endpoint("127.0.0.1", 1), node.endpoint());
    try (Cluster cluster = Cluster.connect(addresses, QUICK)) {
      assertThat(cluster.view().controllerId()).isEqualTo(1);
    }
  }

  @Test
  void nobodyListens() {
    assertThatThrownBy(() -> Cluster.connect(List.of(new Endpoint("127.0.0.1", 1)), QUICK))
        .isInstanceOf(ClientException.class)
        .hasMessage("nobody listens, node=127.0.0.1:1");
  }

  private Cluster connect() {
    return Cluster.connect(List.of(node.endpoint()), QUICK);
  }
}
