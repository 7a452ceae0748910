package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.CreatePartitionsRequest;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.millrace.wire.message.CreatePartitionsResponse;
import dev.millrace.wire.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.DeleteTopicsRequest.DeleteTopicState;
import dev.millrace.wire.message.DeleteTopicsResponse;
import dev.millrace.wire.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates, grows and deletes topics. Blocks; throws {@link ClientException}. */
public final class Topics {
  /** Leaves the number of partitions or copies to the cluster's settings. */
  public static final int CLUSTER_DEFAULT = -1;

  /** First version of DeleteTopics that names topics in structs of their own. */
  private static final int DELETE_BY_STATE = 6;

  private final Cluster cluster;

  public Topics(Cluster cluster) {
    this.cluster = cluster;
  }

  /** What became of a new topic; -1 where an old node does not say. */
  public record Created(String name, int partitions, int replicas) {}

  /**
   * Creates a topic.
   *
   * @param partitions or {@link #CLUSTER_DEFAULT}
   * @param replicas copies of each partition, or {@link #CLUSTER_DEFAULT}
   * @param settings topic settings that differ from the cluster's
   */
  public Created create(String name, int partitions, int replicas, Map<String, String> settings) {
    List<CreatableTopicConfig> configs = new ArrayList<>();
    settings.forEach(
        (key, value) -> configs.add(CreatableTopicConfig.builder().name(key).value(value).build()));
    CreatableTopic topic =
        CreatableTopic.builder()
            .name(name)
            .numPartitions(partitions)
            .replicationFactor((short) replicas)
            .configs(configs)
            .build();
    CreateTopicsRequest request =
        CreateTopicsRequest.builder()
            .topics(List.of(topic))
            .timeoutMs(cluster.settings().callTimeoutMs())
            .build();
    CreateTopicsResponse answer = cluster.call(request, CreateTopicsResponse::read);
    CreatableTopicResult result = only(answer.topics(), "CreateTopics");
    check(result.errorCode(), "create topic " + name, result.errorMessage());
    return new Created(name, result.numPartitions(), result.replicationFactor());
  }

  /** Gives a topic more partitions; keys written from now on may go to others than before. */
  public void grow(String name, int partitions) {
    CreatePartitionsRequest request =
        CreatePartitionsRequest.builder()
            .topics(
                List.of(
                    CreatePartitionsTopic.builder()
                        .name(name)
                        .count(partitions)
                        .assignments(null)
                        .build()))
            .timeoutMs(cluster.settings().callTimeoutMs())
            .build();
    CreatePartitionsResponse answer = cluster.call(request, CreatePartitionsResponse::read);
    CreatePartitionsTopicResult result = only(answer.results(), "CreatePartitions");
    check(result.errorCode(), "alter topic " + name, result.errorMessage());
  }

  /** Deletes a topic and all its records. */
  public void delete(String name) {
    DeleteTopicsResponse answer =
        cluster.call(
            ApiKey.DELETE_TOPICS,
            DELETE_BY_STATE,
            version -> deletion(name, version),
            DeleteTopicsResponse::read);
    DeletableTopicResult result = only(answer.responses(), "DeleteTopics");
    check(result.errorCode(), "delete topic " + name, result.errorMessage());
  }

  private Request deletion(String name, int version) {
    DeleteTopicsRequest.Builder request =
        DeleteTopicsRequest.builder().timeoutMs(cluster.settings().callTimeoutMs());
    if (version >= DELETE_BY_STATE) {
      request.topics(List.of(DeleteTopicState.builder().name(name).build()));
    } else {
      request.topicNames(List.of(name));
    }
    return request.build();
  }

  static void check(short code, String what, @Nullable String message) {
    if (code != ErrorCode.NONE.code()) {
      throw ClientException.answered(code, what, message);
    }
  }

  static <T> T only(List<T> results, String api) {
    if (results.size() != 1) {
      throw ClientException.failed(
          "answer has another number of results, api=" + api + " results=" + results.size(), null);
    }
    return results.getFirst();
  }
}
