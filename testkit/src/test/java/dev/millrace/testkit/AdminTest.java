package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Acls;
import dev.millrace.client.Admin;
import dev.millrace.client.ClientException;
import dev.millrace.client.Configs;
import dev.millrace.client.ConsumerGroups;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Nodes;
import dev.millrace.client.Producers;
import dev.millrace.client.Records;
import dev.millrace.client.Replication;
import dev.millrace.client.Serializer;
import dev.millrace.client.ShareGroups;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.RebalanceListener;
import dev.millrace.client.producer.Delivered;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.ShareConsumer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administration against a real node. */
@WithMillrace
class AdminTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final TestBroker broker;

  AdminTest(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void recordsAreDeletedFromTheBeginning() {
    broker.createTopic("cut", 1);
    broker.produce("cut", "a", "b", "c");
    TopicPartition partition = new TopicPartition("cut", 0);
    try (Admin admin = admin()) {
      assertThat(admin.deleteRecords(Map.of(partition, 2L)).join()).containsEntry(partition, 2L);
      assertThat(broker.values("cut")).containsExactly("c");
      assertThat(admin.deleteRecords(Map.of(partition, Records.ALL)).join())
          .containsEntry(partition, 3L);
    }
  }

  @Test
  void settingsOfAllScopes() {
    broker.createTopic("set", 1);
    try (Admin admin = admin()) {
      admin
          .alterConfigs(Configs.Kind.TOPIC, "set", Map.of("retention.ms", "77000"), List.of())
          .join();
      assertThat(admin.describeConfigs(Configs.Kind.TOPIC, "set").join())
          .anyMatch(entry -> entry.name().equals("retention.ms") && "77000".equals(entry.value()));
      assertThat(admin.describeConfigs(Configs.Kind.BROKER, "1").join()).isNotEmpty();
      assertThat(admin.describeConfigs(Configs.Kind.GROUP, "g").join()).isNotEmpty();
      assertThat(admin.describeConfigs(Configs.Kind.BROKER_LOGGER, "1").join()).isNotEmpty();
    }
  }

  @Test
  void aCallIsAboutWhatItWasGivenThen() {
    try (TestBroker stalled = TestBroker.startBehindLink(Map.of());
        Admin admin = Admin.open(stalled.clientSettings())) {
      stalled.createTopic("set", 1);
      stalled.link().stall();
      Map<String, String> settings = new HashMap<>(Map.of("retention.ms", "77000"));
      CompletableFuture<Void> done =
          admin.alterConfigs(Configs.Kind.TOPIC, "set", settings, List.of());
      settings.put("retention.ms", "88000");
      stalled.link().mend();
      done.join();
      assertThat(admin.describeConfigs(Configs.Kind.TOPIC, "set").join())
          .anyMatch(entry -> entry.name().equals("retention.ms") && "77000".equals(entry.value()));
    }
  }

  @Test
  void groupsOfTheConsumerProtocol() {
    broker.createTopic("kip848", 2);
    broker.produce("kip848", "a");
    TopicPartition first = new TopicPartition("kip848", 0);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", "next");
    settings.put("group.protocol", "consumer");
    settings.put("auto.offset.reset", "earliest");
    try (Admin admin = admin()) {
      try (Consumer<String, String> consumer =
          Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
        consumer.subscribe(List.of("kip848"), RebalanceListener.NONE);
        while (consumer.assignment().size() < 2) {
          consumer.poll(SHORT);
        }
        consumer.commit(Map.of(first, 0L));
        ConsumerGroups.Described described = admin.describeConsumerGroup("next").join();
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().getFirst().target()).hasSize(2);
        assertThat(described.members().getFirst().topics()).containsExactly("kip848");
      }
      assertThat(admin.groupOffsets("next").join()).containsKey(first);
      admin.deleteGroupOffsets("next", List.of(first)).join();
      assertThat(admin.groupOffsets("next").join()).doesNotContainKey(first);
    }
  }

  @Test
  void shareGroups() {
    broker.createTopic("shared-admin", 1);
    TopicPartition partition = new TopicPartition("shared-admin", 0);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", "sharing");
    try (Admin admin = admin()) {
      try (ShareConsumer<String, String> consumer =
          ShareConsumer.open(settings, Deserializer.string(), Deserializer.string())) {
        consumer.subscribe(List.of("shared-admin"));
        while (consumer.lockTimeoutMs() < 0) {
          consumer.poll(SHORT);
        }
        broker.produce("shared-admin", "a", "b");
        while (consumer.poll(SHORT).isEmpty()) {}
        consumer.commit();
        assertThat(admin.listShareGroups().join())
            .extracting(ShareGroups.Listed::group)
            .contains("sharing");
        ShareGroups.Described described = admin.describeShareGroup("sharing").join();
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().getFirst().partitions()).containsExactly(partition);
        assertThatThrownBy(
                () -> admin.alterShareGroupOffsets("sharing", Map.of(partition, 0L)).join())
            .hasMessageContaining("NON_EMPTY_GROUP");
      }
      assertThat(admin.shareGroupOffsets("sharing").join().get(partition).start()).isPositive();
      admin.alterShareGroupOffsets("sharing", Map.of(partition, 1L)).join();
      assertThat(admin.shareGroupOffsets("sharing").join())
          .containsEntry(partition, new ShareGroups.Progress(1, 1));
      admin.deleteShareGroupOffsets("sharing", List.of("shared-admin")).join();
      assertThat(admin.shareGroupOffsets("sharing").join()).isEmpty();
      // a group that is not there has no offsets, and is made with the first that are set
      assertThat(admin.shareGroupOffsets("to-share").join()).isEmpty();
      admin.alterShareGroupOffsets("to-share", Map.of(partition, 1L)).join();
      assertThat(admin.shareGroupOffsets("to-share").join())
          .containsEntry(partition, new ShareGroups.Progress(1, 1));
    }
  }

  @Test
  void producersAndTransactions() {
    broker.createTopic("open-txn", 1);
    TopicPartition partition = new TopicPartition("open-txn", 0);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("transactional.id", "hangs");
    try (Admin admin = admin();
        Producer<String, String> producer =
            Producer.open(settings, Serializer.string(), Serializer.string())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(ProducerRecord.of("open-txn", "x"));
      producer.flush();
      List<Producers.Active> active = admin.describeProducers(List.of(partition)).join();
      assertThat(active).hasSize(1);
      assertThat(active.getFirst().openSinceOffset()).isZero();
      assertThat(admin.describeTransaction("hangs").join().state()).isEqualTo("Ongoing");
      assertThat(admin.listTransactions().join()).anyMatch(one -> one.id().equals("hangs"));
      // its coordinator knows of it
      assertThat(admin.hangingTransactions(List.of(partition), 0).join()).isEmpty();
      // open here without a coordinator's knowledge is what a marker ends
      admin.abortHanging(active.getFirst()).join();
      assertThat(admin.describeProducers(List.of(partition)).join())
          .allMatch(one -> one.openSinceOffset() < 0);
      admin.abortTransaction("hangs").join();
    }
    assertThat(broker.values("open-txn")).isEmpty();
  }

  @Test
  void featuresLeadersAndCopies() {
    broker.createTopic("led", 1);
    TopicPartition partition = new TopicPartition("led", 0);
    try (Admin admin = admin()) {
      assertThat(admin.describeFeatures().join()).containsKey("transaction.version");
      admin.updateFeatures(Map.of("transaction.version", 2), true).join();
      assertThat(admin.electLeaders(Replication.Election.PREFERRED, List.of(partition)).join())
          .isEmpty();
      assertThat(admin.listReassignments().join()).isEmpty();
      assertThat(admin.logDirectories(1).join()).isNotEmpty();
      assertThat(admin.describeQuorum().join().replicas()).isNotEmpty();
    }
  }

  @Test
  void aCopyMovesToAnotherDirectoryOfItsNode(@TempDir Path folder) {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    Map<String, String> settings = Map.of("log.dirs", one + "," + other);
    try (TestBroker own = TestBroker.startIn(folder, settings);
        Admin admin = Admin.open(own.clientSettings())) {
      own.createTopic("moved", 1);
      own.produce("moved", "a", "b");
      TopicPartition partition = new TopicPartition("moved", 0);
      String from = directoryOf(admin, partition);
      String to = from.equals(one.toString()) ? other.toString() : one.toString();
      admin.moveWithin(1, to, List.of(partition)).join();
      own.produce("moved", "c");
      while (!directoryOf(admin, partition).equals(to)) {
        own.produce("moved", "more");
      }
      assertThat(own.values("moved")).startsWith("a", "b", "c");
      assertThatThrownBy(() -> admin.moveWithin(1, "/nowhere", List.of(partition)).join())
          .hasMessageContaining("LOG_DIR_NOT_FOUND");
    }
  }

  /** Where a copy lies that is not on its way. */
  private static String directoryOf(Admin admin, TopicPartition partition) {
    return admin.logDirectories(1).join().stream()
        .filter(directory ->
            directory.stored().stream()
                .anyMatch(stored -> stored.partition().equals(partition) && !stored.isFuture()))
        .map(Nodes.Directory::path)
        .findFirst()
        .orElse("");
  }

  @Test
  void whatTheClusterRefusesIsSaid() {
    try (Admin admin = admin()) {
      assertThatThrownBy(() -> admin.describeAcls(Acls.Filter.ALL).join())
          .cause()
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("SECURITY_DISABLED");
      assertThatThrownBy(() -> admin.deleteTopic("nowhere").join())
          .hasMessageContaining("UNKNOWN_TOPIC_OR_PARTITION");
    }
  }

  /** Aborted and open transactions are left out, markers never seen. */
  @Test
  void readersOfCommittedRecordsSeeNothingElse() {
    broker.createTopic("filtered", 1);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("transactional.id", "one");
    Map<String, Object> others = new HashMap<>(broker.clientSettings());
    others.put("transactional.id", "two");
    List<String> expected = new ArrayList<>();
    try (Producer<String, String> one =
            Producer.open(settings, Serializer.string(), Serializer.string());
        Producer<String, String> two =
            Producer.open(others, Serializer.string(), Serializer.string())) {
      one.initTransactions();
      two.initTransactions();
      for (int i = 0; i < 10; i++) {
        one.beginTransaction();
        two.beginTransaction();
        for (int j = 0; j < 3; j++) {
          one.send(ProducerRecord.of("filtered", "kept" + i + "-" + j));
          one.flush();
          two.send(ProducerRecord.of("filtered", "lost" + i + "-" + j));
          two.flush();
          expected.add("kept" + i + "-" + j);
        }
        two.abortTransaction();
        one.commitTransaction();
      }
      two.beginTransaction();
      two.send(ProducerRecord.of("filtered", "open"));
      two.flush();
      assertThat(read("filtered", "read_committed", expected.size())).isEqualTo(expected);
      assertThat(read("filtered", "read_uncommitted", 61)).hasSize(61).contains("open", "lost0-0");
    }
  }

  @Test
  void withoutAcknowledgementsRecordsArriveTheSame() {
    broker.createTopic("acks0", 1);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("acks", "0");
    List<CompletableFuture<Delivered>> fates = new ArrayList<>();
    try (Producer<String, String> producer =
        Producer.open(settings, Serializer.string(), Serializer.string())) {
      for (int i = 0; i < 500; i++) {
        fates.add(producer.send(ProducerRecord.of("acks0", "v" + i)));
      }
      producer.flush();
      assertThat(fates).allMatch(fate -> fate.join().offset() == -1);
      assertThat(read("acks0", "read_uncommitted", 500)).hasSize(500).endsWith("v499");
    }
  }

  /** Many partitions with few records: what has not changed is not named again. */
  @Test
  void aSessionFollowsSeeksPausesAndNewPartitions() {
    broker.createTopic("wide", 20);
    List<TopicPartition> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(new TopicPartition("wide", i));
    }
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    settings.put("fetch.max.wait.ms", 50);
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.assign(all.subList(0, 10));
      Map<TopicPartition, List<String>> read = new TreeMap<>();
      for (int round = 0; round < 5; round++) {
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (TopicPartition each : all) {
          records.add(ProducerRecord.<String, String>of("wide", "v" + round).to(each.partition()));
        }
        broker.produce(records);
        if (round == 2) {
          consumer.assign(all);
          consumer.pause(all.subList(0, 3));
        }
        List<TopicPartition> expected = round < 2 ? all.subList(0, 10) : all.subList(3, 20);
        while (!isRead(read, expected, round + 1)) {
          take(consumer, read);
        }
      }
      consumer.resume(all.subList(0, 3));
      while (!isRead(read, all, 5)) {
        take(consumer, read);
      }
      assertThat(read.values()).containsOnly(List.of("v0", "v1", "v2", "v3", "v4"));
      consumer.seekToBeginning(all.subList(5, 6));
      List<String> again = new ArrayList<>();
      while (again.size() < 5) {
        consumer.poll(SHORT).forEach(record -> again.add(record.value()));
      }
      assertThat(again).containsExactly("v0", "v1", "v2", "v3", "v4");
    }
  }

  private static void take(
      Consumer<String, String> consumer, Map<TopicPartition, List<String>> read) {
    consumer
        .poll(SHORT)
        .forEach(record ->
            read.computeIfAbsent(record.partition(), at -> new ArrayList<>()).add(record.value()));
  }

  private static boolean isRead(
      Map<TopicPartition, List<String>> read, List<TopicPartition> expected, int count) {
    return expected.stream().allMatch(each -> read.getOrDefault(each, List.of()).size() == count);
  }

  private List<String> read(String topic, String isolation, int count) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("isolation.level", isolation);
    TopicPartition partition = new TopicPartition(topic, 0);
    List<String> values = new ArrayList<>();
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (values.size() < count) {
        consumer.poll(SHORT).forEach(record -> values.add(record.value()));
      }
      consumer.poll(SHORT).forEach(record -> values.add(record.value()));
    }
    return values;
  }

  private Admin admin() {
    return Admin.open(broker.clientSettings());
  }
}
