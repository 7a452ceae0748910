import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The clients of a history run. Each writes down every call and every answer, a line of JSON each,
 * as {@code check.py} reads them, and may be killed or stopped at any moment.
 *
 * <pre>
 * usage: Workload NAME[,NAME...] BOOTSTRAP FOLDER
 *   write      two idempotent producers write numbered values into log
 *   transform  log is copied into out in transactions, a value marked with its transaction; every seventh is aborted
 *   bank       transfers between accounts, one partition of bank each; a transaction changes two of them
 *   spread     two idempotent producers write values into spread, to whichever partition the client picks;
 *   brief      the same with brief, a topic that is deleted and created again meanwhile
 *   read       polls by assignment: log as it is, log, out and bank read committed, from the beginning on
 *   classic    a group of two members reads log and commits, with the classic protocol; consumer: with the new one
 *   share      a share group of two members takes the records of log
 *   final      reads everything once, and says whether a transaction is still open
 * ends when FOLDER/stop is there (those that work log off: and that is done), with 0; 3: start me again; 4: a successor
 * took over. Several names: each on a thread of its own, started again when it ends with 3 or 4.
 * -Dpartitions=N (default 2) of log and out; -Dmore=TOPIC[,TOPIC] that readers read too; -Dprotocol=classic|consumer of the group of transform
 * </pre>
 */
public final class Workload {
  static final int PARTITIONS = Integer.getInteger("partitions", 2);
  static final Duration POLL = Duration.ofMillis(200);

  private static final int ACCOUNTS = 4;
  private static final int START = 100;
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** More topics that readers read, with as many partitions as they have when the reader starts. */
  private static final List<String> MORE =
      Stream.of(System.getProperty("more", "").split(",")).filter(one -> !one.isEmpty()).toList();

  /** The key of each written record, so that a full disk is felt at once. */
  private static final String FILLER = "x".repeat(1000);

  private final String name;
  private final String life;
  private final String bootstrap;
  private final Notes notes;
  private final List<KafkaProducer<String, String>> producers = new ArrayList<>();
  private final List<KafkaConsumer<String, String>> consumers = new ArrayList<>();
  private int transactions;

  private Workload(String name, String bootstrap, Notes notes) {
    this.name = name;
    this.life = notes.life();
    this.bootstrap = bootstrap;
    this.notes = notes;
  }

  public static void main(String[] arguments) throws Exception {
    String[] names = arguments[0].split(",");
    List<Thread> threads = new ArrayList<>();
    for (String name : names) {
      Thread thread = new Thread(() -> lives(name, arguments[1], Path.of(arguments[2]), names.length > 1));
      thread.setName(name);
      thread.start();
      threads.add(thread);
    }
    for (Thread one : threads) {
      one.join();
    }
    Runtime.getRuntime().halt(0);
  }

  /** One life of a workload after the other; alone it ends the process, so that who started it sees why. */
  private static void lives(String name, String bootstrap, Path folder, boolean again) {
    int code = 3;
    while (code == 3 || code == 4 && again) {
      code = life(name, bootstrap, folder);
      if (!again) {
        Runtime.getRuntime().halt(code);
      }
    }
  }

  private static int life(String name, String bootstrap, Path folder) {
    try (Notes notes = new Notes(name, folder)) {
      Workload work = new Workload(name, bootstrap, notes);
      try {
        work.run();
        work.producers.forEach(KafkaProducer::close);
        return 0;
      } catch (KafkaException | IllegalStateException fault) { // the latter is a fault of the client
        System.err.println(notes.life() + ": " + fault + ", cause=" + fault.getCause());
        return isFenced(fault) ? 4 : 3;
      } finally {
        work.producers.forEach(one -> one.close(Duration.ZERO));
        work.consumers.forEach(one -> one.close(CloseOptions.timeout(Duration.ofSeconds(1))));
      }
    } catch (Exception fault) {
      fault.printStackTrace();
      return 1;
    }
  }

  private void run() throws Exception {
    switch (name) {
      case "write" -> write();
      case "spread", "brief" -> spread();
      case "transform" -> transform();
      case "bank" -> bank();
      case "read" -> read();
      case "classic", "consumer" -> new GroupReaders(name, bootstrap, notes).run();
      case "share" -> new ShareReaders(bootstrap, notes).run();
      case "final" -> last();
      default -> throw new IllegalArgumentException("no workload of this name: " + name);
    }
  }

  private static boolean isFenced(Throwable fault) {
    return fault instanceof ProducerFencedException
        || fault instanceof InvalidProducerEpochException
        || fault instanceof FencedInstanceIdException
        || (fault.getCause() != null && isFenced(fault.getCause()));
  }

