package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.Millrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Apache's consumers and admin client in groups of the consumer protocol of a node. */
class ConsumerGroupsTest {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final long WAIT_NANOS = Duration.ofSeconds(60).toNanos();

  private final List<KafkaConsumer<String, String>> running = new ArrayList<>();
  private Millrace node;
  private Admin admin;

  @BeforeEach
  void start() {
    node = Millrace.start(Map.of("group.initial.rebalance.delay.ms", "0"));
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
  }

  @AfterEach
  void stop() {
    List.copyOf(running).forEach(this::close);
    admin.close();
    node.close();
  }

  private void create(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  private KafkaConsumer<String, String> consumer(String protocol, Map<String, String> more) {
    Map<String, Object> settings = new TreeMap<>(more);
    settings.put("bootstrap.servers", node.bootstrapServers());
    settings.put("group.id", "group");
    settings.put("group.protocol", protocol);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    if (protocol.equals("classic")) {
      settings.put("heartbeat.interval.ms", "100");
    }
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    running.add(consumer);
    return consumer;
  }

  private KafkaConsumer<String, String> reader(String... topics) {
    KafkaConsumer<String, String> consumer = consumer("consumer", Map.of());
    consumer.subscribe(List.of(topics));
    return consumer;
  }

  private void close(KafkaConsumer<String, String> consumer) {
    running.remove(consumer);
    consumer.close();
  }

  /** Polls all consumers until something holds. */
  private void pollUntil(BooleanSupplier holds) {
    long endNanos = System.nanoTime() + WAIT_NANOS;
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime() - endNanos).as("time is up, %s", assignments()).isNegative();
      running.forEach(consumer -> consumer.poll(POLL));
    }
  }

  private List<Set<TopicPartition>> assignments() {
    return running.stream().map(KafkaConsumer::assignment).toList();
  }

  /** Whether the consumers have so many partitions together, each once and evenly. */
  private boolean share(int partitions) {
    Set<TopicPartition> all = new HashSet<>();
    int sum = 0;
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (Set<TopicPartition> each : assignments()) {
      all.addAll(each);
      sum += each.size();
      most = Math.max(most, each.size());
      least = Math.min(least, each.size());
    }
    return sum == partitions && all.size() == partitions && most - least <= 1;
  }

  private ConsumerGroupDescription describe() {
    try {
      return admin.describeConsumerGroups(List.of("group")).all().get().get("group");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void threeMembersBecomeOneAndThreeAgain() throws Exception {
    create("t", 12);
    KafkaConsumer<String, String> first = reader("t");
    KafkaConsumer<String, String> second = reader("t");
    KafkaConsumer<String, String> third = reader("t");
    pollUntil(() -> share(12));
    assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
    close(second);
    close(third);
    pollUntil(() -> share(12));
    first.commitSync(Map.of(new TopicPartition("t", 3), new OffsetAndMetadata(7)));
    reader("t");
    reader("t");
    pollUntil(() -> share(12) && describe().groupState() == GroupState.STABLE);
    assertThat(first.committed(Set.of(new TopicPartition("t", 3))).values())
        .extracting(OffsetAndMetadata::offset)
        .containsExactly(7L);
    close(first);
    pollUntil(() -> share(12));
  }

  @Test
  void expressionsFollowTheTopics() throws Exception {
    create("read-1", 2);
    create("other", 2);
    KafkaConsumer<String, String> consumer = consumer("consumer", Map.of());
    consumer.subscribe(new SubscriptionPattern("read-.*"));
    pollUntil(() -> share(2));
    create("read-2", 3);
    pollUntil(() -> share(5));
    admin.deleteTopics(List.of("read-1")).all().get();
    pollUntil(() -> share(3));
    assertThat(consumer.assignment()).extracting(TopicPartition::topic).containsOnly("read-2");
  }

  @Test
  void aStaticMemberKeepsItsPartitionsOverARestart() throws Exception {
    create("t", 6);
    Map<String, String> named = Map.of("group.instance.id", "name");
    KafkaConsumer<String, String> first = consumer("consumer", named);
    first.subscribe(Pattern.compile("t"));
    reader("t");
    pollUntil(() -> share(6));
    Set<TopicPartition> before = Set.copyOf(first.assignment());
    int epoch = describe().groupEpoch().orElseThrow();
    close(first);
    KafkaConsumer<String, String> again = consumer("consumer", named);
    again.subscribe(Pattern.compile("t"));
    pollUntil(() -> share(6));
    assertThat(again.assignment()).isEqualTo(before);
    assertThat(describe().members()).hasSize(2);
    assertThat(epoch).isPositive();
  }

  @Test
  void aGroupMovesToTheNewProtocolAndBackWithoutStopping() throws Exception {
    create("t", 6);
    for (int i = 0; i < 2; i++) {
      KafkaConsumer<String, String> classic = consumer("classic", Map.of());
      classic.subscribe(List.of("t"));
    }
    pollUntil(() -> share(6));
    assertThat(describe().type()).isEqualTo(GroupType.CLASSIC);
    KafkaConsumer<String, String> modern = reader("t");
    pollUntil(() -> share(6));
    assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
    close(modern);
    pollUntil(() -> share(6) && describe().type() == GroupType.CLASSIC);
    reader("t");
    pollUntil(() -> share(6));
    close(running.getFirst());
    close(running.getFirst());
    pollUntil(() -> share(6) && describe().groupState() == GroupState.STABLE);
    assertThat(describe().type()).isEqualTo(GroupType.CONSUMER);
  }

  @Test
  void aGroupMayHaveSettingsOfItsOwn() throws Exception {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "group");
    admin
        .incrementalAlterConfigs(
            Map.of(
                group,
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("consumer.session.timeout.ms", "50000"),
                        AlterConfigOp.OpType.SET))))
        .all()
        .get();
    ConfigEntry shown =
        admin
            .describeConfigs(List.of(group))
            .all()
            .get()
            .get(group)
            .get("consumer.session.timeout.ms");
    assertThat(shown.value()).isEqualTo("50000");
    assertThat(shown.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
  }
}
