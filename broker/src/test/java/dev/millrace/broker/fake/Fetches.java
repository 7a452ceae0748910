package dev.millrace.broker.fake;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fetch requests and what their answers hold. */
public final class Fetches {
  private Fetches() {}

  /** A request outside a session that does not wait. */
  public static FetchRequest request(FetchTopic... topics) {
    return FetchRequest.builder().maxBytes(1 << 20).topics(List.of(topics)).build();
  }

  /** A topic, named as the version wants it. */
  public static FetchTopic topic(String name, Uuid id, int version, FetchPartition... partitions) {
    FetchTopic.Builder topic = FetchTopic.builder().partitions(List.of(partitions));
    return version >= 13 ? topic.topicId(id).build() : topic.topic(name).build();
  }

  public static FetchPartition partition(int index, long offset) {
    return FetchPartition.builder()
        .partition(index)
        .fetchOffset(offset)
        .partitionMaxBytes(1 << 20)
        .build();
  }

  /** The data of all partitions, in the order of the answer. */
  public static List<PartitionData> all(FetchResponse response) {
    return response.responses().stream().flatMap(topic -> topic.partitions().stream()).toList();
  }

  /** The data of the only partition. */
  public static PartitionData only(FetchResponse response) {
    List<PartitionData> all = all(response);
    if (all.size() != 1) {
      throw new AssertionError("one partition is wanted, answer=" + response);
    }
    return all.getFirst();
  }

  /** The values of the records in whole batches. */
  public static List<String> values(PartitionData data) {
    List<String> values = new ArrayList<>();
    if (data.records() instanceof RecordBytes.InMemory memory) {
      for (RecordBatch batch : BatchCursor.batches(memory.view())) {
        try (RecordCursor records = batch.records()) {
          while (records.next()) {
            values.add(StandardCharsets.UTF_8.decode(records.value()).toString());
          }
        }
      }
    }
    return values;
  }
}
