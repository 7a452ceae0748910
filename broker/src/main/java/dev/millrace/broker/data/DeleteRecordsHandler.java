package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.DeleteOutcome;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteRecordsRequest;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsTopic;
import dev.millrace.wire.message.DeleteRecordsResponse;
import dev.millrace.wire.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import dev.millrace.wire.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * DeleteRecords (21), versions 0 to 2: moves the log start forward; -1 means to the high watermark,
 * as it is once everything appended before is on disk. Done by an owner that may wait for the disk,
 * and answered when the new log start is on disk.
 */
public final class DeleteRecordsHandler implements Handler<DeleteRecordsRequest> {
  private final Partitions partitions;
  private final DiskWork diskWork;

  /** Deletes from {@code partitions}. */
  public DeleteRecordsHandler(Partitions partitions, DiskWork diskWork) {
    this.partitions = partitions;
    this.diskWork = diskWork;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_RECORDS;
  }

  @Override
  public void handle(Call call, DeleteRecordsRequest request) {
    call.holdNext();
    Settled.await(asked(request), () -> diskWork.submit(() -> call.answer(answer(request))));
  }

  private List<Partition> asked(DeleteRecordsRequest request) {
    return request.topics().stream()
        .flatMap(topic ->
            topic.partitions().stream()
                .map(one -> partitions.find(topic.name(), one.partitionIndex())))
        .filter(Objects::nonNull)
        .toList();
  }

  private DeleteRecordsResponse answer(DeleteRecordsRequest request) {
    List<DeleteRecordsTopicResult> topics = new ArrayList<>(request.topics().size());
    for (DeleteRecordsTopic topic : request.topics()) {
      List<DeleteRecordsPartitionResult> results = new ArrayList<>(topic.partitions().size());
      for (DeleteRecordsPartition one : topic.partitions()) {
        DeleteOutcome outcome = delete(topic.name(), one);
        results.add(
            new DeleteRecordsPartitionResult(
                one.partitionIndex(), outcome.lowWatermark(), outcome.error().code()));
      }
      topics.add(new DeleteRecordsTopicResult(topic.name(), results));
    }
    return DeleteRecordsResponse.builder().topics(topics).build();
  }

  private DeleteOutcome delete(String topic, DeleteRecordsPartition one) {
    Partition partition = partitions.find(topic, one.partitionIndex());
    return partition == null
        ? DeleteOutcome.failed(partitions.whyAbsent(topic, one.partitionIndex()))
        : partition.deleteRecords(one.offset());
  }
}
