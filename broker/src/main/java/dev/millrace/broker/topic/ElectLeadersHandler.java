package dev.millrace.broker.topic;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ElectLeadersRequest;
import dev.millrace.wire.message.ElectLeadersRequest.TopicPartitions;
import dev.millrace.wire.message.ElectLeadersResponse;
import dev.millrace.wire.message.ElectLeadersResponse.PartitionResult;
import dev.millrace.wire.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * ElectLeaders (43), versions 0–2: elects the preferred replica, or any replica of a partition that
 * has no leader (KIP-460). Every partition of this node has one copy, so its leader is the
 * preferred one or cannot lead at all: nothing is elected, and the answer says why.
 *
 * <p>Null partitions mean all; those that need no election are then left out.
 */
public final class ElectLeadersHandler implements Handler<ElectLeadersRequest> {
  private static final byte PREFERRED = 0;
  private static final byte UNCLEAN = 1;

  private final Node node;

  public ElectLeadersHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ELECT_LEADERS;
  }

  @Override
  public boolean isForController(ElectLeadersRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, ElectLeadersRequest request) {
    if (request.electionType() != PREFERRED && request.electionType() != UNCLEAN) {
      call.answer(ElectLeadersResponse.builder().errorCode(ErrorCode.INVALID_REQUEST).build());
      return;
    }
    ClusterImage image = node.image();
    List<TopicPartitions> asked = request.topicPartitions();
    boolean unclean = request.electionType() == UNCLEAN;
    Stream<ReplicaElectionResult> results =
        asked == null
            ? image.topics().byId().values().stream().map(topic -> allOf(topic, unclean))
            : asked.stream()
                .map(topic -> result(topic.topic(), topic.partitions(), image, unclean));
    call.answer(
        ElectLeadersResponse.builder()
            .replicaElectionResults(
                results.filter(topic -> !topic.partitionResult().isEmpty()).toList())
            .build());
  }

  private static ReplicaElectionResult allOf(TopicImage topic, boolean unclean) {
    List<PartitionResult> failed =
        topic.partitions().entrySet().stream()
            .map(partition -> result(partition.getKey(), error(partition.getValue(), unclean)))
            .filter(result -> result.errorCode() != ErrorCode.ELECTION_NOT_NEEDED.code())
            .toList();
    return new ReplicaElectionResult(topic.name(), failed);
  }

  private static ReplicaElectionResult result(
      String name, Collection<Integer> indexes, ClusterImage image, boolean unclean) {
    TopicImage topic = image.topic(name);
    return new ReplicaElectionResult(
        name,
        new HashSet<>(indexes)
            .stream().map(index -> result(index, error(topic, index, unclean))).toList());
  }

  private static ErrorCode error(@Nullable TopicImage topic, int index, boolean unclean) {
    PartitionImage partition = topic == null ? null : topic.partition(index);
    return partition == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : error(partition, unclean);
  }

  private static ErrorCode error(PartitionImage partition, boolean unclean) {
    if (unclean) {
      return partition.hasLeader()
          ? ErrorCode.ELECTION_NOT_NEEDED
          : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE;
    }
    return partition.replicas().getFirst() == partition.leader()
        ? ErrorCode.ELECTION_NOT_NEEDED
        : ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE;
  }

  private static PartitionResult result(int index, ErrorCode error) {
    return PartitionResult.builder()
        .partitionId(index)
        .errorCode(error)
        .errorMessage(message(error))
        .build();
  }

  private static String message(ErrorCode error) {
    return switch (error) {
      case ELECTION_NOT_NEEDED -> "the partition has the leader that was asked for";
      case UNKNOWN_TOPIC_OR_PARTITION -> "there is no such partition";
      default -> "no replica of the partition can lead";
    };
  }
}
