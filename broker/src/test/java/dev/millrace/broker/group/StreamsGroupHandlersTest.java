package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupDescribeRequest;
import dev.millrace.wire.message.StreamsGroupDescribeResponse;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.KeyValue;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Subtopology;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.TopicInfo;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Topology;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import dev.millrace.wire.message.UpdateFeaturesRequest;
import dev.millrace.wire.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.millrace.wire.message.UpdateFeaturesResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Streams groups on a node (KIP-1071). */
class StreamsGroupHandlersTest {
  private static final int VERSIONS = 2;

  private final GroupNode groups =
      GroupNode.withOffsetsTopic(Map.of("group.streams.initial.rebalance.delay.ms", "0"));

  private static Topology topology(String retention) {
    return new Topology(
        0,
        List.of(
            Subtopology.builder()
                .subtopologyId("0")
                .sourceTopics(List.of("text"))
                .stateChangelogTopics(
                    List.of(
                        TopicInfo.builder()
                            .name("app-counts-changelog")
                            .topicConfigs(List.of(new KeyValue("retention.ms", retention)))
                            .build()))
                .build()));
  }

  private StreamsGroupHeartbeatResponse beat(StreamsGroupHeartbeatRequest request, int version) {
    StreamsGroupHeartbeatResponse response =
        groups.node.call(StreamsGroupHeartbeatResponse.class, request, version);
    groups.node.owners().runMs(100);
    return response;
  }

  private StreamsGroupHeartbeatResponse join(String retention, int version) {
    return beat(
        StreamsGroupHeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId("m" + version)
            .topology(topology(retention))
            .processId("p")
            .rebalanceTimeoutMs(60_000)
            .activeTasks(List.of())
            .standbyTasks(List.of())
            .warmupTasks(List.of())
            .build(),
        version);
  }

  private DescribedGroup describe(int version) {
    return groups
        .node
        .call(
            StreamsGroupDescribeResponse.class,
            StreamsGroupDescribeRequest.builder()
                .groupIds(List.of(GROUP))
                .includeTopologyDescription(version > 0)
                .build(),
            version)
        .groups()
        .getFirst();
  }

  @Test
  void internalTopicsAreCreatedAndTasksGivenOut() {
    groups.topic("text", 3);
    for (int version = 0; version < VERSIONS; version++) {
      assertThat(join("1000", version).errorCode()).isZero();
    }
    assertThat(Objects.requireNonNull(groups.node.image().topic("app-counts-changelog")).id())
        .isNotNull();
    assertThat(groups.node.image().topic("app-counts-changelog").partitionCount()).isEqualTo(3);
    for (int version = 0; version < VERSIONS; version++) {
      StreamsGroupHeartbeatResponse response =
          beat(
              StreamsGroupHeartbeatRequest.builder()
                  .groupId(GROUP)
                  .memberId("m" + version)
                  .memberEpoch(describe(version).members().get(version).memberEpoch())
                  .build(),
              version);
      assertThat(response.errorCode()).as(response.errorMessage()).isZero();
      assertThat(describe(version).topologyDescriptionStatus()).isEqualTo((byte) version);
    }
    int tasks =
        describe(1).members().stream()
            .flatMap(member -> member.assignment().activeTasks().stream())
            .mapToInt(each -> each.partitions().size())
            .sum();
    assertThat(tasks).isEqualTo(3);
    assertThat(describe(0).groupState()).isEqualTo("Stable");
  }

  @Test
  void whyATopicCanNotBeCreatedIsTold() {
    groups.topic("text", 3);
    join("soon", 0);
    assertThat(Objects.requireNonNull(join("soon", 0).status()).getLast().statusDetail())
        .contains("Internal topics are missing: app-counts-changelog; Creation failed: ")
        .contains("retention.ms");
  }

  @Test
  void thereAreNoneBelowTheirLevel() {
    UpdateFeaturesRequest lower =
        UpdateFeaturesRequest.builder()
            .featureUpdates(
                List.of(
                    FeatureUpdateKey.builder()
                        .feature("streams.version")
                        .maxVersionLevel((short) 0)
                        .upgradeType((byte) 2)
                        .build()))
            .build();
    assertThat(groups.node.call(UpdateFeaturesResponse.class, lower, 1).errorCode()).isZero();
    assertThat(join("1000", 0).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    assertThat(describe(0).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
  }
}
