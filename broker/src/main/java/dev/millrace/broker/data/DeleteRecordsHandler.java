package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.ColdReads;
import dev.millrace.replica.DeleteOutcome;
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

/**
 * DeleteRecords (21), versions 0 to 2: moves the log start forward; -1 means to the high watermark.
 * Done by an owner that may wait for the disk, and answered when the new log start is on disk.
 */
public final class DeleteRecordsHandler implements Handler<DeleteRecordsRequest> {
  private final Partitions partitions;
  private final ColdReads coldReads;

  /** Deletes from {@code partitions}. */
  public DeleteRecordsHandler(Partitions partitions, ColdReads coldReads) {
    this.partitions = partitions;
    this.coldReads = coldReads;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_RECORDS;
  }

  @Override
  public void handle(Call call, DeleteRecordsRequest request) {
    coldReads.submit(() -> call.answer(answer(request)));
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
