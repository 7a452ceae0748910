package dev.millrace.client;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the partitions that it is given, from the offsets it is given, in the order of their
 * offsets. It reads what is not committed yet too, and does not know groups. Belongs to one thread;
 * {@link #poll} blocks; throws {@link ClientException}.
 */
public final class PartitionReader {
  /** The last version that names topics instead of ids. */
  private static final int BY_NAME = 12;

  private static final int NO_SESSION_EPOCH = -1;
  private static final int BYTES_MAX = 16 << 20;
  private static final int PARTITION_BYTES_MAX = 1 << 20;

  private final Cluster cluster;
  private final Map<TopicPartition, Long> positions = new TreeMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private int turn;

  public PartitionReader(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Reads this partition from an offset on, or from there on again. */
  public void seek(TopicPartition partition, long offset) {
    positions.put(partition, offset);
  }

  /** Reads this partition no more. */
  public void leave(TopicPartition partition) {
    positions.remove(partition);
  }

  /** The next offset that is read, by partition. */
  public Map<TopicPartition, Long> positions() {
    return new TreeMap<>(positions);
  }

  /** The end of a partition as the last answer had it; -1 when none had it yet. */
  public long end(TopicPartition partition) {
    return ends.getOrDefault(partition, -1L);
  }

  /**
   * The next records, waiting up to {@code maxWaitMs} for the first of them.
   *
   * @return perhaps none
   */
  public List<ReceivedRecord> poll(int maxWaitMs) {
    if (positions.isEmpty()) {
      throw ClientException.failed("no partition to read", null);
    }
    return cluster.patiently("fetch", () -> fetch(maxWaitMs));
  }

  private List<ReceivedRecord> fetch(int maxWaitMs) {
    Map<Integer, List<TopicPartition>> byLeader = new ByLeader(cluster).group(positions.keySet());
    List<Integer> leaders = List.copyOf(byLeader.keySet());
    int waitMs = Math.max(1, maxWaitMs / leaders.size());
    List<ReceivedRecord> records = new ArrayList<>();
    for (int i = 0; i < leaders.size() && records.isEmpty(); i++) {
      int leader = leaders.get(Math.floorMod(turn++, leaders.size()));
      List<TopicPartition> mine = byLeader.getOrDefault(leader, List.of());
      fetchFrom(leader, mine, waitMs, records);
    }
    return records;
  }

  private void fetchFrom(
      int leader, List<TopicPartition> partitions, int waitMs, List<ReceivedRecord> records) {
    Map<String, List<FetchPartition>> topics = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      topics
          .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
          .add(
              FetchPartition.builder()
                  .partition(partition.partition())
                  .fetchOffset(positions.getOrDefault(partition, 0L))
                  .partitionMaxBytes(PARTITION_BYTES_MAX)
                  .build());
    }
    List<FetchTopic> asked = new ArrayList<>();
    topics.forEach(
        (name, parts) -> asked.add(FetchTopic.builder().topic(name).partitions(parts).build()));
    FetchRequest request =
        FetchRequest.builder()
            .replicaId(-1)
            .maxWaitMs(waitMs)
            .minBytes(1)
            .maxBytes(BYTES_MAX)
            .sessionEpoch(NO_SESSION_EPOCH)
            .topics(asked)
            .build();
    FetchResponse answer = cluster.call(leader, request, BY_NAME, FetchResponse::read);
    Topics.check(answer.errorCode(), "fetch", null);
    for (FetchableTopicResponse topic : answer.responses()) {
      for (PartitionData data : topic.partitions()) {
        take(new TopicPartition(topic.topic(), data.partitionIndex()), data, records);
      }
    }
  }

  private void take(TopicPartition partition, PartitionData data, List<ReceivedRecord> records) {
    ErrorCode error = ErrorCode.of(data.errorCode());
    if (error != ErrorCode.NONE) {
      if (ClientException.isPassing(error)) {
        new ByLeader(cluster).forget(List.of(partition));
        return;
      }
      throw ClientException.answered(data.errorCode(), "fetch from " + partition, null);
    }
    ends.put(partition, data.highWatermark());
    if (data.records() instanceof RecordBytes.InMemory memory) {
      try {
        read(partition, memory.view(), records);
      } catch (WireException e) {
        throw ClientException.failed(
            "records are corrupt, partition=" + partition + " cause=" + e.getMessage(), e);
      }
    }
  }

  private void read(TopicPartition partition, ByteBuffer bytes, List<ReceivedRecord> records) {
    for (RecordBatch batch : BatchCursor.batches(bytes)) {
      long position = positions.getOrDefault(partition, 0L);
      if (batch.lastOffset() < position) {
        continue;
      }
      if (!batch.isIntact()) {
        throw new WireException("checksum does not fit, baseOffset=" + batch.baseOffset());
      }
      if (!batch.isControl()) {
        readBatch(partition, batch, position, records);
      }
      positions.put(partition, batch.nextOffset());
    }
  }

  private static void readBatch(
      TopicPartition partition, RecordBatch batch, long position, List<ReceivedRecord> records) {
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        if (cursor.offset() >= position) {
          records.add(
              new ReceivedRecord(
                  partition,
                  cursor.offset(),
                  cursor.timestampMs(),
                  copy(cursor.key()),
                  copy(cursor.value()),
                  headers(cursor)));
        }
      }
    }
  }

  private static List<ReceivedRecord.Header> headers(RecordCursor cursor) {
    List<ReceivedRecord.Header> headers = new ArrayList<>(cursor.headerCount());
    for (RecordHeader header : cursor.headers()) {
      headers.add(new ReceivedRecord.Header(header.key(), copy(header.value())));
    }
    return headers;
  }

  private static @Nullable Bytes copy(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : Bytes.copyOf(bytes);
  }
}
