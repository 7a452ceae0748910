import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * One client of a history run. It writes down every call and every answer, a line of JSON each, as
 * {@code check.py} reads them, and may be killed or stopped at any moment.
 *
 * <pre>
 * usage: Workload write|transform|bank|read|final BOOTSTRAP FOLDER
 *   write      two idempotent producers write numbered values into log
 *   transform  log is copied into out in transactions, a value marked with its transaction; every seventh is aborted
 *   bank       transfers between accounts, one partition of bank each; a transaction changes two of them
 *   read       polls by assignment: log as it is, log, out and bank read committed, from the beginning on
 *   final      reads everything once, and says whether a transaction is still open
 * ends when FOLDER/stop is there (transform: and log is worked off), with 0; 3: start me again; 4: a successor took over
 * </pre>
 */
public final class Workload {
  private static final int PARTITIONS = 2;
  private static final int ACCOUNTS = 4;
  private static final int START = 100;
  private static final Duration POLL = Duration.ofMillis(200);

  /** The key of each written record, so that a full disk is felt at once. */
  private static final String FILLER = "x".repeat(1000);


  private final String name;
  private final String life;
  private final String bootstrap;
  private final Path folder;
  private final FileOutputStream history;
  private int transactions;

  private Workload(String name, String bootstrap, Path folder) throws IOException {
    this.name = name;
    this.life = name + "-" + Long.toString(System.currentTimeMillis(), 36);
    this.bootstrap = bootstrap;
    this.folder = folder;
    this.history = new FileOutputStream(folder.resolve(life + ".history").toFile(), true);
  }

  public static void main(String[] arguments) throws Exception {
    Workload work = new Workload(arguments[0], arguments[1], Path.of(arguments[2]));
    try {
      switch (work.name) {
        case "write" -> work.write();
        case "transform" -> work.transform();
        case "bank" -> work.bank();
        case "read" -> work.read();
        case "final" -> work.last();
        default -> throw new IllegalArgumentException("no workload of this name: " + work.name);
      }
    } catch (KafkaException fault) {
      System.err.println(work.life + ": " + fault + ", cause=" + fault.getCause());
      Runtime.getRuntime().halt(isFenced(fault) ? 4 : 3);
    }
    Runtime.getRuntime().halt(0);
  }

  private static boolean isFenced(Throwable fault) {
    return fault instanceof ProducerFencedException
        || fault instanceof InvalidProducerEpochException
        || fault instanceof FencedInstanceIdException
        || (fault.getCause() != null && isFenced(fault.getCause()));
  }

  /** One write to the file, so that a kill leaves whole lines; the last one may be torn. */
  private synchronized void note(String format, Object... values) {
    try {
      history.write((String.format(format, values) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  private boolean isOver() {
    return Files.exists(folder.resolve("stop"));
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
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
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
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    return IntStream.range(0, count).mapToObj(one -> new TopicPartition(topic, one)).toList();
  }

  private void write() {
    List<KafkaProducer<String, String>> producers = List.of(producer(""), producer(""));
    for (int n = 0; !isOver(); n++) {
      String value = life + "." + n % 2 + "-" + n;
      int partition = n / 2 % PARTITIONS;
      note("{\"op\":\"send\",\"topic\":\"log\",\"partition\":%d,\"value\":\"%s\"}", partition, value);
      producers
          .get(n % 2)
          .send(
              new ProducerRecord<>("log", partition, FILLER, value),
              (done, fault) -> {
                if (fault == null) {
                  note(
                      "{\"op\":\"sent\",\"topic\":\"log\",\"partition\":%d,\"offset\":%d,\"value\":\"%s\"}",
                      done.partition(), done.offset(), value);
                } else {
                  note("{\"op\":\"failed\",\"value\":\"%s\",\"error\":\"%s\"}", value, fault.getClass().getSimpleName());
                }
              });
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    producers.forEach(KafkaProducer::close);
  }

  private void transform() {
    KafkaProducer<String, String> out = producer("transform");
    KafkaConsumer<String, String> in =
        consumer(
            "read_committed",
            Map.of("group.id", "transform", "group.protocol", System.getProperty("protocol", "consumer")));
    out.initTransactions();
    in.subscribe(List.of("log"));
    int idle = 0;
    while (!isOver() || idle < 15) {
      ConsumerRecords<String, String> records = in.poll(POLL);
      idle = records.isEmpty() && !in.assignment().isEmpty() ? idle + 1 : 0;
      if (!records.isEmpty() && !copied(in, out, records)) {
        Map<TopicPartition, OffsetAndMetadata> committed = in.committed(in.assignment());
        in.assignment().forEach(one -> in.seek(one, committed.get(one) == null ? 0 : committed.get(one).offset()));
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
      offsets.put(new TopicPartition(one.topic(), one.partition()), new OffsetAndMetadata(one.offset() + 1));
    }
    return transaction(out, id, copies, () -> out.sendOffsetsToTransaction(offsets, in.groupMetadata()));
  }

  /** All of it or nothing. Returns whether it is committed; does not return when nobody knows. */
  private boolean transaction(
      KafkaProducer<String, String> producer,
      String id,
      Collection<ProducerRecord<String, String>> records,
      Runnable more) {
    String values = records.stream().map(one -> '"' + one.value() + '"').collect(Collectors.joining(","));
    note("{\"op\":\"begin\",\"id\":\"%s\",\"values\":[%s]}", id, values);
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
      note("{\"op\":\"end\",\"id\":\"%s\",\"result\":\"unknown\",\"error\":\"%s\"}", id, fault.getClass().getSimpleName());
      throw fault;
    }
    note("{\"op\":\"end\",\"id\":\"%s\",\"result\":\"%s\"}", id, commits ? "committed" : "aborted");
    return commits;
  }

  /** Each value is transaction:account:before:after, and before is the after of the record before. */
  private void bank() {
    KafkaProducer<String, String> producer = producer("bank");
    producer.initTransactions();
    int[] balances = balances();
    Random random = new Random();
    while (!isOver()) {
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

  private static ProducerRecord<String, String> change(String id, int account, int before, int after) {
    return new ProducerRecord<>("bank", account, null, id + ":" + account + ":" + before + ":" + after);
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
          balances[one.partition()] = Integer.parseInt(one.value().substring(one.value().lastIndexOf(':') + 1));
        }
      }
    }
    return balances;
  }

  private record View(String name, List<TopicPartition> partitions, KafkaConsumer<String, String> consumer) {}

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
    return List.of(view("read_uncommitted", partitions("log", PARTITIONS)), view("read_committed", committed));
  }

  private void poll(View view) {
    ConsumerRecords<String, String> records = view.consumer.poll(POLL);
    if (!records.isEmpty()) {
      List<String> rows = new ArrayList<>();
      records.forEach(
          one -> rows.add(String.format("[\"%s\",%d,%d,\"%s\"]", one.topic(), one.partition(), one.offset(), one.value())));
      note("{\"op\":\"poll\",\"reader\":\"%s\",\"records\":[%s]}", view.name, String.join(",", rows));
    }
  }

  private void read() {
    List<View> views = views();
    while (!isOver()) {
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
      note(
          "{\"op\":\"ends\",\"topic\":\"%s\",\"partition\":%d,\"end\":%d,\"stable\":%d}",
          one.topic(), one.partition(), ends.get(one), stable.get(one));
    }
    Map<TopicPartition, Long> wanted = stable;
    while (committed.partitions.stream().anyMatch(one -> committed.consumer.position(one) < wanted.get(one))) {
      poll(committed);
    }
  }
}
