package dev.millrace.client;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes records. They are gathered into one batch a partition and sent when a batch is full or
 * {@link #flush} says so; {@code send} and {@code flush} block while that lasts, and passing errors
 * are tried again with the same batches. After a {@link ClientException} some records of the last
 * batches may be missing, and the producer is used up. Belongs to one thread.
 */
public final class PlainProducer implements AutoCloseable {
  /** Lets the producer choose: by key when there is one, else one partition after the other. */
  public static final int ANY_PARTITION = -1;

  private static final int RECORD_OVERHEAD_BYTES = 40;

  private final Cluster cluster;
  private final Delivery delivery;
  private final Sending sending;
  private final Map<String, Topic> topics = new HashMap<>();
  private final Map<TopicPartition, BatchBuilder> open = new TreeMap<>();
  private final Map<TopicPartition, Integer> sequences = new HashMap<>();
  private long producerId = -1;
  private short producerEpoch = -1;
  private long bufferedBytes;
  private int round;
  private long sent;

  public PlainProducer(Cluster cluster, Delivery delivery) {
    this.cluster = cluster;
    this.delivery = delivery;
    this.sending = new Sending(cluster, delivery.acks());
  }

  /** Adds a record that has the time of now and no headers. */
  public void send(String topic, int partition, @Nullable Bytes key, @Nullable Bytes value) {
    send(topic, partition, new NewRecord(cluster.clock().wallMs(), key, value, List.of()));
  }

  /**
   * Adds a record; the topic is created when it is missing and the cluster allows that.
   *
   * @param partition or {@link #ANY_PARTITION}
   */
  public void send(String topic, int partition, NewRecord record) {
    TopicPartition target = target(topic, partition, record.key());
    BatchBuilder batch = open.computeIfAbsent(target, this::begin);
    int before = batch.sizeBytes();
    Bytes key = record.key();
    Bytes value = record.value();
    batch.append(
        record.timestampMs(),
        key == null ? null : key.buffer(),
        value == null ? null : value.buffer(),
        record.headers());
    bufferedBytes += batch.sizeBytes() - before;
    if (batch.sizeBytes() + RECORD_OVERHEAD_BYTES >= delivery.batchBytesMax()
        || bufferedBytes >= delivery.bufferedBytesMax()) {
      flush();
    }
  }

  /** A record to write. */
  public record NewRecord(
      long timestampMs, @Nullable Bytes key, @Nullable Bytes value, List<RecordHeader> headers) {}

  /** Sends what was gathered and waits until the cluster has it. */
  public void flush() {
    Map<TopicPartition, Sending.Batch> batches = new TreeMap<>();
    open.forEach((partition, builder) -> batches.put(partition, finish(partition, builder)));
    open.clear();
    bufferedBytes = 0;
    round++;
    for (Sending.Batch batch : batches.values()) {
      sent += batch.records();
    }
    sending.send(batches);
  }

  /** Records that were sent and, with acks, acknowledged. */
  public long sent() {
    return sent;
  }

  @Override
  public void close() {
    flush();
  }

  private TopicPartition target(String name, int partition, @Nullable Bytes key) {
    Topic topic = topics.get(name);
    if (topic == null) {
      topic = cluster.topic(name, true);
      topics.put(name, topic);
    }
    int partitions = topic.partitions().size();
    if (partition >= partitions) {
      throw ClientException.failed(
          "topic has no such partition, topic="
              + name
              + " partition="
              + partition
              + " partitions="
              + partitions,
          null);
    }
    int chosen = partition;
    if (partition < 0) {
      chosen =
          key == null
              ? Math.floorMod(round, partitions)
              : Partitioner.partition(key.toArray(), partitions);
    }
    return new TopicPartition(name, chosen);
  }

  private BatchBuilder begin(TopicPartition partition) {
    BatchBuilder batch = BatchBuilder.from(0).compressed(delivery.codec());
    if (delivery.idempotent()) {
      if (producerId < 0) {
        initProducerId();
      }
      batch.producer(producerId, producerEpoch, sequences.getOrDefault(partition, 0));
    }
    return batch;
  }

  private Sending.Batch finish(TopicPartition partition, BatchBuilder builder) {
    int records = builder.count();
    sequences.merge(partition, records, (last, more) -> (last + more) & Integer.MAX_VALUE);
    return new Sending.Batch(builder.build(), records);
  }

  private void initProducerId() {
    InitProducerIdRequest request =
        InitProducerIdRequest.builder().transactionalId(null).transactionTimeoutMs(60_000).build();
    InitProducerIdResponse answer =
        cluster.patiently(
            "producer id",
            () -> {
              InitProducerIdResponse got = cluster.call(request, InitProducerIdResponse::read);
              if (got.errorCode() != ErrorCode.NONE.code()) {
                throw ClientException.answered(got.errorCode(), "producer id", null);
              }
              return got;
            });
    producerId = answer.producerId();
    producerEpoch = answer.producerEpoch();
  }
}
