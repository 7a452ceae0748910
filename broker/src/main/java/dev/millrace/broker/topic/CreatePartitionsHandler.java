package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.CreatePartitions;
import dev.millrace.quorum.control.CreatePartitions.MorePartitions;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.CreatePartitionsRequest;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.millrace.wire.message.CreatePartitionsResponse;
import dev.millrace.wire.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CreatePartitions (37), versions 0–3: more partitions for topics, up to a count (KIP-195). */
public final class CreatePartitionsHandler implements Handler<CreatePartitionsRequest> {
  private final ActiveController controller;

  public CreatePartitionsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.CREATE_PARTITIONS;
  }

  @Override
  public boolean isForController(CreatePartitionsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, CreatePartitionsRequest request) {
    List<MorePartitions> topics =
        request.topics().stream()
            .map(topic -> new MorePartitions(topic.name(), topic.count(), assignments(topic)))
            .toList();
    call.holdNext();
    controller.submit(
        new CreatePartitions(topics, request.validateOnly()),
        outcome -> call.answer(answer(request, outcome)));
  }

  private static @Nullable List<List<Integer>> assignments(CreatePartitionsTopic topic) {
    List<CreatePartitionsAssignment> assignments = topic.assignments();
    return assignments == null
        ? null
        : assignments.stream().map(CreatePartitionsAssignment::brokerIds).toList();
  }

  private static CreatePartitionsResponse answer(
      CreatePartitionsRequest request, Outcome<Map<String, Outcome<Integer>>> outcome) {
    Map<String, CreatePartitionsTopicResult> results = new LinkedHashMap<>();
    for (CreatePartitionsTopic topic : request.topics()) {
      results.computeIfAbsent(topic.name(), name -> result(name, outcome));
    }
    return CreatePartitionsResponse.builder().results(List.copyOf(results.values())).build();
  }

  private static CreatePartitionsTopicResult result(
      String name, Outcome<Map<String, Outcome<Integer>>> outcome) {
    return switch (outcome) {
      case Outcome.Done<Map<String, Outcome<Integer>>> done -> one(name, done.value().get(name));
      case Outcome.Refused<Map<String, Outcome<Integer>>> all ->
          refused(name, all.error(), all.message());
    };
  }

  private static CreatePartitionsTopicResult one(String name, @Nullable Outcome<Integer> outcome) {
    return switch (outcome) {
      case null -> refused(name, ErrorCode.UNKNOWN_SERVER_ERROR, "controller did not answer");
      case Outcome.Done<Integer> _ ->
          CreatePartitionsTopicResult.builder().name(name).errorMessage(null).build();
      case Outcome.Refused<Integer> no -> refused(name, no.error(), no.message());
    };
  }

  private static CreatePartitionsTopicResult refused(String name, ErrorCode error, String message) {
    return CreatePartitionsTopicResult.builder()
        .name(name)
        .errorCode(error)
        .errorMessage(message)
        .build();
  }
}
