package dev.millrace.testkit;

import dev.millrace.base.time.MovableClock;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.Topics;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.server.Millrace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node for tests. It listens on a free port of this machine; its files are in memory, or in a
 * directory that the test chose. Safe for any thread.
 *
 * <pre>
 *   try (TestBroker broker = TestBroker.start()) {
 *     broker.createTopic("orders", 3);
 *     settings.put("bootstrap.servers", broker.bootstrapServers());
 *     ...
 *   }
 * </pre>
 */
public final class TestBroker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestDirectory directory;
  private final Map<String, String> settings;
  private final @Nullable TestLink link;
  private final MovableClock clock = new MovableClock();
  private @Nullable Millrace node;

  private TestBroker(
      TestDirectory directory, Map<String, String> settings, @Nullable TestLink link) {
    this.directory = directory;
    this.settings = new TreeMap<>(settings);
    this.link = link;
  }

  /** A node in memory that knows nothing. */
  public static TestBroker start() {
    return start(Map.of());
  }

  /**
   * The same with settings of Apache Kafka's and Millrace's names.
   *
   * @throws dev.millrace.server.StartException when one is wrong
   */
  public static TestBroker start(Map<String, String> settings) {
    Map<String, String> quick = new TreeMap<>();
    quick.put("group.initial.rebalance.delay.ms", "0");
    quick.put("millrace.flush.policy", "memory");
    quick.putAll(settings);
    return begin(TestDirectory.inMemory(), quick, null);
  }

  /** The same behind a wire that the test can cut: {@link #link}. */
  public static TestBroker startBehindLink(Map<String, String> settings) {
    TestLink link = TestLink.begin();
    Map<String, String> quick = new TreeMap<>();
    quick.put("group.initial.rebalance.delay.ms", "0");
    quick.put("millrace.flush.policy", "memory");
    quick.put("listeners", "PLAINTEXT://127.0.0.1:" + link.nodePort());
    quick.put("advertised.listeners", "PLAINTEXT://" + link.address());
    quick.putAll(settings);
    return begin(TestDirectory.inMemory(), quick, link);
  }

  /**
   * A node whose files are in a directory and stay there, flushed as in production; with {@code
   * log.dirs} among the settings, in those.
   */
  public static TestBroker startIn(Path directory, Map<String, String> settings) {
    Map<String, String> quick = new TreeMap<>();
    quick.put("group.initial.rebalance.delay.ms", "0");
    quick.putAll(settings);
    return begin(TestDirectory.of(directory), quick, null);
  }

  private static TestBroker begin(
      TestDirectory directory, Map<String, String> settings, @Nullable TestLink link) {
    TestLog.quieten();
    TestBroker broker = new TestBroker(directory, settings, link);
    broker.settings.putIfAbsent("log.dirs", directory.path().toString());
    try {
      broker.resume();
    } catch (RuntimeException e) {
      if (link != null) {
        link.close();
      }
      directory.remove();
      throw e;
    }
    return broker;
  }

  /** Where clients connect: {@code 127.0.0.1:34567}; the same after a restart. */
  public synchronized String bootstrapServers() {
    return running().bootstrapServers();
  }

  /**
   * The wire between clients and the node.
   *
   * @throws IllegalStateException when it was not started with {@link #startBehindLink}
   */
  public TestLink link() {
    if (link == null) {
      throw new IllegalStateException("start the broker with startBehindLink to cut its link");
    }
    return link;
  }

  /** {@code bootstrap.servers} as a map, for clients of any make. */
  public Map<String, String> clientSettings() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  /** Where its files are. */
  public Path directory() {
    return directory.path();
  }

  /** Stops the node in order; what it was told stays. Clients find nobody until {@link #resume}. */
  public synchronized void stop() {
    Millrace running = node;
    if (running != null) {
      if (link == null) {
        settings.put("listeners", "PLAINTEXT://" + running.bootstrapServers());
      }
      node = null;
      running.close();
    }
  }

  /** Starts a stopped node where it was, with the same address. Does nothing while one runs. */
  public synchronized void resume() {
    if (node == null) {
      node = Millrace.start(settings, clock);
    }
  }

  /** Stops and starts the node. */
  public void restart() {
    stop();
    resume();
  }

  /**
   * Lets time pass for the node: what is due by then happens at once, sessions end, transactions
   * and locks run out, records become old. Clients keep the machine's time; those that are idle are
   * disconnected after {@code connections.max.idle.ms} as in production, and come back.
   */
  public void advance(Duration time) {
    clock.advance(time);
  }

  /** Creates a topic with one copy of each partition. */
  public void createTopic(String topic, int partitions) {
    createTopic(topic, partitions, Map.of());
  }

  /** The same with topic settings. */
  public void createTopic(String topic, int partitions, Map<String, String> topicSettings) {
    withCluster(cluster -> new Topics(cluster).create(topic, partitions, 1, topicSettings));
  }

  /**
   * Deletes a topic and its records; clients are told that there is none from then on.
   *
   * @throws dev.millrace.client.ClientException when there is no such topic
   */
  public void deleteTopic(String topic) {
    withCluster(cluster -> {
      new Topics(cluster).delete(topic);
      return topic;
    });
  }

  /** Writes values without keys, in order where the topic has one partition. */
  public void produce(String topic, String... values) {
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (String value : values) {
      records.add(ProducerRecord.of(topic, value));
    }
    produce(records);
  }

  /** Writes records and returns once all are taken. */
  public void produce(Collection<ProducerRecord<String, String>> records) {
    try (Producer<String, String> producer =
        Producer.open(clientSettings(), Serializer.string(), Serializer.string())) {
      List<CompletableFuture<?>> fates = new ArrayList<>();
      records.forEach(record -> fates.add(producer.send(record)));
      producer.flush();
      fates.forEach(CompletableFuture::join);
    }
  }

  /**
   * All records of a topic as they are now, by partition and offset; committed transactions only.
   *
   * @throws IllegalArgumentException when there is no such topic
   */
  public List<ConsumerRecord<String, String>> records(String topic) {
    Map<String, String> reading = new TreeMap<>(clientSettings());
    reading.put("isolation.level", "read_committed");
    reading.put("allow.auto.create.topics", "false");
    reading.put("fetch.max.wait.ms", "50");
    try (Consumer<String, String> consumer =
        Consumer.open(reading, Deserializer.string(), Deserializer.string())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int i = 0; i < consumer.partitions(topic); i++) {
        partitions.add(new TopicPartition(topic, i));
      }
      if (partitions.isEmpty()) {
        throw new IllegalArgumentException("there is no such topic, topic=" + topic);
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      return readUntil(consumer, ends);
    }
  }

  /** Values of {@link #records}. */
  public List<String> values(String topic) {
    return records(topic).stream().map(record -> String.valueOf(record.value())).toList();
  }

  /** Stops the node; its files go, unless they are in a directory of the test's. */
  @Override
  public synchronized void close() {
    Millrace running = node;
    node = null;
    if (running != null) {
      running.close();
    }
    if (link != null) {
      link.close();
    }
    directory.remove();
  }

  private static List<ConsumerRecord<String, String>> readUntil(
      Consumer<String, String> consumer, Map<TopicPartition, Long> ends) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      records.addAll(consumer.poll(Duration.ofMillis(50)));
    }
    records.sort(
        Comparator.comparing((ConsumerRecord<String, String> record) -> record.partition())
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }

  private <T> T withCluster(Function<Cluster, T> work) {
    try (Cluster cluster =
        Cluster.connect(
            List.of(running().endpoint()),
            new ClientSettings(
                "millrace-testkit", (int) PATIENCE.toMillis(), (int) PATIENCE.toMillis(), 10))) {
      return work.apply(cluster);
    }
  }

  private synchronized Millrace running() {
    if (node == null) {
      throw new IllegalStateException("broker is stopped, call resume first");
    }
    return node;
  }
}
