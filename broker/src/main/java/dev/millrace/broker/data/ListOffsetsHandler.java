package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.OffsetAnswer;
import dev.millrace.replica.OffsetQuery;
import dev.millrace.replica.OffsetQuery.Limit;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * ListOffsets (2), versions 1 to 11: the offset that belongs to a timestamp, or to a word for a
 * place in the log that is written as a negative timestamp.
 *
 * <p>A timestamp is looked for in the log by an owner that may wait for the disk; the other answers
 * are given at once. No record at or after the timestamp is no error: offset and timestamp are -1.
 *
 * <ul>
 *   <li>2: isolation level; latest is the last stable offset for read_committed.
 *   <li>4: the leader epoch is checked, and answered. Up to 4 an offset that is not available yet
 *       is told as {@link ErrorCode#LEADER_NOT_AVAILABLE}.
 *   <li>7: -3, the largest timestamp. 8: -4, the first local offset. 9: -5, the last offset in
 *       remote storage, and 11: -6, the first that is not there: there is no remote storage.
 *   <li>10: a time limit for remote storage.
 * </ul>
 *
 * <p>A question about the end waits for the sync of what was appended before it, so that a producer
 * with acks=1 finds its own records.
 */
public final class ListOffsetsHandler implements Handler<ListOffsetsRequest> {
  private static final int CONSUMER = -1;
  private static final byte READ_COMMITTED = 1;
  private static final int FIRST_VERSION_WITH_LEADER_EPOCH = 4;
  private static final int LAST_VERSION_WITHOUT_NOT_AVAILABLE = 4;

  private final Partitions partitions;
  private final DiskWork diskWork;

  /** Asks {@code partitions}. */
  public ListOffsetsHandler(Partitions partitions, DiskWork diskWork) {
    this.partitions = partitions;
    this.diskWork = diskWork;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LIST_OFFSETS;
  }

  @Override
  public void handle(Call call, ListOffsetsRequest request) {
    boolean needsDisk =
        request.topics().stream()
            .flatMap(topic -> topic.partitions().stream())
            .anyMatch(one -> OffsetQuery.needsDisk(one.timestamp()));
    Settled.await(
        asked(request),
        () -> {
          if (needsDisk) {
            diskWork.submit(() -> call.answer(answer(call, request)));
          } else {
            call.answer(answer(call, request));
          }
        });
  }

  /** The partitions whose answer depends on where they end. */
  private List<Partition> asked(ListOffsetsRequest request) {
    List<Partition> asked = new ArrayList<>();
    for (ListOffsetsTopic topic : request.topics()) {
      for (ListOffsetsPartition one : topic.partitions()) {
        Partition partition =
            OffsetQuery.dependsOnEnd(one.timestamp())
                ? partitions.find(topic.name(), one.partitionIndex())
                : null;
        if (partition != null) {
          asked.add(partition);
        }
      }
    }
    return asked;
  }

  private ListOffsetsResponse answer(Call call, ListOffsetsRequest request) {
    Set<Integer> seen = new HashSet<>();
    List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
    Limit limit = limit(request);
    for (ListOffsetsTopic topic : request.topics()) {
      List<ListOffsetsPartitionResponse> answers = new ArrayList<>(topic.partitions().size());
      seen.clear();
      for (ListOffsetsPartition one : topic.partitions()) {
        boolean twice = !seen.add(one.partitionIndex());
        OffsetAnswer answer =
            twice ? OffsetAnswer.failed(ErrorCode.INVALID_REQUEST) : ask(call, topic, one, limit);
        answers.add(response(one.partitionIndex(), answer, call.version()));
      }
      topics.add(new ListOffsetsTopicResponse(topic.name(), answers));
    }
    return ListOffsetsResponse.builder().topics(topics).build();
  }

  private OffsetAnswer ask(
      Call call, ListOffsetsTopic topic, ListOffsetsPartition one, Limit limit) {
    if (!isKnown(one.timestamp(), call.version())) {
      return OffsetAnswer.failed(ErrorCode.UNSUPPORTED_VERSION);
    }
    Partition partition = partitions.find(topic.name(), one.partitionIndex());
    if (partition == null) {
      return OffsetAnswer.failed(partitions.whyAbsent(topic.name(), one.partitionIndex()));
    }
    return partition.offset(new OffsetQuery(one.timestamp(), one.currentLeaderEpoch(), limit));
  }

  private static Limit limit(ListOffsetsRequest request) {
    if (request.replicaId() != CONSUMER) {
      return Limit.LOG_END;
    }
    return request.isolationLevel() == READ_COMMITTED
        ? Limit.LAST_STABLE_OFFSET
        : Limit.HIGH_WATERMARK;
  }

  /** Whether a version knows a word for a place. */
  private static boolean isKnown(long timestamp, short version) {
    if (timestamp >= OffsetQuery.EARLIEST) {
      return true;
    }
    return (timestamp == OffsetQuery.MAX_TIMESTAMP && version >= 7)
        || (timestamp == OffsetQuery.EARLIEST_LOCAL && version >= 8)
        || (timestamp == OffsetQuery.LATEST_REMOTE && version >= 9)
        || (timestamp == OffsetQuery.EARLIEST_NOT_REMOTE && version >= 11);
  }

  private static ListOffsetsPartitionResponse response(
      int index, OffsetAnswer answer, short version) {
    boolean old = version <= LAST_VERSION_WITHOUT_NOT_AVAILABLE;
    ErrorCode error =
        old && answer.error() == ErrorCode.OFFSET_NOT_AVAILABLE
            ? ErrorCode.LEADER_NOT_AVAILABLE
            : answer.error();
    ListOffsetsPartitionResponse.Builder response =
        ListOffsetsPartitionResponse.builder()
            .partitionIndex(index)
            .errorCode(error)
            .offset(answer.offset())
            .timestamp(answer.timestampMs());
    if (version >= FIRST_VERSION_WITH_LEADER_EPOCH) {
      response.leaderEpoch(answer.leaderEpoch());
    }
    return response.build();
  }
}
