package dev.millrace.broker.share;

import dev.millrace.broker.Brokers;
import dev.millrace.coordinator.share.DeliveryBatch;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Reading;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
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
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * States of share groups at a coordinator on another broker, one a request. Safe for any thread.
 */
record ShareStateCalls(Brokers brokers) {
  private static final int TIMEOUT_MS = 5_000;
  private static final ShareState.Times NO_TIMES = new ShareState.Times(0, 0);

  void read(int broker, ShareKey key, int leaderEpoch, Consumer<ShareAnswer> answer) {
    ReadShareGroupStateRequest request =
        new ReadShareGroupStateRequest(
            key.groupId(),
            List.of(
                new ReadShareGroupStateRequest.ReadStateData(
                    key.topicId(),
                    List.of(
                        new ReadShareGroupStateRequest.PartitionData(
                            key.partition(), leaderEpoch)))));
    ask(
        broker,
        request,
        ReadShareGroupStateResponse::read,
        response -> {
          var found = response.results().getFirst().partitions().getFirst();
          ShareState state =
              new ShareState(
                  0,
                  found.stateEpoch(),
                  leaderEpoch,
                  found.startOffset(),
                  -1,
                  NO_TIMES,
                  found.stateBatches().stream()
                      .map(one ->
                          new DeliveryBatch(
                              one.firstOffset(),
                              one.lastOffset(),
                              one.deliveryState(),
                              one.deliveryCount()))
                      .toList());
          return answer(found.errorCode(), found.errorMessage(), state);
        },
        answer);
  }

  void write(
      int broker,
      ShareKey key,
      int stateEpoch,
      ShareState.Change change,
      Consumer<ShareAnswer> answer) {
    WriteShareGroupStateRequest request =
        new WriteShareGroupStateRequest(
            key.groupId(),
            List.of(
                new WriteShareGroupStateRequest.WriteStateData(
                    key.topicId(),
                    List.of(
                        WriteShareGroupStateRequest.PartitionData.builder()
                            .partition(key.partition())
                            .stateEpoch(stateEpoch)
                            .leaderEpoch(change.leaderEpoch())
                            .startOffset(change.startOffset())
                            .deliveryCompleteCount(change.deliveryCompleteCount())
                            .stateBatches(
                                change.batches().stream()
                                    .map(one ->
                                        new WriteShareGroupStateRequest.StateBatch(
                                            one.first(),
                                            one.last(),
                                            one.state(),
                                            one.deliveryCount()))
                                    .toList())
                            .build()))));
    ask(
        broker,
        request,
        WriteShareGroupStateResponse::read,
        response -> {
          var found = response.results().getFirst().partitions().getFirst();
          return answer(found.errorCode(), found.errorMessage(), null);
        },
        answer);
  }

  void initialize(
      int broker, ShareKey key, int stateEpoch, long startOffset, Consumer<ShareAnswer> answer) {
    InitializeShareGroupStateRequest request =
        new InitializeShareGroupStateRequest(
            key.groupId(),
            List.of(
                new InitializeShareGroupStateRequest.InitializeStateData(
                    key.topicId(),
                    List.of(
                        new InitializeShareGroupStateRequest.PartitionData(
                            key.partition(), stateEpoch, startOffset)))));
    ask(
        broker,
        request,
        InitializeShareGroupStateResponse::read,
        response -> {
          var found = response.results().getFirst().partitions().getFirst();
          return answer(found.errorCode(), found.errorMessage(), null);
        },
        answer);
  }

  void delete(int broker, ShareKey key, Consumer<ShareAnswer> answer) {
    DeleteShareGroupStateRequest request =
        new DeleteShareGroupStateRequest(
            key.groupId(),
            List.of(
                new DeleteShareGroupStateRequest.DeleteStateData(
                    key.topicId(),
                    List.of(new DeleteShareGroupStateRequest.PartitionData(key.partition())))));
    ask(
        broker,
        request,
        DeleteShareGroupStateResponse::read,
        response -> {
          var found = response.results().getFirst().partitions().getFirst();
          return answer(found.errorCode(), found.errorMessage(), null);
        },
        answer);
  }

  void summary(int broker, ShareKey key, Consumer<ShareAnswer> answer) {
    ReadShareGroupStateSummaryRequest request =
        new ReadShareGroupStateSummaryRequest(
            key.groupId(),
            List.of(
                new ReadShareGroupStateSummaryRequest.ReadStateSummaryData(
                    key.topicId(),
                    List.of(
                        ReadShareGroupStateSummaryRequest.PartitionData.builder()
                            .partition(key.partition())
                            .build()))));
    ask(
        broker,
        request,
        ReadShareGroupStateSummaryResponse::read,
        response -> {
          var found = response.results().getFirst().partitions().getFirst();
          ShareState state =
              new ShareState(
                  0,
                  found.stateEpoch(),
                  found.leaderEpoch(),
                  found.startOffset(),
                  found.deliveryCompleteCount(),
                  NO_TIMES,
                  List.of());
          return answer(found.errorCode(), found.errorMessage(), state);
        },
        answer);
  }

  private <R extends Response> void ask(
      int broker,
      Request request,
      Reading<R> reading,
      Function<R, ShareAnswer> found,
      Consumer<ShareAnswer> answer) {
    brokers.ask(
        broker,
        Question.of(request, reading, TIMEOUT_MS),
        response -> answer.accept(found.apply(response)),
        fault -> answer.accept(new ShareAnswer(ErrorCode.COORDINATOR_NOT_AVAILABLE, fault, null)));
  }

  private static ShareAnswer answer(
      short code, @Nullable String message, @Nullable ShareState state) {
    ErrorCode error = ErrorCode.of(code);
    return error == ErrorCode.NONE
        ? new ShareAnswer(ErrorCode.NONE, "", state)
        : new ShareAnswer(
            error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error,
            message == null ? "" : message,
            null);
  }
}
