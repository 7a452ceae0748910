package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CreateTopics (19), versions 2–7: topics with their partitions, their placement and their
 * settings.
 *
 * <ul>
 *   <li>4: -1 partitions and replicas mean the broker's defaults (KIP-464)
 *   <li>5: the answer carries the topic's settings (KIP-525)
 *   <li>6: may be throttled (KIP-599); there are no quotas yet
 *   <li>7: the answer carries the topic's id (KIP-516)
 * </ul>
 */
public final class CreateTopicsHandler implements Handler<CreateTopicsRequest> {
  private static final String METADATA_TOPIC = "__cluster_metadata";

  private final Node node;
  private final ActiveController controller;

  public CreateTopicsHandler(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.CREATE_TOPICS;
  }

  @Override
  public boolean isForController(CreateTopicsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, CreateTopicsRequest request) {
    Map<String, CreatableTopicResult> refused = new LinkedHashMap<>();
    List<NewTopic> wanted = new ArrayList<>();
    for (CreatableTopic topic : request.topics()) {
      String problem = problem(topic);
      if (problem == null) {
        wanted.add(newTopic(topic));
      } else {
        refused.put(topic.name(), refused(topic.name(), error(topic), problem));
      }
    }
    wanted.removeIf(topic -> refused.containsKey(topic.name()));
    CreateTopics command = new CreateTopics(wanted, request.validateOnly());
    call.holdNext();
    controller.submit(command, outcome -> created(call, request, refused, outcome));
  }

  /** What is wrong with a topic that the command has no place for, or null. */
  private static @Nullable String problem(CreatableTopic topic) {
    if (topic.name().equals(METADATA_TOPIC)) {
      return "topic is the cluster's own, it cannot be created";
    }
    long different =
        topic.assignments().stream()
            .mapToInt(CreatableReplicaAssignment::partitionIndex)
            .distinct()
            .count();
    return different == topic.assignments().size() ? null : "a partition is assigned twice";
  }

  private static ErrorCode error(CreatableTopic topic) {
    return topic.name().equals(METADATA_TOPIC)
        ? ErrorCode.INVALID_REQUEST
        : ErrorCode.INVALID_REPLICA_ASSIGNMENT;
  }

  private static NewTopic newTopic(CreatableTopic topic) {
    Map<Integer, List<Integer>> assignment = new HashMap<>();
    for (CreatableReplicaAssignment partition : topic.assignments()) {
      assignment.put(partition.partitionIndex(), partition.brokerIds());
    }
    Map<String, @Nullable String> configs = new LinkedHashMap<>();
    for (CreatableTopicConfig config : topic.configs()) {
      configs.put(config.name(), config.value());
    }
    return new NewTopic(
        topic.name(), topic.numPartitions(), topic.replicationFactor(), assignment, configs);
  }

  private void created(
      Call call,
      CreateTopicsRequest request,
      Map<String, CreatableTopicResult> refused,
      Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    Results results = new Results(node);
    refused.values().forEach(results::add);
    switch (outcome) {
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          done.value().forEach(results::add);
      case Outcome.Refused<Map<String, Outcome<CreatedTopic>>> all ->
          request.topics().stream()
              .map(CreatableTopic::name)
              .filter(name -> !refused.containsKey(name))
              .distinct()
              .forEach(name -> results.add(refused(name, all.error(), all.message())));
    }
    call.answer(results.response());
  }

  private static CreatableTopicResult refused(String name, ErrorCode error, String message) {
    return CreatableTopicResult.builder()
        .name(name)
        .errorCode(error)
        .errorMessage(message)
        .configs(null)
        .build();
  }

  /** The answer as it grows. */
  private static final class Results {
    private final TopicConfigs configs;
    private final List<CreatableTopicResult> topics = new ArrayList<>();

    Results(Node node) {
      configs = new TopicConfigs(node.settings(node.image()));
    }

    void add(CreatableTopicResult result) {
      topics.add(result);
    }

    void add(String name, Outcome<CreatedTopic> outcome) {
      switch (outcome) {
        case Outcome.Done<CreatedTopic> done -> add(done.value());
        case Outcome.Refused<CreatedTopic> no -> add(refused(name, no.error(), no.message()));
      }
    }

    private void add(CreatedTopic topic) {
      topics.add(
          CreatableTopicResult.builder()
              .name(topic.name())
              .topicId(topic.id())
              .errorMessage(null)
              .numPartitions(topic.partitions())
              .replicationFactor((short) topic.replicationFactor())
              .configs(configs.of(topic.configs()))
              .build());
    }

    CreateTopicsResponse response() {
      return CreateTopicsResponse.builder().topics(topics).build();
    }
  }
}
