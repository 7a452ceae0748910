import dev.millrace.client.Admin;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * Millrace's own client against any cluster: {@code OwnClients BOOTSTRAP TASK [ARGUMENTS]}; exit 0
 * when all is as it has to be, else one line on standard error says what is not.
 *
 * <pre>
 *   codecs                every codec, plain, idempotent and transactional, all comes back
 *   errors                every kind of error is what the guide says
 *   churn PROTOCOL        members of a group come and go while records are written: none is lost
 *   fill COUNT            writes numbers to the topic own-in
 *   transform ID          doubles them into own-out in transactions; exit 3: to be started again
 *   check COUNT           own-out holds every doubled number once
 * </pre>
 */
public final class OwnClients {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int PARTITIONS = 3;

  private final String bootstrap;
  private final String run = Long.toString(System.nanoTime(), 36);

  private OwnClients(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] words) throws Exception {
    OwnClients own = new OwnClients(words[0]);
    try {
      switch (words[1]) {
        case "codecs" -> own.codecs();
        case "errors" -> own.errors();
        case "churn" -> own.churn(words[2]);
        case "fill" -> own.fill(Integer.parseInt(words[2]));
        case "transform" -> own.transform(words[2]);
        case "check" -> own.check(Integer.parseInt(words[2]));
        default -> throw new IllegalStateException("no such task, name=" + words[1]);
      }
    } catch (IllegalStateException e) {
      System.err.println(words[1] + ": " + e.getMessage());
      Runtime.getRuntime().halt(1);
    }
    Runtime.getRuntime().halt(0);
  }

  private Map<String, String> with(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private Producer<String, String> producer(Map<String, String> settings) {
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }

  private Consumer<String, String> consumer(Map<String, String> settings) {
    return Consumer.open(settings, Deserializer.string(), Deserializer.string());
  }

  private void create(String topic, int partitions) {
    try (Admin admin = Admin.open(with())) {
      admin.createTopic(topic, partitions, -1, Map.of()).join();
    }
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  private void codecs() {
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      for (String way : List.of("plain", "idempotent", "transactional")) {
        String topic = "own-" + codec + "-" + way + "-" + run;
        create(topic, 1);
        List<String> sent = IntStream.range(0, 3_000).mapToObj(i -> i + "x".repeat(i % 200)).toList();
        Map<String, String> settings = with("compression.type", codec);
        if (way.equals("plain")) {
          settings.put("enable.idempotence", "false");
        } else if (way.equals("transactional")) {
          settings.put("transactional.id", topic);
        }
        write(settings, topic, sent);
        must(read(topic, sent.size()).equals(sent), "records differ, topic=" + topic);
      }
    }
  }

  private void write(Map<String, String> settings, String topic, List<String> values) {
    boolean isTransactional = settings.containsKey("transactional.id");
    try (Producer<String, String> producer = producer(settings)) {
      if (isTransactional) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      List<CompletableFuture<?>> fates = new ArrayList<>();
      for (String value : values) {
        ByteBuffer header = ByteBuffer.wrap(value.getBytes());
        fates.add(
            producer.send(
                ProducerRecord.of(topic, "k" + value, value)
                    .with(List.of(new RecordHeader("h", header)))));
      }
      if (isTransactional) {
        producer.commitTransaction();
      }
      producer.flush();
      fates.forEach(CompletableFuture::join);
    }
  }

  private List<String> read(String topic, int count) {
    List<String> values = new ArrayList<>();
    Map<String, String> settings =
        with("auto.offset.reset", "earliest", "isolation.level", "read_committed");
    try (Consumer<String, String> consumer = consumer(settings)) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      while (values.size() < count) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          must(("k" + record.value()).equals(record.key()), "key differs, topic=" + topic);
          must(
              record.headers().size() == 1 && record.headers().get(0).value().remaining() > 0,
              "header is missing, topic=" + topic);
          values.add(record.value());
        }
      }
    }
    return values;
  }

  private void errors() {
    String topic = "own-errors-" + run;
    create(topic, 1);
    try (Producer<String, String> producer = producer(with("max.request.size", "2000000"))) {
      expect(ProducerException.Refused.class, () -> producer.send(ProducerRecord.of("not a name", "v")).join());
      expect(ProducerException.Refused.class, () -> producer.send(ProducerRecord.<String, String>of(topic, "v").to(9)).join());
      expect(ProducerException.Refused.class, () -> producer.send(ProducerRecord.of(topic, "x".repeat(2_100_000))).join());
      expect(ProducerException.Refused.class, () -> producer.send(ProducerRecord.of(topic, "x".repeat(1_500_000))).join());
      producer.send(ProducerRecord.of(topic, "good")).join();
    }
    Producer<String, String> closed = producer(with());
    closed.close();
    expect(ProducerException.Fatal.class, () -> closed.send(ProducerRecord.of(topic, "v")));
    String id = "own-fenced-" + run;
    try (Producer<String, String> first = producer(with("transactional.id", id));
        Producer<String, String> second = producer(with("transactional.id", id))) {
      first.initTransactions();
      first.beginTransaction();
      first.send(ProducerRecord.of(topic, "late"));
      second.initTransactions();
      expect(ProducerException.Fenced.class, () -> end(first));
      second.beginTransaction();
      second.send(ProducerRecord.of(topic, "second"));
      second.commitTransaction();
    }
    try (Consumer<String, String> none = consumer(with("auto.offset.reset", "none", "group.id", "own-none-" + run))) {
      none.assign(List.of(new TopicPartition(topic, 0)));
      expect(ConsumerException.NoOffset.class, () -> until(none));
    }
    Map<String, String> numbers = with("auto.offset.reset", "earliest");
    try (Consumer<String, Integer> wrong = Consumer.open(numbers, Deserializer.string(), Deserializer.int32())) {
      wrong.assign(List.of(new TopicPartition(topic, 0)));
      wrong.seekToEnd(List.of(new TopicPartition(topic, 0)));
      try (Producer<String, String> producer = producer(with())) {
        producer.send(ProducerRecord.of(topic, "no number")).join();
      }
      expect(ConsumerException.Unreadable.class, () -> until(wrong));
    }
    try (Producer<String, String> nobody = producer(Map.of("bootstrap.servers", "127.0.0.1:1", "max.block.ms", "700"))) {
      expect(ProducerException.Retriable.class, () -> nobody.send(ProducerRecord.of(topic, "v")));
    }
  }

  private static void until(Consumer<String, ?> consumer) {
    for (int i = 0; i < 100; i++) {
      if (!consumer.poll(POLL).isEmpty()) {
        return;
      }
    }
  }

  /** A batch that came late makes the transaction one that can only be aborted; the abort tells why. */
  private static void end(Producer<String, String> fenced) {
    try {
      fenced.commitTransaction();
    } catch (ProducerException.Abortable late) {
      must(late.getMessage().contains("another producer has its transactional.id"), "does not say why: " + late);
      fenced.abortTransaction();
    }
  }

  private static void expect(Class<? extends Exception> kind, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      Throwable cause = e instanceof java.util.concurrent.CompletionException ? e.getCause() : e;
      must(kind.isInstance(cause), "expected=" + kind.getSimpleName() + " got=" + cause);
      must(String.valueOf(cause.getMessage()).lines().count() == 1, "not one line: " + cause);
      System.out.println(kind.getSimpleName() + ": " + cause.getMessage());
      return;
    }
    throw new IllegalStateException("nothing was thrown, expected=" + kind.getSimpleName());
  }

  /** Every record is read at least once, and what is committed in the end is everything. */
  private void churn(String protocol) throws InterruptedException {
    String topic = "own-churn-" + protocol + "-" + run;
    create(topic, 6);
    int count = 20_000;
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicBoolean isCalm = new AtomicBoolean();
    List<Thread> members = new ArrayList<>();
    List<Throwable> faults = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      members.add(
          Thread.ofVirtual()
              .start(() -> {
                while (!isOver.get()) {
                  try {
                    member(topic, protocol, seen, isOver, isCalm);
                  } catch (RuntimeException e) {
                    faults.add(e);
                    return;
                  }
                }
              }));
    }
    try (Producer<String, String> producer = producer(with())) {
      for (int i = 0; i < count; i++) {
        producer.send(ProducerRecord.of(topic, "k" + i, "v" + i));
        if (i % 1_000 == 0) {
          Thread.sleep(400);
        }
      }
    }
    isCalm.set(true); // nobody leaves any more: what is missing then was skipped
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (seen.size() < count && System.nanoTime() < end && faults.isEmpty()) {
      Thread.sleep(100);
    }
    isOver.set(true);
    for (Thread member : members) {
      member.join();
    }
    must(faults.isEmpty(), "a member failed: " + faults);
    must(
        seen.size() == count,
        "records were not read, missing=" + (count - seen.size()) + " " + standing(topic));
  }

  /** How far a group of the topic's name has come, for a person. */
  private String standing(String topic) {
    try (Consumer<String, String> looker = consumer(with("group.id", topic))) {
      List<TopicPartition> all =
          IntStream.range(0, looker.partitions(topic)).mapToObj(i -> new TopicPartition(topic, i)).toList();
      return "committed=" + looker.committed(Set.copyOf(all)) + " ends=" + looker.endOffsets(all);
    }
  }

  /** Reads for a while and leaves. */
  private void member(
      String topic,
      String protocol,
      Set<String> seen,
      AtomicBoolean isOver,
      AtomicBoolean isCalm) {
    Map<String, String> settings =
        with("group.id", topic, "group.protocol", protocol, "auto.offset.reset", "earliest",
            "enable.auto.commit", "false");
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(500_000_000L, 5_000_000_000L);
    try (Consumer<String, String> consumer = consumer(settings)) {
      consumer.subscribe(List.of(topic));
      while (!isOver.get() && (isCalm.get() || System.nanoTime() < end)) {
        try {
          for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            seen.add(record.value());
          }
          consumer.commit();
        } catch (ConsumerException.Lost | ConsumerException.Retriable e) {
          System.out.println("passing: " + e.getMessage());
        }
      }
    }
  }

  private void fill(int count) {
    create("own-in", PARTITIONS);
    create("own-out", PARTITIONS);
    try (Producer<String, String> producer = producer(with())) {
      for (int i = 0; i < count; i++) {
        producer.send(ProducerRecord.of("own-in", "k" + i, Integer.toString(i)));
      }
    }
  }

  private void transform(String id) {
    Map<String, String> reading =
        with("group.id", "own-transform", "auto.offset.reset", "earliest", "enable.auto.commit", "false",
            "isolation.level", "read_committed", "session.timeout.ms", "6000", "max.poll.records", "100");
    try (Consumer<String, String> in = consumer(reading);
        Producer<String, String> out =
            producer(with("transactional.id", id, "transaction.timeout.ms", "10000"))) {
      out.initTransactions();
      in.subscribe(List.of("own-in"));
      for (int round = 0; !isDone(in); round++) {
        List<ConsumerRecord<String, String>> records = in.poll(POLL);
        if (!records.isEmpty()) {
          transact(in, out, records, round % 7 == 6);
        }
      }
    } catch (ProducerException | ConsumerException e) {
      System.err.println("start again: " + e.getMessage());
      Runtime.getRuntime().halt(3);
    }
  }

  private static boolean isDone(Consumer<String, String> in) {
    Set<TopicPartition> mine = in.assignment();
    return mine.size() == PARTITIONS
        && in.committed(mine).equals(in.endOffsets(mine));
  }

  private static void transact(
      Consumer<String, String> in,
      Producer<String, String> out,
      List<ConsumerRecord<String, String>> records,
      boolean isAborted) {
    Map<TopicPartition, Long> done = new TreeMap<>();
    out.beginTransaction();
    try {
      for (ConsumerRecord<String, String> record : records) {
        String doubled = Integer.toString(2 * Integer.parseInt(record.value()));
        out.send(ProducerRecord.of("own-out", record.key(), doubled).to(record.partition().partition()));
        done.put(record.partition(), record.offset() + 1);
      }
      out.sendOffsets(done, in.groupMember());
      if (!isAborted) {
        out.commitTransaction();
        return;
      }
    } catch (ProducerException.Abortable e) {
      System.err.println("aborted: " + e.getMessage());
    }
    out.abortTransaction();
    Map<TopicPartition, Long> committed = in.committed(in.assignment());
    for (TopicPartition partition : in.assignment()) {
      in.seek(partition, committed.getOrDefault(partition, 0L));
    }
  }

  private void check(int count) {
    Map<String, Integer> seen = new HashMap<>();
    try (Consumer<String, String> consumer =
        consumer(with("auto.offset.reset", "earliest", "isolation.level", "read_committed"))) {
      List<TopicPartition> all =
          IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition("own-out", i)).toList();
      consumer.assign(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(record -> seen.merge(record.value(), 1, Integer::sum));
      }
    }
    long doubles = seen.values().stream().filter(times -> times > 1).count();
    long lost = IntStream.range(0, count).filter(i -> !seen.containsKey(Integer.toString(2 * i))).count();
    System.out.println("transactions: " + count + " read, " + seen.size() + " written, " + lost + " lost, " + doubles + " doubled");
    must(lost == 0 && doubles == 0 && seen.size() == count, "lost=" + lost + " doubled=" + doubles + " values=" + seen.size());
  }
}
