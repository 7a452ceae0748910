package dev.millrace.registry.topic;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Offsets;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.Topics;
import dev.millrace.net.Endpoint;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code _schemas} of a cluster over the protocol. Reads and writes have connections of their own:
 * answers of one connection come in order, and a read waits for something to come.
 */
public final class ClusterTopic implements SchemaTopic {
  /** The topic's name, Confluent's default. */
  public static final String NAME = "_schemas";

  private static final TopicPartition PARTITION = new TopicPartition(NAME, 0);

  /** The last version of Produce and Fetch that names topics instead of ids. */
  private static final int BY_NAME = 12;

  private static final short ACKS_ALL = -1;
  private static final int CALL_TIMEOUT_MS = 2_500;
  private static final int PATIENCE_MS = 1_500;
  private static final int RETRY_DELAY_MS = 20;
  private static final int READ_BYTES_MAX = 1 << 20;
  private static final int NO_SESSION_EPOCH = -1;
  private static final int CONSUMER = -1;
  private static final int NOBODY = -1;
  private static final MetadataRequest WHO_LEADS =
      MetadataRequest.builder()
          .topics(List.of(MetadataRequest.MetadataRequestTopic.builder().name(NAME).build()))
          .allowAutoTopicCreation(false)
          .build();

  private final Cluster calls;
  private final Cluster reads;
  private final IntUnaryOperator copies;
  private final int ownId;
  private volatile int witness = NOBODY;

  /**
   * Connects.
   *
   * @param copies how many copies a new topic gets, of how many brokers there are
   * @param ownId of the node that this runs in
   */
  public ClusterTopic(Endpoint node, IntUnaryOperator copies, int ownId) {
    this.copies = copies;
    this.ownId = ownId;
    this.calls = Cluster.connect(List.of(node), settings("millrace-registry", PATIENCE_MS));
    try {
      this.reads =
          Cluster.connect(List.of(node), settings("millrace-registry-reader", PATIENCE_MS));
    } catch (RuntimeException e) {
      calls.close();
      throw e;
    }
  }

  private static ClientSettings settings(String name, int patienceMs) {
    return new ClientSettings(name, CALL_TIMEOUT_MS, patienceMs, RETRY_DELAY_MS);
  }

  /**
   * A node that was frozen takes itself for the leader until it hears of another. So its own word
   * counts only when another node says the same: whoever has a copy that an acknowledgement waited
   * for knows its leader.
   */
  @Override
  public long end() {
    long end = offset(Offsets.LATEST);
    boolean isAlone = calls.view().nodes().size() == 1;
    if (end != ABSENT && !isAlone && calls.leader(PARTITION) == ownId && !isConfirmed()) {
      throw ClientException.broken(
          "no other node says that this one leads, partition=" + PARTITION, null);
    }
    return end;
  }

  private boolean isConfirmed() {
    int first = witness;
    List<Integer> others =
        calls.view().nodes().keySet().stream()
            .filter(node -> node != ownId)
            .sorted(Comparator.comparing(node -> node != first))
            .toList();
    for (int other : others) {
      try {
        MetadataResponse answer =
            calls.call(other, WHO_LEADS, Short.MAX_VALUE, MetadataResponse::read);
        witness = other;
        ClusterView.Topic topic = ClusterView.of(answer).topics().get(NAME);
        return topic != null && topic.partitions().getFirst().leader() == ownId;
      } catch (ClientException e) {
        witness = NOBODY;
      }
    }
    return false;
  }

  @Override
  public long start() {
    return offset(Offsets.EARLIEST);
  }

  private long offset(long place) {
    if (calls.leader(PARTITION) < 0 && !isThere()) {
      return ABSENT;
    }
    try {
      return found(new Offsets(calls).at(place, List.of(PARTITION)));
    } catch (ClientException e) {
      if (!isThere()) {
        return ABSENT;
      }
      return found(new Offsets(calls).at(place, List.of(PARTITION)));
    }
  }

  private static long found(Map<TopicPartition, Long> offsets) {
    return offsets.getOrDefault(PARTITION, ABSENT);
  }

  private boolean isThere() {
    var missing = calls.learn(List.of(NAME)).missing().get(NAME);
    return missing == null || missing != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code();
  }

  @Override
  public void create() {
    if (!isThere()) {
      int wanted = copies.applyAsInt(calls.view().nodes().size());
      try {
        var ignored =
            new Topics(calls).create(NAME, 1, wanted, Map.of("cleanup.policy", "compact"));
      } catch (ClientException e) {
        if (!e.is(ErrorCode.TOPIC_ALREADY_EXISTS)) {
          throw e;
        }
      }
    }
    var ignored =
        calls.patiently(
            "create " + NAME,
            () -> {
              long end = end();
              if (end == ABSENT) {
                throw ClientException.broken("topic is not there yet, topic=" + NAME, null);
              }
              return end;
            });
  }

