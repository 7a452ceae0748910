import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A group of two members that read log and commit what they have read. Now and then a member leaves
 * and comes back, so that partitions change hands. It writes down from where a member goes on, what
 * it reads, and each commit that was answered.
 */
final class GroupReaders {
  private static final int MEMBERS = 2;
  private static final int POLLS_UNTIL_LEAVING = 150;

  private final String protocol;
  private final String bootstrap;
  private final Notes notes;

  GroupReaders(String protocol, String bootstrap, Notes notes) {
    this.protocol = protocol;
    this.bootstrap = bootstrap;
    this.notes = notes;
  }

  void run() throws InterruptedException {
    notes.add("{\"op\":\"group\",\"group\":\"%s\"}", protocol);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      String member = notes.life() + "." + i;
      Thread thread = new Thread(() -> member(member), member);
      thread.start();
      threads.add(thread);
    }
    for (Thread one : threads) {
      one.join();
    }
  }

  private void member(String member) {
    int idle = 0;
    while (!notes.isOver() || idle < 15) {
      KafkaConsumer<String, String> consumer = consumer();
      try {
        idle = visit(member, consumer);
      } catch (KafkaException | IllegalStateException fault) { // the latter is a fault of the client
        System.err.println(member + ": " + fault + ", cause=" + fault.getCause());
      } finally {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
      }
    }
  }

  /** Reads for a while. Returns how many of the last polls brought nothing. */
  private int visit(String member, KafkaConsumer<String, String> consumer) {
    consumer.subscribe(List.of("log"), new Places(member, consumer));
    int leaving = POLLS_UNTIL_LEAVING + new Random().nextInt(POLLS_UNTIL_LEAVING);
    int idle = 0;
    for (int i = 0; notes.isOver() ? idle < 15 : i < leaving; i++) {
      ConsumerRecords<String, String> records = consumer.poll(Workload.POLL);
      boolean rests =
          notes.isOver()
              && records.isEmpty()
              && (!consumer.assignment().isEmpty() || i > POLLS_UNTIL_LEAVING);
      idle = rests ? idle + 1 : records.isEmpty() ? idle : 0;
      if (!records.isEmpty()) {
        worked(member, consumer, records);
      }
    }
    return idle;
  }

  private void worked(
      String member,
      KafkaConsumer<String, String> consumer,
      ConsumerRecords<String, String> records) {
    Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
    for (TopicPartition part : records.partitions()) {
      List<ConsumerRecord<String, String>> rows = records.records(part);
      notes.add(
          "{\"op\":\"worked\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"from\":%d,\"to\":%d,\"count\":%d}",
          protocol,
          member,
          part.partition(),
          rows.getFirst().offset(),
          rows.getLast().offset(),
          rows.size());
      // the epoch keeps the next reader from a leader that is cut off and lacks this (KIP-320)
      ConsumerRecord<String, String> last = rows.getLast();
      places.put(part, new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
    }
    try {
      consumer.commitSync(places);
    } catch (KafkaException fault) {
      System.err.println(member + ": commit: " + fault);
      return; // nobody knows: what comes next starts from wherever the group is
    }
    places.forEach(
        (part, place) ->
            notes.add(
                "{\"op\":\"kept\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"offset\":%d}",
                protocol, member, part.partition(), place.offset()));
  }

  /** Writes down where a member goes on. */
  private final class Places implements ConsumerRebalanceListener {
    private final String member;
    private final KafkaConsumer<String, String> consumer;

    Places(String member, KafkaConsumer<String, String> consumer) {
      this.member = member;
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> parts) {
      long asked = System.currentTimeMillis();
      for (TopicPartition part : parts) {
        notes.add(
            "{\"op\":\"assigned\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"position\":%d,\"asked\":%d}",
            protocol, member, part.partition(), consumer.position(part), asked);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> parts) {}
  }

  private KafkaConsumer<String, String> consumer() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", "readers-" + protocol);
    settings.put("group.protocol", protocol);
    if (protocol.equals("classic")) {
      settings.put("session.timeout.ms", "6000");
      settings.put("heartbeat.interval.ms", "1000");
    }
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("request.timeout.ms", "10000");
    settings.put("default.api.timeout.ms", "20000");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }
}
