package dev.millrace.broker.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.quorum.log.MetadataReads;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.List;

/**
 * Fetch (1) on the listener of the controller: committed records of {@code __cluster_metadata}, one
 * partition a request, for nodes that follow the metadata without a vote. Any voter answers; who
 * leads is in the answer. A follower that is too far back is told the snapshot to read first
 * (FetchSnapshot).
 *
 * <ul>
 *   <li>12: snapshot ids and leaders in the answer (KIP-595, KIP-630)
 *   <li>13: topics by their id (KIP-516); that of the metadata is fixed
 * </ul>
 *
 * A follower that has everything waits for what comes next, at most as long as it asks to.
 */
public final class MetadataFetchHandler implements Handler<FetchRequest> {
  private static final Uuid TOPIC_ID = new Uuid(0, 1);
  private static final String TOPIC = "__cluster_metadata";
  private static final short LOWEST = 12;
  private static final short TOPIC_IDS_SINCE = 13;
  private static final long WAIT_MS_MAX = 5_000;

  private final MetadataReads reads;

  public MetadataFetchHandler(MetadataReads reads) {
    this.reads = reads;
  }

  @Override
  public ApiKey key() {
    return ApiKey.FETCH;
  }

  @Override
  public short lowestVersion() {
    return LOWEST;
  }

  @Override
  public void handle(Call call, FetchRequest request) {
    if (!isMetadata(call, request)) {
      call.answer(FetchResponse.builder().errorCode(ErrorCode.INVALID_REQUEST.code()).build());
      return;
    }
    FetchTopic topic = request.topics().getFirst();
    FetchPartition partition = topic.partitions().getFirst();
    reads.fetch(
        new MetadataReads.Wanted(
            partition.fetchOffset(),
            partition.currentLeaderEpoch(),
            Math.min(request.maxBytes(), partition.partitionMaxBytes()),
            Math.min(request.maxWaitMs(), WAIT_MS_MAX)),
        fetched -> call.answer(response(topic, data(fetched))));
  }

  private static boolean isMetadata(Call call, FetchRequest request) {
    if (request.topics().size() != 1) {
      return false;
    }
    FetchTopic topic = request.topics().getFirst();
    boolean isNamed =
        call.version() >= TOPIC_IDS_SINCE
            ? topic.topicId().equals(TOPIC_ID)
            : topic.topic().equals(TOPIC);
    return isNamed
        && topic.partitions().size() == 1
        && topic.partitions().getFirst().partition() == 0;
  }

  private static FetchResponse response(FetchTopic topic, PartitionData data) {
    return FetchResponse.builder()
        .responses(
            List.of(
                FetchableTopicResponse.builder()
                    .topic(topic.topic())
                    .topicId(topic.topicId())
                    .partitions(List.of(data))
                    .build()))
        .build();
  }

  private static PartitionData data(MetadataReads.Fetched fetched) {
    PartitionData.Builder data =
        PartitionData.builder()
            .highWatermark(fetched.endOffset())
            .lastStableOffset(fetched.endOffset())
            .logStartOffset(fetched.startOffset())
            .currentLeader(new FetchResponse.LeaderIdAndEpoch(fetched.leader(), fetched.epoch()))
            .records(RecordBytes.of(fetched.records()));
    SnapshotId snapshot = fetched.snapshot();
    if (snapshot != null) {
      data.snapshotId(new FetchResponse.SnapshotId(snapshot.offset(), snapshot.epoch()));
    }
    return data.build();
  }
}
