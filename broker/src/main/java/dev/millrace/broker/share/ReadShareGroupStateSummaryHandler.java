package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest.ReadStateSummaryData;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse.PartitionResult;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse.ReadStateSummaryResult;
import java.util.ArrayList;
import java.util.List;

/**
 * ReadShareGroupStateSummary (87), versions 0–1: how far a group is, for people; 1 adds how many
 * offsets are done with.
 */
final class ReadShareGroupStateSummaryHandler
    implements Handler<ReadShareGroupStateSummaryRequest> {
  private final ShareCoordinator coordinator;

  ReadShareGroupStateSummaryHandler(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.READ_SHARE_GROUP_STATE_SUMMARY;
  }

  @Override
  public void handle(Call call, ReadShareGroupStateSummaryRequest request) {
    Gathering
        .<ReadStateSummaryData, ReadShareGroupStateSummaryRequest.PartitionData, PartitionResult>of(
            request.topics(),
            ReadStateSummaryData::partitions,
            (topic, asked, answer) ->
                coordinator.summary(
                    key(request, topic, asked.partition()),
                    found -> answer.accept(result(asked.partition(), found))),
            results -> call.answer(response(request, results)));
  }

  private static ShareKey key(ReadShareGroupStateSummaryRequest request, int topic, int partition) {
    return new ShareKey(request.groupId(), request.topics().get(topic).topicId(), partition);
  }

  private static PartitionResult result(int partition, ShareAnswer found) {
    PartitionResult.Builder result =
        PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(found.error() == ErrorCode.NONE ? null : found.message());
    ShareState state = found.state();
    result.startOffset(ShareState.UNINITIALIZED).deliveryCompleteCount(-1);
    if (state != null) {
      result
          .stateEpoch(state.stateEpoch())
          .leaderEpoch(state.leaderEpoch())
          .startOffset(state.startOffset())
          .deliveryCompleteCount(state.deliveryCompleteCount());
    }
    return result.build();
  }

  private static ReadShareGroupStateSummaryResponse response(
      ReadShareGroupStateSummaryRequest request, List<List<PartitionResult>> results) {
    List<ReadStateSummaryResult> topics = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      topics.add(new ReadStateSummaryResult(request.topics().get(i).topicId(), results.get(i)));
    }
    return ReadShareGroupStateSummaryResponse.builder().results(topics).build();
  }
}
