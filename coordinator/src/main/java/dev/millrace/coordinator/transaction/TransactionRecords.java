package dev.millrace.coordinator.transaction;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.transaction.Transaction.Producers;
import dev.millrace.coordinator.transaction.Transaction.Times;
import dev.millrace.coordinator.transaction.record.TransactionLogKey;
import dev.millrace.coordinator.transaction.record.TransactionLogValue;
import dev.millrace.coordinator.transaction.record.TransactionLogValue.PartitionsSchema;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __transaction_state}.
 *
 * <pre>
 *   key:    int16 kind (0), transactional id
 *   value:  int16 version, then the value; no value deletes the key
 * </pre>
 *
 * See docs/formats/transaction-state.md.
 */
final class TransactionRecords {
  private static final short KEY_VERSION = TransactionLogKey.HIGHEST_VERSION;

  /** The first version with tagged fields, which KIP-890 needs. */
  private static final short VALUE_VERSION = 1;

  private TransactionRecords() {}

  static KeyValue of(Transaction transaction) {
    ProducerIdentity current = transaction.producer();
    TransactionLogValue value =
        TransactionLogValue.builder()
            .producerId(current.id())
            .producerEpoch(current.epoch())
            .previousProducerId(transaction.producers().previousId())
            .nextProducerId(transaction.producers().nextId())
            .transactionTimeoutMs(transaction.timeoutMs())
            .transactionStatus(transaction.state().id())
            .transactionPartitions(
                transaction.state() == TransactionState.EMPTY
                    ? null
                    : partitions(transaction.partitions()))
            .transactionStartTimestampMs(transaction.times().startedMs())
            .transactionLastUpdateTimestampMs(transaction.times().updatedMs())
            .clientTransactionVersion(transaction.version())
            .build();
    return new KeyValue(key(transaction.id()), prefixed(VALUE_VERSION, value, VALUE_VERSION));
  }

  /** Forgets a transactional id. */
  static KeyValue gone(String id) {
    return new KeyValue(key(id), null);
  }

  /** The transactional id of a key, or null when this release does not know its kind. */
  static @Nullable String readKey(Bytes key) {
    WireReader in = new WireReader(key.buffer());
    return in.int16() == TransactionLogKey.KIND
        ? TransactionLogKey.read(in, KEY_VERSION).transactionalId()
        : null;
  }

  /**
   * Reads the value of a transactional id.
   *
   * @throws WireException when it is of no version or state that this release knows
   */
  static Transaction readValue(String id, Bytes bytes) {
    WireReader in = new WireReader(bytes.buffer());
    short version = in.int16();
    if (version < 0 || version > TransactionLogValue.HIGHEST_VERSION) {
      throw new WireException(
          "record has no such version, record=TransactionLogValue version=" + version);
    }
    TransactionLogValue value = TransactionLogValue.read(in, version);
    TransactionState state = TransactionState.of(value.transactionStatus());
    if (state == null) {
      throw new WireException(
          "transaction has no such state, transactionalId="
              + id
              + " state="
              + value.transactionStatus());
    }
    ProducerIdentity current = new ProducerIdentity(value.producerId(), value.producerEpoch());
    return new Transaction(
        id,
        new Producers(current, value.previousProducerId(), value.nextProducerId()),
        value.transactionTimeoutMs(),
        state,
        partitions(value.transactionPartitions()),
        new Times(value.transactionStartTimestampMs(), value.transactionLastUpdateTimestampMs()),
        value.clientTransactionVersion());
  }

  private static List<PartitionsSchema> partitions(SortedSet<PartitionName> partitions) {
    Map<String, List<Integer>> byTopic = new TreeMap<>();
    for (PartitionName one : partitions) {
      byTopic.computeIfAbsent(one.topic(), _ -> new ArrayList<>()).add(one.partition());
    }
    List<PartitionsSchema> topics = new ArrayList<>(byTopic.size());
    byTopic.forEach((topic, indexes) -> topics.add(new PartitionsSchema(topic, indexes)));
    return topics;
  }

  private static SortedSet<PartitionName> partitions(@Nullable List<PartitionsSchema> topics) {
    SortedSet<PartitionName> partitions = new TreeSet<>();
    if (topics != null) {
      for (PartitionsSchema topic : topics) {
        topic
            .partitionIds()
            .forEach(index -> partitions.add(new PartitionName(topic.topic(), index)));
      }
    }
    return partitions;
  }

  private static Bytes key(String id) {
    return prefixed(
        TransactionLogKey.KIND,
        TransactionLogKey.builder().transactionalId(id).build(),
        KEY_VERSION);
  }

  private static Bytes prefixed(short prefix, Message message, short version) {
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + message.size(version));
    WireWriter out = new WireWriter(buffer);
    out.int16(prefix);
    message.write(out, version);
    return Bytes.copyOf(buffer.array());
  }
}
