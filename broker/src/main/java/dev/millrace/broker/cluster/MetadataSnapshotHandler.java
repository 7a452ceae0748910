package dev.millrace.broker.cluster;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.quorum.log.MetadataReads;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FetchSnapshotRequest;
import dev.millrace.wire.message.FetchSnapshotResponse;
import dev.millrace.wire.message.FetchSnapshotResponse.PartitionSnapshot;
import dev.millrace.wire.message.FetchSnapshotResponse.TopicSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FetchSnapshot (59), versions 0–1, on the listener of the controller: bytes of a snapshot of
 * {@code __cluster_metadata} from a position on (KIP-630), one partition a request.
 */
public final class MetadataSnapshotHandler implements Handler<FetchSnapshotRequest> {
  private static final String TOPIC = "__cluster_metadata";

  private final MetadataReads reads;

  public MetadataSnapshotHandler(MetadataReads reads) {
    this.reads = reads;
  }

  @Override
  public ApiKey key() {
    return ApiKey.FETCH_SNAPSHOT;
  }

  @Override
  public void handle(Call call, FetchSnapshotRequest request) {
    if (request.topics().size() != 1
        || !request.topics().getFirst().name().equals(TOPIC)
        || request.topics().getFirst().partitions().size() != 1) {
      call.answer(
          FetchSnapshotResponse.builder().errorCode(ErrorCode.INVALID_REQUEST.code()).build());
      return;
    }
    FetchSnapshotRequest.PartitionSnapshot asked =
        request.topics().getFirst().partitions().getFirst();
    SnapshotId id = new SnapshotId(asked.snapshotId().endOffset(), asked.snapshotId().epoch());
    if (id.offset() < 0 || id.epoch() < 0 || asked.position() < 0) {
      answer(call, asked, ErrorCode.POSITION_OUT_OF_RANGE, null);
      return;
    }
    reads.chunk(
        id,
        asked.position(),
        request.maxBytes(),
        chunk ->
            answer(
                call, asked, chunk == null ? ErrorCode.SNAPSHOT_NOT_FOUND : ErrorCode.NONE, chunk));
  }

  private static void answer(
      Call call,
      FetchSnapshotRequest.PartitionSnapshot asked,
      ErrorCode error,
      MetadataReads.@Nullable Chunk chunk) {
    PartitionSnapshot.Builder data =
        PartitionSnapshot.builder()
            .index(asked.partition())
            .errorCode(error.code())
            .snapshotId(
                new FetchSnapshotResponse.SnapshotId(
                    asked.snapshotId().endOffset(), asked.snapshotId().epoch()))
            .position(asked.position())
            .unalignedRecords(chunk == null ? RecordBytes.EMPTY : RecordBytes.of(chunk.bytes()));
    if (chunk != null) {
      data.size(chunk.size());
    }
    call.answer(
        FetchSnapshotResponse.builder()
            .topics(List.of(new TopicSnapshot(TOPIC, List.of(data.build()))))
            .build());
  }
}
