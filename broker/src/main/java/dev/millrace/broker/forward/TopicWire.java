package dev.millrace.broker.forward;

import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.LinkedHashMap;
import java.util.Map;

/** Topics that a node wants as a request, and its answer as their outcomes. */
record TopicWire(CreateTopics command) {
  private static final int TIMEOUT_MS = 20_000;

  CreateTopicsRequest request() {
    return CreateTopicsRequest.builder()
        .topics(command.topics().stream().map(TopicWire::topic).toList())
        .timeoutMs(TIMEOUT_MS)
        .validateOnly(command.validateOnly())
        .build();
  }

  private static CreatableTopic topic(NewTopic topic) {
    return CreatableTopic.builder()
        .name(topic.name())
        .numPartitions(topic.partitions())
        .replicationFactor((short) topic.replicationFactor())
        .assignments(
            topic.assignment().entrySet().stream()
                .map(one -> new CreatableReplicaAssignment(one.getKey(), one.getValue()))
                .toList())
        .configs(
            topic.configs().entrySet().stream()
                .map(one -> new CreatableTopicConfig(one.getKey(), one.getValue()))
                .toList())
        .build();
  }

  Map<String, Outcome<CreatedTopic>> outcomes(CreateTopicsResponse response) {
    Map<String, Outcome<CreatedTopic>> outcomes = new LinkedHashMap<>();
    for (CreatableTopicResult result : response.topics()) {
      outcomes.put(result.name(), outcome(result));
    }
    return outcomes;
  }

  private static Outcome<CreatedTopic> outcome(CreatableTopicResult result) {
    ErrorCode error = ErrorCode.of(result.errorCode());
    if (error != ErrorCode.NONE) {
      return Outcome.refused(
          error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error,
          String.valueOf(result.errorMessage()));
    }
    return Outcome.done(
        new CreatedTopic(
            result.name(),
            result.topicId(),
            result.numPartitions(),
            result.replicationFactor(),
            Map.of()));
  }
}
