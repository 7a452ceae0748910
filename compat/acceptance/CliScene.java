import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Admin;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.Transactions;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the commands look at: a member of a share group, and a transaction that is open; until it is killed. */
class CliScene {
  public static void main(String[] arguments) {
    String at = arguments[0];
    String topic = arguments[1];
    if (arguments.length > 2) {
      hang(at, topic);
      return;
    }
    Producer<String, String> producer =
        Producer.open(
            Map.of(
                "bootstrap.servers", at,
                "transactional.id", topic + "-tx",
                "transaction.timeout.ms", "600000"),
            Serializer.string(),
            Serializer.string());
    producer.initTransactions();
    producer.beginTransaction();
    producer.send(ProducerRecord.of(topic, "k", "not committed").to(0)).join();
    System.out.println("open");
    ShareConsumer<String, String> consumer =
        ShareConsumer.open(
            Map.of("bootstrap.servers", at, "group.id", topic + "-share"),
            Deserializer.string(),
            Deserializer.string());
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(consumer, main)));
    consumer.subscribe(List.of(topic));
    while (consumer.lockTimeoutMs() < 0) {
      consumer.poll(Duration.ofMillis(100));
    }
    System.out.println("shares");
    try (consumer) {
      while (true) {
        consumer.poll(Duration.ofMillis(500));
      }
    }
  }

  /** Woken, the thread that polls closes the consumer, which leaves the group. */
  private static void leave(ShareConsumer<String, String> consumer, Thread polls) {
    consumer.wakeup();
    try {
      polls.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A batch of a transaction that no coordinator heard of; nodes take it while they do not ask. */
  private static void hang(String at, String topic) {
    Map<String, String> settings =
        Map.of("bootstrap.servers", at, "transactional.id", topic + "-hangs");
    try (Producer<String, String> producer =
            Producer.open(settings, Serializer.string(), Serializer.string());
        Admin admin = Admin.open(Map.of("bootstrap.servers", at))) {
      producer.initTransactions();
      Transactions.Described ours = admin.describeTransaction(topic + "-hangs").join();
      ByteBuffer batch =
          BatchBuilder.from(0)
              .producer(ours.producerId(), (short) ours.producerEpoch(), 0)
              .transactional()
              .append(System.currentTimeMillis(), null, Bytes.utf8("hangs"))
              .build();
      ProduceRequest request =
          ProduceRequest.builder()
              .transactionalId(topic + "-hangs")
              .acks((short) -1)
              .timeoutMs(30_000)
              .topicData(
                  List.of(
                      TopicProduceData.builder()
                          .name(topic)
                          .partitionData(
                              List.of(
                                  PartitionProduceData.builder()
                                      .index(0)
                                      .records(RecordBytes.of(batch))
                                      .build()))
                          .build()))
              .build();
      int leader =
          admin.call(cluster -> cluster.topic(topic, false).partitions().get(0).leader()).join();
      ProduceResponse answer =
          admin.call(cluster -> cluster.call(leader, ApiKey.PRODUCE, 11, version -> request, ProduceResponse::read)).join();
      short error = answer.responses().get(0).partitionResponses().get(0).errorCode();
      if (error != 0) {
        throw new IllegalStateException("not taken, error=" + error);
      }
    }
  }
}
