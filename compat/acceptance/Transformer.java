import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Reads the topic {@code in}, doubles each number, writes it to the same partition of {@code out},
 * in transactions. Every seventh transaction is aborted on purpose. Ends when {@code in} is worked
 * off: exit 0; 3 when it has to be started again.
 *
 * <p>usage: Transformer BOOTSTRAP TRANSACTIONAL_ID [read]; with read it prints what is committed in
 * out: partition TAB value.
 */
public final class Transformer {
  private static final Duration POLL = Duration.ofMillis(200);

  public static void main(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("group.id", "transform");
    settings.put("session.timeout.ms", "6000");
    settings.put("max.poll.records", "100");
    settings.put("default.api.timeout.ms", "30000");
    if (args.length > 2) {
      read(settings);
      return;
    }
    try {
      work(settings, args[1]);
    } catch (KafkaException fatal) {
      System.err.println("start again: " + fatal);
      Runtime.getRuntime().halt(3);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void work(Properties settings, String id) {
    Properties writing = new Properties();
    writing.put("bootstrap.servers", settings.get("bootstrap.servers"));
    writing.put("transactional.id", id);
    writing.put("transaction.timeout.ms", "10000");
    KafkaConsumer<String, String> in =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    KafkaProducer<String, String> out =
        new KafkaProducer<>(writing, new StringSerializer(), new StringSerializer());
    out.initTransactions();
    in.subscribe(List.of("in"));
    boolean done = false;
    for (int round = 1; !done; round++) {
      ConsumerRecords<String, String> records = in.poll(POLL);
      if (!records.isEmpty()) {
        transaction(in, out, records, round % 7 == 0);
      } else {
        done = isWorkedOff(in);
      }
    }
    in.close();
    out.close();
  }

  private static boolean isWorkedOff(KafkaConsumer<String, String> in) {
    List<TopicPartition> all = new ArrayList<>();
    in.partitionsFor("in").forEach(one -> all.add(new TopicPartition("in", one.partition())));
    Map<TopicPartition, Long> ends = in.endOffsets(all);
    Map<TopicPartition, OffsetAndMetadata> committed = in.committed(Set.copyOf(all));
    return !ends.isEmpty()
        && ends.keySet().stream()
            .allMatch(one ->
                ends.get(one) == 0 // a producer may leave a partition empty
                    || (committed.get(one) != null
                        && committed.get(one).offset() >= ends.get(one)));
  }

  private static void transaction(
      KafkaConsumer<String, String> in,
      KafkaProducer<String, String> out,
      ConsumerRecords<String, String> records,
      boolean aborts) {
    out.beginTransaction();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (ConsumerRecord<String, String> one : records) {
      String doubled = Long.toString(2 * Long.parseLong(one.value()));
      out.send(new ProducerRecord<>("out", one.partition(), null, doubled));
      offsets.put(
          new TopicPartition(one.topic(), one.partition()),
          new OffsetAndMetadata(one.offset() + 1));
    }
    out.sendOffsetsToTransaction(offsets, in.groupMetadata());
    if (aborts) {
      out.abortTransaction();
      goBack(in);
    } else {
      out.commitTransaction();
      System.err.println("committed " + records.count());
    }
  }

  private static void goBack(KafkaConsumer<String, String> in) {
    Map<TopicPartition, OffsetAndMetadata> committed = in.committed(in.assignment());
    for (TopicPartition partition : in.assignment()) {
      OffsetAndMetadata there = committed.get(partition);
      in.seek(partition, there == null ? 0 : there.offset());
    }
  }

  private static void read(Properties settings) {
    KafkaConsumer<String, String> reader =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    reader.partitionsFor("out").forEach(one -> partitions.add(new TopicPartition("out", one.partition())));
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
    while (partitions.stream().anyMatch(one -> reader.position(one) < ends.get(one))) {
      reader.poll(POLL).forEach(one -> System.out.println(one.partition() + "\t" + one.value()));
    }
    reader.close();
  }
}