  private KafkaProducer<String, String> producer(String transactionalId) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("request.timeout.ms", "5000");
    settings.put("max.block.ms", "60000");
    settings.put("delivery.timeout.ms", "120000");
    settings.put("linger.ms", "2");
    if (!transactionalId.isEmpty()) {
      settings.put("transactional.id", transactionalId);
      settings.put("transaction.timeout.ms", "10000");
    }
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    producers.add(producer);
    return producer;
  }

  private KafkaConsumer<String, String> consumer(String isolation, Map<String, String> more) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("isolation.level", isolation);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "50");
    settings.put("request.timeout.ms", "10000");
    settings.putAll(more);
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    consumers.add(consumer);
    return consumer;
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    return IntStream.range(0, count).mapToObj(one -> new TopicPartition(topic, one)).toList();
  }

  private void write() {
    List<KafkaProducer<String, String>> two = List.of(producer(""), producer(""));
    for (int n = 0; !notes.isOver(); n++) {
      send(two.get(n % 2), "log", n / 2 % PARTITIONS, life + "." + n % 2 + "-" + n);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void spread() {
    List<KafkaProducer<String, String>> two = List.of(producer(""), producer(""));
    for (int n = 0; !notes.isOver(); n++) {
      send(two.get(n % 2), name, null, life + "." + n % 2 + "-" + n);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void send(
      KafkaProducer<String, String> producer, String topic, Integer partition, String value) {
    notes.add(
        "{\"op\":\"send\",\"topic\":\"%s\",\"partition\":%d,\"value\":\"%s\"}",
        topic, partition, value);
    producer.send(
        new ProducerRecord<>(topic, partition, partition == null ? null : FILLER, value),
        (done, fault) -> {
          if (fault == null) {
            notes.add(
                "{\"op\":\"sent\",\"topic\":\"%s\",\"partition\":%d,\"offset\":%d,\"value\":\"%s\"}",
                topic, done.partition(), done.offset(), value);
          } else {
            notes.add(
                "{\"op\":\"failed\",\"value\":\"%s\",\"error\":\"%s\"}",
                value, fault.getClass().getSimpleName());
          }
        });
  }

  private void transform() {
    KafkaProducer<String, String> out = producer("transform");
    KafkaConsumer<String, String> in =
        consumer(
            "read_committed",
            Map.of(
                "group.id",
                "transform",
                "group.protocol",
                System.getProperty("protocol", "consumer")));
    out.initTransactions();
    in.subscribe(List.of("log"));
    int idle = 0;
    while (!notes.isOver() || idle < 15) {
      ConsumerRecords<String, String> records = in.poll(POLL);
      // what came to nothing while a fault lasted says nothing of the end
      idle = notes.isOver() && records.isEmpty() && !in.assignment().isEmpty() ? idle + 1 : 0;
      if (!records.isEmpty() && !copied(in, out, records)) {
        Map<TopicPartition, OffsetAndMetadata> committed = in.committed(in.assignment());
        in.assignment()
            .forEach(
                one -> in.seek(one, committed.get(one) == null ? 0 : committed.get(one).offset()));
      }
    }
  }

  private boolean copied(
      KafkaConsumer<String, String> in,
      KafkaProducer<String, String> out,
      ConsumerRecords<String, String> records) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    List<ProducerRecord<String, String>> copies = new ArrayList<>();
    String id = life + "/" + transactions;
    for (ConsumerRecord<String, String> one : records) {
      copies.add(new ProducerRecord<>("out", one.partition(), null, one.value() + "|" + id));
      offsets.put(
          new TopicPartition(one.topic(), one.partition()),
          new OffsetAndMetadata(one.offset() + 1));
    }
    return transaction(
        out, id, copies, () -> out.sendOffsetsToTransaction(offsets, in.groupMetadata()));
  }

  /** All of it or nothing. Returns whether it is committed; does not return when nobody knows. */
  private boolean transaction(
      KafkaProducer<String, String> producer,
      String id,
      Collection<ProducerRecord<String, String>> records,
      Runnable more) {
    String values =
        records.stream().map(one -> '"' + one.value() + '"').collect(Collectors.joining(","));
    notes.add("{\"op\":\"begin\",\"id\":\"%s\",\"values\":[%s]}", id, values);
    boolean commits = ++transactions % 7 != 0;
    try {
      producer.beginTransaction();
      records.forEach(producer::send);
      more.run();
      producer.flush();
      if (commits) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    } catch (KafkaException fault) {
      notes.add(
          "{\"op\":\"end\",\"id\":\"%s\",\"result\":\"unknown\",\"error\":\"%s\"}",
          id, fault.getClass().getSimpleName());
      throw fault;
    }
    notes.add("{\"op\":\"end\",\"id\":\"%s\",\"result\":\"%s\"}", id, commits ? "committed" : "aborted");
    return commits;
  }

  /**
   * Each value is transaction:account:before:after, and before is the after of the record before.
   */
  private void bank() {
    KafkaProducer<String, String> producer = producer("bank");
    producer.initTransactions();
    int[] balances = balances();
    Random random = new Random();
    while (!notes.isOver()) {
      int from = random.nextInt(ACCOUNTS);
      int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
      int amount = 1 + random.nextInt(9);
      String id = life + "/" + transactions;
      List<ProducerRecord<String, String>> both =
          List.of(
              change(id, from, balances[from], balances[from] - amount),
              change(id, to, balances[to], balances[to] + amount));
      if (transaction(producer, id, both, () -> {})) {
        balances[from] -= amount;
        balances[to] += amount;
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static ProducerRecord<String, String> change(
      String id, int account, int before, int after) {
    return new ProducerRecord<>(
        "bank", account, null, id + ":" + account + ":" + before + ":" + after);
  }

  private int[] balances() {
    int[] balances = IntStream.generate(() -> START).limit(ACCOUNTS).toArray();
    try (KafkaConsumer<String, String> reader = consumer("read_committed", Map.of())) {
      List<TopicPartition> accounts = partitions("bank", ACCOUNTS);
      reader.assign(accounts);
      reader.seekToBeginning(accounts);
      Map<TopicPartition, Long> ends = reader.endOffsets(accounts);
      while (accounts.stream().anyMatch(one -> reader.position(one) < ends.get(one))) {
        for (ConsumerRecord<String, String> one : reader.poll(POLL)) {
          balances[one.partition()] =
              Integer.parseInt(one.value().substring(one.value().lastIndexOf(':') + 1));
        }
      }
    }
    return balances;
  }

  private record View(
      String name, List<TopicPartition> partitions, KafkaConsumer<String, String> consumer) {}

  private int count(String topic) {
    try (KafkaConsumer<String, String> any = consumer("read_uncommitted", Map.of())) {
      return any.partitionsFor(topic).size();
    }
  }

  private View view(String isolation, List<TopicPartition> partitions) {
    KafkaConsumer<String, String> consumer = consumer(isolation, Map.of());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return new View(life + "-" + isolation, partitions, consumer);
  }

  private List<View> views() {
    List<TopicPartition> committed = new ArrayList<>(partitions("log", PARTITIONS));
    committed.addAll(partitions("out", PARTITIONS));
    committed.addAll(partitions("bank", ACCOUNTS));
    MORE.forEach(topic -> committed.addAll(partitions(topic, count(topic))));
    return List.of(
        view("read_uncommitted", partitions("log", PARTITIONS)), view("read_committed", committed));
  }

  private void poll(View view) {
    ConsumerRecords<String, String> records = view.consumer.poll(POLL);
    if (!records.isEmpty()) {
      List<String> rows = new ArrayList<>();
      records.forEach(
          one ->
              rows.add(
                  String.format(
                      "[\"%s\",%d,%d,\"%s\"]",
                      one.topic(), one.partition(), one.offset(), one.value())));
      notes.add(
          "{\"op\":\"poll\",\"reader\":\"%s\",\"records\":[%s]}",
          view.name, String.join(",", rows));
    }
  }

  private void read() {
    List<View> views = views();
    while (!notes.isOver()) {
      views.forEach(this::poll);
    }
  }

  /** Waits up to 40 s until no transaction is open, then reads all there is. */
  private void last() {
    View committed = views().get(1);
    Map<TopicPartition, Long> ends;
    try (KafkaConsumer<String, String> every = consumer("read_uncommitted", Map.of())) {
      ends = every.endOffsets(committed.partitions);
    }
    long deadlineNs = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    Map<TopicPartition, Long> stable = committed.consumer.endOffsets(committed.partitions);
    while (!stable.equals(ends) && System.nanoTime() < deadlineNs) {
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      stable = committed.consumer.endOffsets(committed.partitions);
    }
    for (TopicPartition one : committed.partitions) {
      notes.add(
          "{\"op\":\"ends\",\"topic\":\"%s\",\"partition\":%d,\"end\":%d,\"stable\":%d}",
          one.topic(), one.partition(), ends.get(one), stable.get(one));
    }
    Map<TopicPartition, Long> wanted = stable;
    while (committed.partitions.stream()
        .anyMatch(one -> committed.consumer.position(one) < wanted.get(one))) {
      poll(committed);
    }
  }
}
