package dev.millrace.broker.share;

import dev.millrace.broker.Handler;
import dev.millrace.broker.share.ShareStateHandler.Answers;
import dev.millrace.broker.share.ShareStateHandler.Questions;
import dev.millrace.coordinator.share.DeliveryBatch;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteShareGroupStateRequest;
import dev.millrace.wire.message.DeleteShareGroupStateResponse;
import dev.millrace.wire.message.InitializeShareGroupStateRequest;
import dev.millrace.wire.message.InitializeShareGroupStateResponse;
import dev.millrace.wire.message.ReadShareGroupStateRequest;
import dev.millrace.wire.message.ReadShareGroupStateResponse;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse;
import dev.millrace.wire.message.WriteShareGroupStateRequest;
import dev.millrace.wire.message.WriteShareGroupStateResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The APIs of the share coordinator (KIP-932): what the leader of a partition keeps about a group
 * that shares its records.
 */
final class ShareStateHandlers {
  private final ShareCoordinator coordinator;

  ShareStateHandlers(ShareCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  List<Handler<?>> all() {
    return List.of(initialize(), read(), write(), delete(), summary());
  }

  /** InitializeShareGroupState (83), version 0: sets what a group is to read anew. */
  private Handler<InitializeShareGroupStateRequest> initialize() {
    return new ShareStateHandler<>(
        ApiKey.INITIALIZE_SHARE_GROUP_STATE,
        new Questions<>(
            InitializeShareGroupStateRequest::groupId,
            InitializeShareGroupStateRequest::topics,
            InitializeShareGroupStateRequest.InitializeStateData::topicId,
            InitializeShareGroupStateRequest.InitializeStateData::partitions,
            InitializeShareGroupStateRequest.PartitionData::partition),
        (key, asked, found) ->
            coordinator.initialize(key, asked.stateEpoch(), asked.startOffset(), found),
        (asked, found) ->
            new InitializeShareGroupStateResponse.PartitionResult(
                asked.partition(), found.error().code(), message(found)),
        new Answers<>(
            InitializeShareGroupStateResponse.InitializeStateResult::new,
            InitializeShareGroupStateResponse::new));
  }

  /**
   * ReadShareGroupState (84), version 0: the leader of a partition reads how far a group is, which
   * fences its predecessors.
   */
  private Handler<ReadShareGroupStateRequest> read() {
    return new ShareStateHandler<>(
        ApiKey.READ_SHARE_GROUP_STATE,
        new Questions<>(
            ReadShareGroupStateRequest::groupId,
            ReadShareGroupStateRequest::topics,
            ReadShareGroupStateRequest.ReadStateData::topicId,
            ReadShareGroupStateRequest.ReadStateData::partitions,
            ReadShareGroupStateRequest.PartitionData::partition),
        (key, asked, found) -> coordinator.read(key, asked.leaderEpoch(), found),
        (asked, found) -> state(asked.partition(), found),
        new Answers<>(
            ReadShareGroupStateResponse.ReadStateResult::new, ReadShareGroupStateResponse::new));
  }

  /**
   * WriteShareGroupState (85), versions 0–1: the leader of a partition writes how far a group is; 1
   * adds how many offsets are done with.
   */
  private Handler<WriteShareGroupStateRequest> write() {
    return new ShareStateHandler<>(
        ApiKey.WRITE_SHARE_GROUP_STATE,
        new Questions<>(
            WriteShareGroupStateRequest::groupId,
            WriteShareGroupStateRequest::topics,
            WriteShareGroupStateRequest.WriteStateData::topicId,
            WriteShareGroupStateRequest.WriteStateData::partitions,
            WriteShareGroupStateRequest.PartitionData::partition),
        (key, asked, found) -> coordinator.write(key, asked.stateEpoch(), change(asked), found),
        (asked, found) ->
            new WriteShareGroupStateResponse.PartitionResult(
                asked.partition(), found.error().code(), message(found)),
        new Answers<>(
            WriteShareGroupStateResponse.WriteStateResult::new, WriteShareGroupStateResponse::new));
  }

  /** DeleteShareGroupState (86), version 0: forgets states; one that is not there is no error. */
  private Handler<DeleteShareGroupStateRequest> delete() {
    return new ShareStateHandler<>(
        ApiKey.DELETE_SHARE_GROUP_STATE,
        new Questions<>(
            DeleteShareGroupStateRequest::groupId,
            DeleteShareGroupStateRequest::topics,
            DeleteShareGroupStateRequest.DeleteStateData::topicId,
            DeleteShareGroupStateRequest.DeleteStateData::partitions,
            DeleteShareGroupStateRequest.PartitionData::partition),
        (key, asked, found) -> coordinator.delete(key, found),
        (asked, found) ->
            new DeleteShareGroupStateResponse.PartitionResult(
                asked.partition(), found.error().code(), message(found)),
        new Answers<>(
            DeleteShareGroupStateResponse.DeleteStateResult::new,
            DeleteShareGroupStateResponse::new));
  }

  /**
   * ReadShareGroupStateSummary (87), versions 0–1: how far a group is, for people; 1 adds how many
   * offsets are done with.
   */
  private Handler<ReadShareGroupStateSummaryRequest> summary() {
    return new ShareStateHandler<>(
        ApiKey.READ_SHARE_GROUP_STATE_SUMMARY,
        new Questions<>(
            ReadShareGroupStateSummaryRequest::groupId,
            ReadShareGroupStateSummaryRequest::topics,
            ReadShareGroupStateSummaryRequest.ReadStateSummaryData::topicId,
            ReadShareGroupStateSummaryRequest.ReadStateSummaryData::partitions,
            ReadShareGroupStateSummaryRequest.PartitionData::partition),
        (key, asked, found) -> coordinator.summary(key, found),
        (asked, found) -> summary(asked.partition(), found),
        new Answers<>(
            ReadShareGroupStateSummaryResponse.ReadStateSummaryResult::new,
            ReadShareGroupStateSummaryResponse::new));
  }

  private static ShareState.Change change(WriteShareGroupStateRequest.PartitionData asked) {
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

  private static ReadShareGroupStateResponse.PartitionResult state(
      int partition, ShareAnswer found) {
    var result =
        ReadShareGroupStateResponse.PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(message(found));
    ShareState state = found.state();
    if (state != null) {
      result
          .stateEpoch(state.stateEpoch())
          .startOffset(state.startOffset())
          .stateBatches(
              state.batches().stream()
                  .map(one ->
                      new ReadShareGroupStateResponse.StateBatch(
                          one.first(), one.last(), one.state(), one.deliveryCount()))
                  .toList());
    }
    return result.build();
  }

  private static ReadShareGroupStateSummaryResponse.PartitionResult summary(
      int partition, ShareAnswer found) {
    var result =
        ReadShareGroupStateSummaryResponse.PartitionResult.builder()
            .partition(partition)
            .errorCode(found.error())
            .errorMessage(message(found))
            .startOffset(ShareState.UNINITIALIZED)
            .deliveryCompleteCount(-1);
    ShareState state = found.state();
    if (state != null) {
      result
          .stateEpoch(state.stateEpoch())
          .leaderEpoch(state.leaderEpoch())
          .startOffset(state.startOffset())
          .deliveryCompleteCount(state.deliveryCompleteCount());
    }
    return result.build();
  }

  private static @Nullable String message(ShareAnswer found) {
    return found.error() == ErrorCode.NONE ? null : found.message();
  }
}
