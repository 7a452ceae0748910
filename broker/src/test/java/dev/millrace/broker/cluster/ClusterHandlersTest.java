package dev.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.DescribeClusterResponse.DescribeClusterBroker;
import dev.millrace.wire.message.DescribeQuorumRequest;
import dev.millrace.wire.message.DescribeQuorumResponse;
import dev.millrace.wire.message.DescribeQuorumResponse.PartitionData;
import dev.millrace.wire.message.DescribeQuorumResponse.ReplicaState;
import dev.millrace.wire.message.UpdateFeaturesRequest;
import dev.millrace.wire.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.millrace.wire.message.UpdateFeaturesResponse;
import dev.millrace.wire.message.UpdateFeaturesResponse.UpdatableFeatureResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DescribeCluster, DescribeQuorum, UpdateFeatures. */
class ClusterHandlersTest {
  private final TestNode node = new TestNode();

  private DescribeClusterResponse cluster(DescribeClusterRequest.Builder request, int version) {
    return node.call(DescribeClusterResponse.class, request.build(), version);
  }

  @Test
  void clusterShowsItsBrokers() {
    for (int version = 0; version <= 2; version++) {
      DescribeClusterResponse answer = cluster(DescribeClusterRequest.builder(), version);
      assertThat(answer.errorCode()).isZero();
      assertThat(answer.errorMessage()).isNull();
      assertThat(answer.endpointType()).isEqualTo((byte) 1);
      assertThat(answer.clusterId()).isEqualTo(TestNode.CLUSTER_ID);
      assertThat(answer.controllerId()).isEqualTo(1);
      assertThat(answer.brokers())
          .containsExactly(new DescribeClusterBroker(1, "node1", 9092, "rack1", false));
      assertThat(answer.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
      DescribeClusterResponse told =
          cluster(
              DescribeClusterRequest.builder().includeClusterAuthorizedOperations(true), version);
      assertThat(told.clusterAuthorizedOperations()).isEqualTo(8096);
    }
  }

  @Test
  void addressesAreThoseOfTheListener() {
    Client other = node.newClient("OTHER");
    DescribeClusterResponse answer =
        other.call(DescribeClusterResponse.class, DescribeClusterRequest.DEFAULT, 2);
    assertThat(answer.brokers())
        .containsExactly(new DescribeClusterBroker(1, "node1.other", 9093, "rack1", false));
  }

  @Test
  void fencedBrokersOnDemand() {
    node.register(2, "node2");
    assertThat(cluster(DescribeClusterRequest.builder(), 2).brokers()).hasSize(1);
    assertThat(cluster(DescribeClusterRequest.builder().includeFencedBrokers(true), 2).brokers())
        .containsExactly(
            new DescribeClusterBroker(1, "node1", 9092, "rack1", false),
            new DescribeClusterBroker(2, "node2", 9092, "rack2", true));
  }

  @Test
  void controllersAreNotOnThisListener() {
    for (int version = 1; version <= 2; version++) {
      assertThat(
              cluster(DescribeClusterRequest.builder().endpointType((byte) 2), version).errorCode())
          .isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code());
      assertThat(
              cluster(DescribeClusterRequest.builder().endpointType((byte) 3), version).errorCode())
          .isEqualTo(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE.code());
    }
  }

  private DescribeQuorumResponse quorum(String topic, int partition, int version) {
    DescribeQuorumRequest request =
        new DescribeQuorumRequest(
            List.of(
                new DescribeQuorumRequest.TopicData(
                    topic, List.of(new DescribeQuorumRequest.PartitionData(partition)))));
    return node.call(DescribeQuorumResponse.class, request, version);
  }

  @Test
  void quorumIsOneVoterWithoutLag() {
    for (int version = 0; version <= 2; version++) {
      DescribeQuorumResponse answer = quorum("__cluster_metadata", 0, version);
      assertThat(answer.errorCode()).isZero();
      PartitionData partition = answer.topics().getFirst().partitions().getFirst();
      assertThat(partition.errorCode()).isZero();
      assertThat(partition.leaderId()).isEqualTo(1);
      assertThat(partition.leaderEpoch()).isEqualTo(node.image().epoch()).isPositive();
      assertThat(partition.highWatermark()).isEqualTo(node.image().offset() + 1).isPositive();
      ReplicaState voter = partition.currentVoters().getFirst();
      assertThat(voter.replicaId()).isEqualTo(1);
      assertThat(voter.logEndOffset()).isEqualTo(partition.highWatermark());
      assertThat(voter.lastCaughtUpTimestamp() == -1).isEqualTo(version == 0);
      assertThat(partition.observers()).isEmpty();
      assertThat(answer.nodes()).hasSize(version >= 2 ? 1 : 0);
    }
  }

  @Test
  void thereIsOneQuorum() {
    for (int version = 0; version <= 2; version++) {
      assertThat(
              quorum("orders", 0, version).topics().getFirst().partitions().getFirst().errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(
              quorum("__cluster_metadata", 1, version)
                  .topics()
                  .getFirst()
                  .partitions()
                  .getFirst()
                  .errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
  }

  private UpdateFeaturesResponse update(int version, FeatureUpdateKey.Builder... updates) {
    UpdateFeaturesRequest request =
        UpdateFeaturesRequest.builder()
            .featureUpdates(
                java.util.Arrays.stream(updates).map(FeatureUpdateKey.Builder::build).toList())
            .build();
    return node.call(UpdateFeaturesResponse.class, request, version);
  }

  private static FeatureUpdateKey.Builder level(String feature, int level) {
    return FeatureUpdateKey.builder().feature(feature).maxVersionLevel((short) level);
  }

  @Test
  void levelsThatAreThereCanBeFinalized() {
    for (int version = 0; version <= 2; version++) {
      UpdateFeaturesResponse answer = update(version, level("metadata.version", 30));
      assertThat(answer.errorCode()).as(answer.errorMessage()).isZero();
      assertThat(answer.results()).hasSize(version <= 1 ? 1 : 0);
    }
  }

  @Test
  void levelsThatAreNotThereAreRefused() {
    for (int version = 0; version <= 1; version++) {
      UpdateFeaturesResponse answer =
          update(version, level("metadata.version", 30), level("streams.version", 2));
      assertThat(answer.errorCode()).isZero();
      assertThat(answer.results())
          .extracting(UpdatableFeatureResult::errorCode)
          .containsExactly(
              ErrorCode.FEATURE_UPDATE_FAILED.code(), ErrorCode.INVALID_UPDATE_VERSION.code());
    }
    UpdateFeaturesResponse newest =
        update(2, level("metadata.version", 30), level("streams.version", 2));
    assertThat(newest.errorCode()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION.code());
    assertThat(newest.errorMessage()).contains("streams.version");
    assertThat(newest.results()).isEmpty();
    assertThat(update(2, level("metadata.version", 30).upgradeType((byte) 9)).errorCode())
        .isEqualTo(ErrorCode.INVALID_REQUEST.code());
  }
}
