import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.ShareConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the commands look at: a member of a share group, and a transaction that is open; until it is killed. */
class CliScene {
  public static void main(String[] arguments) {
    String at = arguments[0];
    String topic = arguments[1];
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
}
