package dev.millrace.broker.control;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.AlterPartition.Member;
import dev.millrace.quorum.control.AlterPartition.Proposal;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.message.AlterPartitionRequest;
import dev.millrace.wire.message.AlterPartitionResponse;
import dev.millrace.wire.message.AlterPartitionResponse.PartitionData;
import dev.millrace.wire.message.AlterPartitionResponse.TopicData;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * AlterPartition (56), versions 2–3: a leader tells who is in sync with it (KIP-497).
 *
 * <ul>
 *   <li>3: each member with the epoch of its broker (KIP-903)
 * </ul>
 */
final class AlterPartitionHandler implements Handler<AlterPartitionRequest> {
  private static final short EPOCHS_SINCE = 3;

  private final ActiveController controller;

  AlterPartitionHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_PARTITION;
  }

  @Override
  public void handle(Call call, AlterPartitionRequest request) {
    List<Proposal> proposals = new ArrayList<>();
    for (AlterPartitionRequest.TopicData topic : request.topics()) {
      for (AlterPartitionRequest.PartitionData partition : topic.partitions()) {
        proposals.add(
            new Proposal(
                topic.topicId(),
                partition.partitionIndex(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                members(call.version(), partition),
                partition.leaderRecoveryState()));
      }
    }
    controller.submit(
        new AlterPartition(request.brokerId(), request.brokerEpoch(), proposals),
        outcome -> call.answer(response(request, outcome)));
  }

  private static List<Member> members(
      short version, AlterPartitionRequest.PartitionData partition) {
    return version >= EPOCHS_SINCE
        ? partition.newIsrWithEpochs().stream()
            .map(one -> new Member(one.brokerId(), one.brokerEpoch()))
            .toList()
        : partition.newIsr().stream()
            .map(one -> new Member(one, AlterPartition.ANY_EPOCH))
            .toList();
  }

  private static AlterPartitionResponse response(
      AlterPartitionRequest request, Outcome<List<Outcome<PartitionImage>>> outcome) {
    return switch (outcome) {
      case Outcome.Refused<List<Outcome<PartitionImage>>> refused ->
          AlterPartitionResponse.builder().errorCode(refused.error()).build();
      case Outcome.Done<List<Outcome<PartitionImage>>> done -> {
        Iterator<Outcome<PartitionImage>> each = done.value().iterator();
        List<TopicData> topics = new ArrayList<>();
        for (AlterPartitionRequest.TopicData topic : request.topics()) {
          topics.add(
              new TopicData(
                  topic.topicId(),
                  topic.partitions().stream()
                      .map(one -> partition(one.partitionIndex(), each.next()))
                      .toList()));
        }
        yield AlterPartitionResponse.builder().topics(topics).build();
      }
    };
  }

  private static PartitionData partition(int index, Outcome<PartitionImage> outcome) {
    return switch (outcome) {
      case Outcome.Refused<PartitionImage> refused ->
          PartitionData.builder().partitionIndex(index).errorCode(refused.error()).build();
      case Outcome.Done<PartitionImage>(PartitionImage now) ->
          PartitionData.builder()
              .partitionIndex(index)
              .leaderId(now.leader())
              .leaderEpoch(now.leaderEpoch())
              .isr(now.isr())
              .leaderRecoveryState(now.recovery())
              .partitionEpoch(now.partitionEpoch())
              .build();
    };
  }
}
