package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.DeliveryBatch;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.WriteShareGroupStateRequest;
import dev.millrace.wire.message.WriteShareGroupStateRequest.PartitionData;
import dev.millrace.wire.message.WriteShareGroupStateRequest.WriteStateData;
import dev.millrace.wire.message.WriteShareGroupStateResponse;
import dev.millrace.wire.message.WriteShareGroupStateResponse.PartitionResult;
import dev.millrace.wire.message.WriteShareGroupStateResponse.WriteStateResult;
import java.util.ArrayList;
import java.util.List;

/**
 * WriteShareGroupState (85), versions 0–1: the leader of a partition writes how far a group is; 1
 * adds how many offsets are done with.
 */
final class WriteShareGroupStateHandler implements Handler<WriteShareGroupStateRequest> {
  private final ShareCoordinator coordinator;

  WriteShareGroupStateHandler(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.WRITE_SHARE_GROUP_STATE;
  }

  @Override
  public void handle(Call call, WriteShareGroupStateRequest request) {
    Gathering.<WriteStateData, WriteShareGroupStateRequest.PartitionData, PartitionResult>of(
        request.topics(),
        WriteStateData::partitions,
        (topic, asked, answer) ->
            coordinator.write(
                key(request, topic, asked.partition()),
                asked.stateEpoch(),
                change(asked),
                found -> answer.accept(result(asked.partition(), found))),
        results -> call.answer(response(request, results)));
  }

  private static ShareKey key(WriteShareGroupStateRequest request, int topic, int partition) {
    return new ShareKey(request.groupId(), request.topics().get(topic).topicId(), partition);
  }

  private static ShareState.Change change(PartitionData asked) {
    return new ShareState.Change(
        asked.leaderEpoch(),
        asked.startOffset(),
        asked.deliveryCompleteCount(),
        asked.stateBatches().stream()
            .map(one ->
                new DeliveryBatch(
                    one.firstOffset(), one.lastOffset(), one.deliveryState(), one.deliveryCount()))
            .toList());
  }

  private static PartitionResult result(int partition, ShareAnswer found) {
    PartitionResult.Builder result =
        PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(found.error() == ErrorCode.NONE ? null : found.message());
    return result.build();
  }

  private static WriteShareGroupStateResponse response(
      WriteShareGroupStateRequest request, List<List<PartitionResult>> results) {
    List<WriteStateResult> topics = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      topics.add(new WriteStateResult(request.topics().get(i).topicId(), results.get(i)));
    }
    return WriteShareGroupStateResponse.builder().results(topics).build();
  }
}
