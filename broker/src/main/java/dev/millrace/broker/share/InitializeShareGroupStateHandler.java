package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.InitializeShareGroupStateRequest;
import dev.millrace.wire.message.InitializeShareGroupStateRequest.InitializeStateData;
import dev.millrace.wire.message.InitializeShareGroupStateResponse;
import dev.millrace.wire.message.InitializeShareGroupStateResponse.InitializeStateResult;
import dev.millrace.wire.message.InitializeShareGroupStateResponse.PartitionResult;
import java.util.ArrayList;
import java.util.List;

/**
 * InitializeShareGroupState (83), version 0: sets the state of partitions that a group is to read
 * anew.
 */
final class InitializeShareGroupStateHandler implements Handler<InitializeShareGroupStateRequest> {
  private final ShareCoordinator coordinator;

  InitializeShareGroupStateHandler(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.INITIALIZE_SHARE_GROUP_STATE;
  }

  @Override
  public void handle(Call call, InitializeShareGroupStateRequest request) {
    Gathering
        .<InitializeStateData, InitializeShareGroupStateRequest.PartitionData, PartitionResult>of(
            request.topics(),
            InitializeStateData::partitions,
            (topic, asked, answer) ->
                coordinator.initialize(
                    key(request, topic, asked.partition()),
                    asked.stateEpoch(),
                    asked.startOffset(),
                    found -> answer.accept(result(asked.partition(), found))),
            results -> call.answer(response(request, results)));
  }

  private static ShareKey key(InitializeShareGroupStateRequest request, int topic, int partition) {
    return new ShareKey(request.groupId(), request.topics().get(topic).topicId(), partition);
  }

  private static PartitionResult result(int partition, ShareAnswer found) {
    PartitionResult.Builder result =
        PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(found.error() == ErrorCode.NONE ? null : found.message());
    return result.build();
  }

  private static InitializeShareGroupStateResponse response(
      InitializeShareGroupStateRequest request, List<List<PartitionResult>> results) {
    List<InitializeStateResult> topics = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      topics.add(new InitializeStateResult(request.topics().get(i).topicId(), results.get(i)));
    }
    return InitializeShareGroupStateResponse.builder().results(topics).build();
  }
}
