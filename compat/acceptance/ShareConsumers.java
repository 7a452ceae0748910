import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Three share groups, each with a topic of its own. Arguments: bootstrap servers, and {@code before}
 * or {@code after} the node was killed. Ends with 1 when something is not as it should be.
 */
public final class ShareConsumers {
  private static final Duration POLL = Duration.ofMillis(300);

  private final String bootstrap;
  private boolean failed;

  private ShareConsumers(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] arguments) throws Exception {
    ShareConsumers run = new ShareConsumers(arguments[0]);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      if (arguments[1].equals("before")) {
        run.before(admin);
      } else {
        run.after(admin);
      }
    }
    System.exit(run.failed ? 1 : 0);
  }

  private void before(Admin admin) throws Exception {
    for (int i = 1; i <= 3; i++) {
      admin.createTopics(List.of(new NewTopic("queue-" + i, 1, (short) 1))).all().get();
      readFromTheStart(admin, "workers-" + i);
    }
    implicit(admin);
    explicit();
    released();
    check(
        "a group without members is empty",
        admin.describeShareGroups(List.of("workers-3")).all().get().get("workers-3").groupState(),
        GroupState.EMPTY);
  }

  private void implicit(Admin admin) throws Exception {
    produce("queue-1", 30);
    try (var consumer = consumer("workers-1", "implicit", "batch_optimized")) {
      consumer.subscribe(List.of("queue-1"));
      check("all records", poll(consumer, 30).stream().distinct().count(), 30L);
      commit(consumer);
    }
    check("how far the group is", offset(admin, "workers-1", "queue-1"), 30L);
  }

  private void explicit() throws Exception {
    produce("queue-2", 6);
    try (var consumer = consumer("workers-2", "explicit", "record_limit")) {
      consumer.subscribe(List.of("queue-2"));
      var records = poll(consumer, 6);
      for (int i = 0; i < records.size(); i++) {
        AcknowledgeType type =
            i == 1
                ? AcknowledgeType.RELEASE
                : i == 2 ? AcknowledgeType.REJECT : AcknowledgeType.ACCEPT;
        consumer.acknowledge(records.get(i), type);
      }
      commit(consumer);
      var again = poll(consumer, 1);
      check("what was released comes again", told(again), List.of("1/2"));
      consumer.acknowledge(again.getFirst(), AcknowledgeType.RENEW);
      commit(consumer);
      for (var record : consumer.poll(POLL)) {
        consumer.acknowledge(record, AcknowledgeType.ACCEPT);
      }
      commit(consumer);
    }
  }

  private void released() throws Exception {
    produce("queue-3", 5);
    try (var consumer = consumer("workers-3", "explicit", "batch_optimized")) {
      consumer.subscribe(List.of("queue-3"));
      var records = poll(consumer, 5);
      for (int i = 0; i < records.size(); i++) {
        consumer.acknowledge(
            records.get(i), i == 0 ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
      }
      commit(consumer);
    }
  }

  private void after(Admin admin) throws Exception {
    try (var consumer = consumer("workers-3", "explicit", "batch_optimized")) {
      consumer.subscribe(List.of("queue-3"));
      var records = poll(consumer, 4);
      check("deliveries count on", told(records), List.of("1/2", "2/2", "3/2", "4/2"));
      records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.ACCEPT));
      commit(consumer);
    }
    admin.alterShareGroupOffsets("workers-1", Map.of(partition("queue-1"), 25L)).all().get();
    try (var consumer = consumer("workers-1", "implicit", "batch_optimized")) {
      consumer.subscribe(List.of("queue-1"));
      check(
          "a group goes on where it was set",
          poll(consumer, 5).stream().map(ConsumerRecord::offset).toList(),
          List.of(25L, 26L, 27L, 28L, 29L));
    }
    admin.deleteShareGroupOffsets("workers-2", Set.of("queue-2")).all().get();
    admin.deleteShareGroups(List.of("workers-1", "workers-2", "workers-3")).all().get();
    check(
        "deleted groups are gone",
        admin.listGroups(ListGroupsOptions.forShareGroups()).all().get().size(),
        0);
  }

  private void check(String what, Object got, Object wanted) {
    boolean right = Objects.equals(got, wanted);
    failed |= !right;
    System.out.println((right ? "  ok    " : "  WRONG ") + what + (right ? "" : ", got " + got));
  }

  private void commit(KafkaShareConsumer<String, String> consumer) {
    check(
        "acknowledgements are taken",
        consumer.commitSync().values().stream().allMatch(Optional::isEmpty),
        true);
  }

  private static List<String> told(List<ConsumerRecord<String, String>> records) {
    return records.stream()
        .map(record -> record.offset() + "/" + record.deliveryCount().orElse((short) 0))
        .toList();
  }

  private static List<ConsumerRecord<String, String>> poll(
      KafkaShareConsumer<String, String> consumer, int wanted) {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    for (int i = 0; i < 100 && all.size() < wanted; i++) {
      consumer.poll(POLL).forEach(all::add);
    }
    return all;
  }

  private KafkaShareConsumer<String, String> consumer(String group, String mode, String acquire) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", group);
    settings.put("share.acknowledgement.mode", mode);
    settings.put("share.acquire.mode", acquire);
    settings.put("max.poll.records", "10");
    return new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private void produce(String topic, int records) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "batch.size", "1");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, 0, "k" + i, "v" + i)).get();
      }
    }
  }

  private static void readFromTheStart(Admin admin, String group) throws Exception {
    ConfigEntry start = new ConfigEntry("share.auto.offset.reset", "earliest");
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.GROUP, group),
                List.of(new AlterConfigOp(start, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private static TopicPartition partition(String topic) {
    return new TopicPartition(topic, 0);
  }

  private static long offset(Admin admin, String group, String topic) throws Exception {
    return admin
        .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
        .partitionsToOffsetInfo(group)
        .get()
        .get(partition(topic))
        .startOffset();
  }
}
