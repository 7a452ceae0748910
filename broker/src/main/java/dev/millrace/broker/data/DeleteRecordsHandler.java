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
import java.util.List;
import java.util.Objects;

/**
 * DeleteRecords (21), versions 0 to 2: moves the log start forward; -1 means to the high watermark,
 * as it is once everything appended before is on disk. Done by an owner that may wait for the disk,
 * and answered when the new log start is on disk, on every copy whose broker lives.
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
    Settled.await(asked(request), () -> diskWork.submit(() -> delete(call, request)));
  }

  private List<Partition> asked(DeleteRecordsRequest request) {
    return request.topics().stream()
        .flatMap(topic ->
            topic.partitions().stream()
                .map(one -> partitions.find(topic.name(), one.partitionIndex())))
        .filter(Objects::nonNull)
        .toList();
  }

  private void delete(Call call, DeleteRecordsRequest request) {
    Deleting deleting = new Deleting(call);
    for (DeleteRecordsTopic topic : request.topics()) {
      for (DeleteRecordsPartition one : topic.partitions()) {
        Partition partition = partitions.find(topic.name(), one.partitionIndex());
        DeleteOutcome outcome =
            partition == null
                ? DeleteOutcome.failed(partitions.whyAbsent(topic.name(), one.partitionIndex()))
                : partition.deleteRecords(one.offset());
        deleting.add(topic.name(), new Deleting.One(one.partitionIndex(), partition, outcome));
      }
    }
    deleting.await(request.timeoutMs());
  }
}
