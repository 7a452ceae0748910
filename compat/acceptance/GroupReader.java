import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a topic with a consumer group whose size goes 3, 1, 3 while it reads. Every member commits what
 * it has processed before it gives partitions away, so each record must be seen exactly once.
 *
 * <p>Arguments: bootstrap servers, topic, group, number of records. Standard output: one line a
 * record: partition, offset, key, value, separated by tabs, in the order of each partition.
 */
public final class GroupReader {
  private record Seen(int partition, long offset, String key, String value) {}

  private static final ConcurrentLinkedQueue<Seen> SEEN = new ConcurrentLinkedQueue<>();
  private static final AtomicLong COUNT = new AtomicLong();

  private final String bootstrap;
  private final String topic;
  private final String group;

  private GroupReader(String bootstrap, String topic, String group) {
    this.bootstrap = bootstrap;
    this.topic = topic;
    this.group = group;
  }

  /** One member: runs until it is told to go or the group has seen all records. */
  private final class Member extends Thread {
    private final long expected;
    private final CountDownLatch assigned = new CountDownLatch(1);
    private volatile boolean leaving;

    Member(String name, long expected) {
      super(name);
      this.expected = expected;
      start();
    }

    void leave() throws InterruptedException {
      leaving = true;
      join();
    }

    @Override
    public void run() {
      Properties settings = new Properties();
      settings.putAll(
          Map.of(
              "bootstrap.servers", bootstrap,
              "group.id", group,
              "client.id", getName(),
              "enable.auto.commit", "false",
              "auto.offset.reset", "earliest",
              "max.poll.records", "2000",
              "partition.assignment.strategy",
                  "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
              "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
              "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer"));
      try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
        consumer.subscribe(
            List.of(topic),
            new ConsumerRebalanceListener() {
              @Override
              public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                consumer.commitSync();
              }

              @Override
              public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                System.err.println(getName() + " gets " + partitions);
                assigned.countDown();
              }
            });
        while (!leaving && COUNT.get() < expected) {
          var records = consumer.poll(Duration.ofMillis(200));
          records.forEach(
              r -> SEEN.add(new Seen(r.partition(), r.offset(), r.key(), r.value())));
          if (!records.isEmpty()) {
            consumer.commitSync();
            COUNT.addAndGet(records.count());
          }
        }
      }
    }
  }

  private void run(long expected) throws Exception {
    Member first = new Member("member-1", expected);
    Member second = new Member("member-2", expected);
    Member third = new Member("member-3", expected);
    await(expected / 5);
    second.leave();
    third.leave();
    System.err.println("one member left at " + COUNT.get());
    await(expected / 2);
    Member fourth = new Member("member-4", expected);
    Member fifth = new Member("member-5", expected);
    fourth.assigned.await();
    fifth.assigned.await();
    System.err.println("three members again at " + COUNT.get());
    for (Member member : List.of(first, fourth, fifth)) {
      member.join();
    }
  }

  private static void await(long count) throws InterruptedException {
    while (COUNT.get() < count) {
      Thread.sleep(5);
    }
  }

  public static void main(String[] arguments) throws Exception {
    long expected = Long.parseLong(arguments[3]);
    new GroupReader(arguments[0], arguments[1], arguments[2]).run(expected);
    try (BufferedWriter out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8))) {
      for (Seen seen : SEEN) {
        out.write(
            seen.partition() + "\t" + seen.offset() + "\t" + seen.key() + "\t" + seen.value() + "\n");
      }
    }
  }
}
