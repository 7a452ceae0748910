package dev.millrace.bench.load;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;

/** One small record in one Produce request with acks=all to partition 0 of a topic. */
public final class TinyProduce {
  /** The last version that names topics instead of giving their ids. */
  private static final short VERSION = 12;

  private static final int TIMEOUT_MS = 10_000;

  private TinyProduce() {}

  public static ProduceRequest request(String topic, int valueBytes) {
    return request(topic, 0, valueBytes);
  }

  static ProduceRequest request(String topic, int partitionIndex, int valueBytes) {
    SimpleRecord record = new SimpleRecord(System.currentTimeMillis(), new byte[valueBytes]);
    ProduceRequestData.PartitionProduceData partition =
        new ProduceRequestData.PartitionProduceData()
            .setIndex(partitionIndex)
            .setRecords(MemoryRecords.withRecords(Compression.NONE, record));
    ProduceRequestData.TopicProduceDataCollection topics =
        new ProduceRequestData.TopicProduceDataCollection();
    topics.add(
        new ProduceRequestData.TopicProduceData()
            .setName(topic)
            .setPartitionData(List.of(partition)));
    ProduceRequestData data =
        new ProduceRequestData().setAcks((short) -1).setTimeoutMs(TIMEOUT_MS).setTopicData(topics);
    return new ProduceRequest.Builder(VERSION, VERSION, data).build(VERSION);
  }

  /**
   * Tries, as fast as the node answers, until it has accepted a record in a topic that is created
   * by asking for it; nothing listens at first. Ends after {@code timeoutSeconds} with an error.
   */
  public static void first(int port, String topic, double timeoutSeconds) {
    if (!isAccepted(port, topic, timeoutSeconds)) {
      throw new IllegalStateException("no produce accepted, timeoutSeconds=" + timeoutSeconds);
    }
  }

  /** The same as a question. */
  public static boolean isAccepted(int port, String topic, double timeoutSeconds) {
    long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
    while (System.nanoTime() < deadline) {
      try (BrokerSocket socket = new BrokerSocket(port)) {
        while (System.nanoTime() < deadline) {
          if (hasLeader(socket, topic) && accepted(socket, topic)) {
            return true;
          }
          Pause.millis(1);
        }
      } catch (IOException e) {
        Pause.millis(1);
      }
    }
    return false;
  }

  /** Whether the node took one record. */
  public static boolean accepted(BrokerSocket socket, String topic) throws IOException {
    return accepted(socket, topic, 0);
  }

  /** The same for a partition. */
  static boolean accepted(BrokerSocket socket, String topic, int partitionIndex)
      throws IOException {
    ProduceRequest request = request(topic, partitionIndex, 100);
    ProduceResponse answer = (ProduceResponse) socket.call(ApiKeys.PRODUCE, request);
    return answer.data().responses().stream()
        .flatMap(responses -> responses.partitionResponses().stream())
        .allMatch(partition -> partition.errorCode() == Errors.NONE.code());
  }

  private static boolean hasLeader(BrokerSocket socket, String topic) throws IOException {
    MetadataResponse answer = socket.metadata(Collections.singletonList(topic), true);
    return answer.topicMetadata().stream()
        .filter(found -> found.error() == Errors.NONE)
        .flatMap(found -> found.partitionMetadata().stream())
        .anyMatch(partition -> partition.leaderId.isPresent());
  }
}
