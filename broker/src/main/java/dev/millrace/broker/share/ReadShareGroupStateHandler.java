package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ReadShareGroupStateRequest;
import dev.millrace.wire.message.ReadShareGroupStateRequest.ReadStateData;
import dev.millrace.wire.message.ReadShareGroupStateResponse;
import dev.millrace.wire.message.ReadShareGroupStateResponse.PartitionResult;
import dev.millrace.wire.message.ReadShareGroupStateResponse.ReadStateResult;
import dev.millrace.wire.message.ReadShareGroupStateResponse.StateBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * ReadShareGroupState (84), version 0: the leader of a partition reads how far a group is, which
 * fences its predecessors.
 */
final class ReadShareGroupStateHandler implements Handler<ReadShareGroupStateRequest> {
  private final ShareCoordinator coordinator;

  ReadShareGroupStateHandler(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.READ_SHARE_GROUP_STATE;
  }

  @Override
  public void handle(Call call, ReadShareGroupStateRequest request) {
    Gathering.<ReadStateData, ReadShareGroupStateRequest.PartitionData, PartitionResult>of(
        request.topics(),
        ReadStateData::partitions,
        (topic, asked, answer) ->
            coordinator.read(
                key(request, topic, asked.partition()),
                asked.leaderEpoch(),
                found -> answer.accept(result(asked.partition(), found))),
        results -> call.answer(response(request, results)));
  }

  private static ShareKey key(ReadShareGroupStateRequest request, int topic, int partition) {
    return new ShareKey(request.groupId(), request.topics().get(topic).topicId(), partition);
  }

  private static PartitionResult result(int partition, ShareAnswer found) {
    PartitionResult.Builder result =
        PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(found.error() == ErrorCode.NONE ? null : found.message());
    ShareState state = found.state();
    if (state != null) {
      result
          .stateEpoch(state.stateEpoch())
          .startOffset(state.startOffset())
          .stateBatches(
              state.batches().stream()
                  .map(one ->
                      new StateBatch(one.first(), one.last(), one.state(), one.deliveryCount()))
                  .toList());
    }
    return result.build();
  }

  private static ReadShareGroupStateResponse response(
      ReadShareGroupStateRequest request, List<List<PartitionResult>> results) {
    List<ReadStateResult> topics = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      topics.add(new ReadStateResult(request.topics().get(i).topicId(), results.get(i)));
    }
    return ReadShareGroupStateResponse.builder().results(topics).build();
  }
}
