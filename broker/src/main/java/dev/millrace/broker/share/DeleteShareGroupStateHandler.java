package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteShareGroupStateRequest;
import dev.millrace.wire.message.DeleteShareGroupStateRequest.DeleteStateData;
import dev.millrace.wire.message.DeleteShareGroupStateResponse;
import dev.millrace.wire.message.DeleteShareGroupStateResponse.DeleteStateResult;
import dev.millrace.wire.message.DeleteShareGroupStateResponse.PartitionResult;
import java.util.ArrayList;
import java.util.List;

/**
 * DeleteShareGroupState (86), version 0: forgets the states of partitions; those that are not there
 * are no error.
 */
final class DeleteShareGroupStateHandler implements Handler<DeleteShareGroupStateRequest> {
  private final ShareCoordinator coordinator;

  DeleteShareGroupStateHandler(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_SHARE_GROUP_STATE;
  }

  @Override
  public void handle(Call call, DeleteShareGroupStateRequest request) {
    Gathering.<DeleteStateData, DeleteShareGroupStateRequest.PartitionData, PartitionResult>of(
        request.topics(),
        DeleteStateData::partitions,
        (topic, asked, answer) ->
            coordinator.delete(
                key(request, topic, asked.partition()),
                found -> answer.accept(result(asked.partition(), found))),
        results -> call.answer(response(request, results)));
  }

  private static ShareKey key(DeleteShareGroupStateRequest request, int topic, int partition) {
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

  private static DeleteShareGroupStateResponse response(
      DeleteShareGroupStateRequest request, List<List<PartitionResult>> results) {
    List<DeleteStateResult> topics = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      topics.add(new DeleteStateResult(request.topics().get(i).topicId(), results.get(i)));
    }
    return DeleteShareGroupStateResponse.builder().results(topics).build();
  }
}
