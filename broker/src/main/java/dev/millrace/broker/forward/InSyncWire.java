package dev.millrace.broker.forward;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.AlterPartition.Proposal;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterPartitionRequest;
import dev.millrace.wire.message.AlterPartitionResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Proposals of in-sync sets as a request, and its answer as their outcomes. */
record InSyncWire(AlterPartition command) {
  private record Place(Uuid topic, int partition) {}

  AlterPartitionRequest request() {
    Map<Uuid, List<AlterPartitionRequest.PartitionData>> topics = new LinkedHashMap<>();
    for (Proposal proposal : command.proposals()) {
      topics
          .computeIfAbsent(proposal.topicId(), id -> new ArrayList<>())
          .add(
              AlterPartitionRequest.PartitionData.builder()
                  .partitionIndex(proposal.partition())
                  .leaderEpoch(proposal.leaderEpoch())
                  .partitionEpoch(proposal.partitionEpoch())
                  .leaderRecoveryState(proposal.recovery())
                  .newIsrWithEpochs(
                      proposal.isr().stream()
                          .map(one ->
                              new AlterPartitionRequest.BrokerState(
                                  one.brokerId(), one.brokerEpoch()))
                          .toList())
                  .build());
    }
    List<AlterPartitionRequest.TopicData> data = new ArrayList<>();
    topics.forEach((id, parts) -> data.add(new AlterPartitionRequest.TopicData(id, parts)));
    return new AlterPartitionRequest(command.brokerId(), command.brokerEpoch(), data);
  }

  /** In the order of the proposals. */
  List<Outcome<PartitionImage>> outcomes(AlterPartitionResponse response) {
    Map<Place, AlterPartitionResponse.PartitionData> told = new HashMap<>();
    for (AlterPartitionResponse.TopicData topic : response.topics()) {
      topic
          .partitions()
          .forEach(one -> told.put(new Place(topic.topicId(), one.partitionIndex()), one));
    }
    return command.proposals().stream()
        .map(one -> outcome(one, told.get(new Place(one.topicId(), one.partition()))))
        .toList();
  }

  private static Outcome<PartitionImage> outcome(
      Proposal proposal, AlterPartitionResponse.@Nullable PartitionData told) {
    if (told == null) {
      return Outcome.refused(
          ErrorCode.UNKNOWN_SERVER_ERROR,
          "the controller does not speak of the partition, partition=" + proposal.partition());
    }
    ErrorCode error = ErrorCode.of(told.errorCode());
    if (error != ErrorCode.NONE) {
      return Outcome.refused(
          error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error,
          "the active controller refuses the in-sync set, error=" + told.errorCode());
    }
    return Outcome.done(
        new PartitionImage(
            List.of(),
            List.of(),
            told.isr(),
            told.leaderId(),
            told.leaderEpoch(),
            told.partitionEpoch(),
            told.leaderRecoveryState(),
            PartitionImage.Reassignment.NONE,
            List.of(),
            List.of()));
  }
}