  @Override
  public Page read(long fromOffset, int waitMs) {
    int leader = leader(reads);
    FetchRequest request =
        FetchRequest.builder()
            .replicaId(CONSUMER)
            .maxWaitMs(waitMs)
            .minBytes(1)
            .maxBytes(READ_BYTES_MAX)
            .sessionEpoch(NO_SESSION_EPOCH)
            .topics(
                List.of(
                    FetchTopic.builder()
                        .topic(NAME)
                        .partitions(
                            List.of(
                                FetchPartition.builder()
                                    .partition(0)
                                    .fetchOffset(fromOffset)
                                    .partitionMaxBytes(READ_BYTES_MAX)
                                    .build()))
                        .build()))
            .build();
    try {
      FetchResponse answer = reads.call(leader, request, BY_NAME, FetchResponse::read);
      return page(answer, fromOffset);
    } catch (ClientException e) {
      relearn(reads);
      throw e;
    }
  }

  private static Page page(FetchResponse answer, long fromOffset) {
    check(answer.errorCode());
    List<LogBatch> batches = new ArrayList<>();
    answer
        .responses()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(data -> {
                  check(data.errorCode());
                  if (data.records() instanceof RecordBytes.InMemory memory) {
                    add(memory.view(), fromOffset, batches);
                  }
                }));
    return new Page(batches);
  }

  private static void check(short error) {
    if (error != ErrorCode.NONE.code()) {
      throw ClientException.answered(error, "read " + NAME, null);
    }
  }

  private static void add(ByteBuffer bytes, long fromOffset, List<LogBatch> batches) {
    for (RecordBatch batch : BatchCursor.batches(bytes)) {
      if (batch.nextOffset() <= fromOffset) {
        continue;
      }
      if (!batch.isIntact()) {
        throw ClientException.broken("checksum does not fit, offset=" + batch.baseOffset(), null);
      }
      batches.add(
          new LogBatch(
              batch.baseOffset(),
              batch.nextOffset(),
              batch.producerId(),
              batch.producerEpoch(),
              batch.baseSequence(),
              batch.lastSequence(),
              batch.isControl() ? List.of() : records(batch)));
    }
  }

  private static List<LogBatch.LogRecord> records(RecordBatch batch) {
    List<LogBatch.LogRecord> records = new ArrayList<>();
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        Bytes key = copy(cursor.key());
        records.add(
            new LogBatch.LogRecord(
                new Written(key == null ? Bytes.EMPTY : key, copy(cursor.value())),
                cursor.timestampMs()));
      }
    }
    return records;
  }

  private static @Nullable Bytes copy(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : Bytes.copyOf(bytes);
  }

  @Override
  public Sent send(ByteBuffer batch) {
    PartitionProduceResponse part;
    try {
      part = produce(batch);
    } catch (ClientException e) {
      if (!e.mayPass()) {
        throw e;
      }
      relearn(calls);
      return Sent.UNKNOWN;
    }
    ErrorCode error = ErrorCode.of(part.errorCode());
    if (error == ErrorCode.NONE) {
      return Sent.TAKEN;
    }
    if (error == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
        || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
      return Sent.NOT_NEXT;
    }
    if (error == ErrorCode.INVALID_PRODUCER_EPOCH) {
      return Sent.OLD_EPOCH;
    }
    if (ClientException.isPassing(error)) {
      relearn(calls);
      return Sent.UNKNOWN;
    }
    throw ClientException.answered(part.errorCode(), "write to " + NAME, part.errorMessage());
  }

  private PartitionProduceResponse produce(ByteBuffer batch) {
    ProduceRequest request =
        ProduceRequest.builder()
            .transactionalId(null)
            .acks(ACKS_ALL)
            .timeoutMs(CALL_TIMEOUT_MS)
            .topicData(
                List.of(
                    TopicProduceData.builder()
                        .name(NAME)
                        .partitionData(
                            List.of(
                                PartitionProduceData.builder()
                                    .index(0)
                                    .records(RecordBytes.of(batch.duplicate()))
                                    .build()))
                        .build()))
            .build();
    ProduceResponse answer = calls.call(leader(calls), request, BY_NAME, ProduceResponse::read);
    if (answer.responses().size() != 1
        || answer.responses().getFirst().partitionResponses().size() != 1) {
      throw ClientException.failed("answer to produce has another number of partitions", null);
    }
    return answer.responses().getFirst().partitionResponses().getFirst();
  }

  private static int leader(Cluster cluster) {
    int leader = cluster.leader(PARTITION);
    if (leader < 0) {
      var ignored = cluster.learn(List.of(NAME));
      leader = cluster.leader(PARTITION);
    }
    if (leader < 0) {
      throw ClientException.answered(
          ErrorCode.LEADER_NOT_AVAILABLE.code(), "leader of " + NAME, null);
    }
    return leader;
  }

  private static void relearn(Cluster cluster) {
    try {
      var ignored = cluster.learn(List.of(NAME));
    } catch (ClientException e) {
      System.getLogger("dev.millrace.registry")
          .log(System.Logger.Level.DEBUG, "nodes are not known now: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    calls.close();
    reads.close();
  }
}
