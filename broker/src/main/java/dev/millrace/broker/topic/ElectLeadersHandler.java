package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.ElectLeaders;
import dev.millrace.quorum.control.ElectLeaders.Partition;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ElectLeadersRequest;
import dev.millrace.wire.message.ElectLeadersRequest.TopicPartitions;
import dev.millrace.wire.message.ElectLeadersResponse;
import dev.millrace.wire.message.ElectLeadersResponse.PartitionResult;
import dev.millrace.wire.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ElectLeaders (43), versions 0–2: elects the preferred replica, or any replica of a partition that
 * has no leader (KIP-183, KIP-460).
 *
 * <p>Null partitions mean all; those that need no election are then left out.
 */
public final class ElectLeadersHandler implements Handler<ElectLeadersRequest> {
  private final ActiveController controller;

  public ElectLeadersHandler(ActiveController controller) {
    this.controller = controller;
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
    ElectLeaders.Type[] types = ElectLeaders.Type.values();
    int type = request.electionType();
    if (type < 0 || type >= types.length) {
      call.answer(ElectLeadersResponse.builder().errorCode(ErrorCode.INVALID_REQUEST).build());
      return;
    }
    call.holdNext();
    controller.submit(
        new ElectLeaders(types[type], partitions(request.topicPartitions())),
        outcome ->
            call.answer(
                switch (outcome) {
                  case Outcome.Refused<Map<Partition, Outcome<Integer>>> refused ->
                      ElectLeadersResponse.builder().errorCode(refused.error()).build();
                  case Outcome.Done<Map<Partition, Outcome<Integer>>> done ->
                      response(done.value());
                }));
  }

  private static @Nullable List<Partition> partitions(@Nullable List<TopicPartitions> asked) {
    if (asked == null) {
      return null;
    }
    List<Partition> partitions = new ArrayList<>();
    for (TopicPartitions topic : asked) {
      topic.partitions().forEach(index -> partitions.add(new Partition(topic.topic(), index)));
    }
    return partitions;
  }

  private static ElectLeadersResponse response(Map<Partition, Outcome<Integer>> outcomes) {
    Map<String, List<PartitionResult>> topics = new LinkedHashMap<>();
    outcomes.forEach((partition, outcome) ->
        topics
            .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
            .add(
                PartitionResult.builder()
                    .partitionId(partition.index())
                    .errorCode(outcome.error())
                    .errorMessage(outcome instanceof Outcome.Refused<?> no ? no.message() : null)
                    .build()));
    List<ReplicaElectionResult> results = new ArrayList<>();
    topics.forEach((name, partitions) -> results.add(new ReplicaElectionResult(name, partitions)));
    return ElectLeadersResponse.builder().replicaElectionResults(results).build();
  }
}
