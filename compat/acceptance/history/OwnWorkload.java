import dev.millrace.client.Admin;
import dev.millrace.client.ClientException;
import dev.millrace.client.Configs;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.consumer.RebalanceListener;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.Acknowledgement;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.client.share.ShareRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@code Workload} does, with Millrace's own client: the same names, the same lines, the same
 * ends; {@code spread} and {@code brief} are not among them.
 */
public final class OwnWorkload {
  private static final int PARTITIONS = 2;
  private static final int ACCOUNTS = 4;
  private static final int START = 100;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final String FILLER = "x".repeat(1000);

  /** Longer than a session and the lock of a record that somebody has taken along. */
  private static final int REST_MS = 20_000;

  private final String name;
  private final String life;
  private final String bootstrap;
  private final Notes notes;
  private int transactions;

  private OwnWorkload(String name, String bootstrap, Notes notes) {
    this.name = name;
    this.life = notes.life();
    this.bootstrap = bootstrap;
    this.notes = notes;
  }

  public static void main(String[] words) throws Exception {
    Runtime.getRuntime().halt(life(words[0], words[1], Path.of(words[2])));
  }

  private static int life(String name, String bootstrap, Path folder) throws IOException {
    try (Notes notes = new Notes(name, folder)) {
      new OwnWorkload(name, bootstrap, notes).run();
      return 0;
    } catch (ProducerException.Fenced | ConsumerException.Fenced fault) {
      System.err.println(name + ": " + fault);
      return 4;
    } catch (ProducerException | ConsumerException | ClientException | CompletionException fault) {
      System.err.println(name + ": " + fault);
      return 3;
    } catch (Exception fault) {
      fault.printStackTrace();
      return 1;
    }
  }

  private void run() throws Exception {
    switch (name) {
      case "write" -> write();
      case "transform" -> transform();
      case "bank" -> bank();
      case "read" -> read();
      case "classic", "consumer" -> group();
      case "share" -> share();
      case "final" -> last();
      default -> throw new IllegalArgumentException("no workload of this name: " + name);
    }
  }

  private Map<String, String> with(String... pairs) {
    Map<String, String> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private Producer<String, String> producer(String transactionalId) {
    Map<String, String> settings = with("request.timeout.ms", "5000", "max.block.ms", "60000", "linger.ms", "2");
    if (!transactionalId.isEmpty()) {
      settings.put("transactional.id", transactionalId);
      settings.put("transaction.timeout.ms", "10000");
    }
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }

  private Consumer<String, String> consumer(String isolation, String... more) {
    Map<String, String> settings =
        with("isolation.level", isolation, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
            "max.poll.records", "50", "request.timeout.ms", "10000");
    settings.putAll(with(more));
    return Consumer.open(settings, Deserializer.string(), Deserializer.string());
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    return IntStream.range(0, count).mapToObj(one -> new TopicPartition(topic, one)).toList();
  }

  private void write() {
    List<Producer<String, String>> two = List.of(producer(""), producer(""));
    for (int n = 0; !notes.isOver(); n++) {
      send(two.get(n % 2), n / 2 % PARTITIONS, life + "." + n % 2 + "-" + n);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    two.forEach(Producer::close);
  }

  private void send(Producer<String, String> producer, int partition, String value) {
    notes.add("{\"op\":\"send\",\"topic\":\"log\",\"partition\":%d,\"value\":\"%s\"}", partition, value);
    producer.send(
        ProducerRecord.of("log", FILLER, value).to(partition),
        (done, fault) -> {
          if (done != null) {
            notes.add(
                "{\"op\":\"sent\",\"topic\":\"log\",\"partition\":%d,\"offset\":%d,\"value\":\"%s\"}",
                done.partition().partition(), done.offset(), value);
          } else {
            notes.add(
                "{\"op\":\"failed\",\"value\":\"%s\",\"error\":\"%s\"}", value, fault.getClass().getSimpleName());
          }
        });
  }

  private void transform() {
    try (Consumer<String, String> in =
            consumer("read_committed", "group.id", "transform", "group.protocol", System.getProperty("protocol", "consumer"));
        Producer<String, String> out = producer("transform")) {
      out.initTransactions();
      in.subscribe(List.of("log"));
      int idle = 0;
      while (!notes.isOver() || idle < 15) {
        List<ConsumerRecord<String, String>> records = in.poll(POLL);
        idle = notes.isOver() && records.isEmpty() && !in.assignment().isEmpty() ? idle + 1 : 0;
        if (!records.isEmpty() && !copied(in, out, records)) {
          Set<TopicPartition> mine = in.assignment();
          Map<TopicPartition, Long> committed = in.committed(mine);
          mine.forEach(one -> in.seek(one, committed.getOrDefault(one, 0L)));
        }
      }
    }
  }

  private boolean copied(
      Consumer<String, String> in, Producer<String, String> out, List<ConsumerRecord<String, String>> records) {
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    List<ProducerRecord<String, String>> copies = new ArrayList<>();
    String id = life + "/" + transactions;
    for (ConsumerRecord<String, String> one : records) {
      copies.add(ProducerRecord.<String, String>of("out", one.value() + "|" + id).to(one.partition().partition()));
      offsets.put(one.partition(), one.offset() + 1);
    }
    return transaction(out, id, copies, () -> out.sendOffsets(offsets, in.groupMember()));
  }

  /** All of it or nothing. Returns whether it is committed; does not return when nobody knows. */
  private boolean transaction(
      Producer<String, String> producer, String id, Collection<ProducerRecord<String, String>> records, Runnable more) {
    String values = records.stream().map(one -> '"' + one.value() + '"').collect(Collectors.joining(","));
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
    } catch (ProducerException fault) {
      notes.add(
          "{\"op\":\"end\",\"id\":\"%s\",\"result\":\"unknown\",\"error\":\"%s\"}", id, fault.getClass().getSimpleName());
      throw fault;
    }
    notes.add("{\"op\":\"end\",\"id\":\"%s\",\"result\":\"%s\"}", id, commits ? "committed" : "aborted");
    return commits;
  }

  private void bank() {
    try (Producer<String, String> producer = producer("bank")) {
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
  }

  private static ProducerRecord<String, String> change(String id, int account, int before, int after) {
    String value = id + ":" + account + ":" + before + ":" + after;
    return ProducerRecord.<String, String>of("bank", value).to(account);
  }

  private int[] balances() {
    int[] balances = IntStream.generate(() -> START).limit(ACCOUNTS).toArray();
    try (Consumer<String, String> reader = consumer("read_committed")) {
      List<TopicPartition> accounts = partitions("bank", ACCOUNTS);
      Map<TopicPartition, Long> ends = reader.endOffsets(accounts);
      reader.assign(accounts);
      reader.seekToBeginning(accounts);
      while (accounts.stream().anyMatch(one -> reader.position(one) < ends.get(one))) {
        for (ConsumerRecord<String, String> one : reader.poll(POLL)) {
          balances[one.partition().partition()] =
              Integer.parseInt(one.value().substring(one.value().lastIndexOf(':') + 1));
        }
      }
    }
    return balances;
  }

  private record View(String name, List<TopicPartition> partitions, Consumer<String, String> consumer) {}

  private View view(String isolation, List<TopicPartition> partitions) {
    Consumer<String, String> consumer = consumer(isolation);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return new View(life + "-" + isolation, partitions, consumer);
  }

  private static List<TopicPartition> everything() {
    List<TopicPartition> all = new ArrayList<>(partitions("log", PARTITIONS));
    all.addAll(partitions("out", PARTITIONS));
    all.addAll(partitions("bank", ACCOUNTS));
    return all;
  }

  private void poll(View view) {
    List<String> rows = new ArrayList<>();
    view.consumer
        .poll(POLL)
        .forEach(one ->
            rows.add(
                String.format(
                    "[\"%s\",%d,%d,\"%s\"]", one.topic(), one.partition().partition(), one.offset(), one.value())));
    if (!rows.isEmpty()) {
      notes.add("{\"op\":\"poll\",\"reader\":\"%s\",\"records\":[%s]}", view.name, String.join(",", rows));
    }
  }

  private void read() {
    View plain = view("read_uncommitted", partitions("log", PARTITIONS));
    View committed = view("read_committed", everything());
    while (!notes.isOver()) {
      poll(plain);
      poll(committed);
    }
  }

  /** Waits up to 40 s until no transaction is open, then reads all there is. */
  private void last() {
    View committed = view("read_committed", everything());
    Map<TopicPartition, Long> ends;
    try (Consumer<String, String> every = consumer("read_uncommitted")) {
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
    while (committed.partitions.stream().anyMatch(one -> committed.consumer.position(one) < wanted.get(one))) {
      poll(committed);
    }
  }

  private void group() throws InterruptedException {
    notes.add("{\"op\":\"group\",\"group\":\"%s\"}", name);
    inPairs(this::member);
  }

  private interface Work {
    void as(String member);
  }

  private void inPairs(Work work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String member = life + "." + i;
      threads.add(Thread.ofPlatform().name(member).start(() -> work.as(member)));
    }
    for (Thread one : threads) {
      one.join();
    }
  }

  private void member(String member) {
    int idle = 0;
    while (!notes.isOver() || idle < 15) {
      try (Consumer<String, String> consumer =
          consumer("read_uncommitted", "group.id", "readers-" + name, "group.protocol", name, "max.poll.records", "500",
              "session.timeout.ms", "6000", "heartbeat.interval.ms", "1000", "default.api.timeout.ms", "20000")) {
        idle = visit(member, consumer);
      } catch (ConsumerException fault) {
        System.err.println(member + ": " + fault);
      }
    }
  }

  /** Reads for a while. Returns how many of the last polls brought nothing. */
  private int visit(String member, Consumer<String, String> consumer) {
    consumer.subscribe(List.of("log"), places(member, consumer));
    int leaving = 150 + new Random().nextInt(150);
    int idle = 0;
    for (int i = 0; notes.isOver() ? idle < 15 : i < leaving; i++) {
      List<ConsumerRecord<String, String>> records = consumer.poll(POLL);
      boolean rests = notes.isOver() && records.isEmpty() && (!consumer.assignment().isEmpty() || i > 150);
      idle = rests ? idle + 1 : records.isEmpty() ? idle : 0;
      if (!records.isEmpty()) {
        worked(member, consumer, records);
      }
    }
    return idle;
  }

  /** Writes down where a member goes on. */
  private RebalanceListener places(String member, Consumer<String, String> consumer) {
    return new RebalanceListener() {
      @Override
      public void assigned(Collection<TopicPartition> parts) {
        long asked = System.currentTimeMillis();
        Map<TopicPartition, Long> committed = consumer.committed(parts);
        for (TopicPartition part : parts) {
          notes.add(
              "{\"op\":\"assigned\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"position\":%d,\"asked\":%d}",
              name, member, part.partition(), committed.getOrDefault(part, 0L), asked);
        }
      }
    };
  }

  private void worked(String member, Consumer<String, String> consumer, List<ConsumerRecord<String, String>> records) {
    Map<TopicPartition, List<ConsumerRecord<String, String>>> byPart =
        records.stream().collect(Collectors.groupingBy(ConsumerRecord::partition, TreeMap::new, Collectors.toList()));
    Map<TopicPartition, Long> places = new TreeMap<>();
    byPart.forEach((part, rows) -> {
      notes.add(
          "{\"op\":\"worked\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"from\":%d,\"to\":%d,\"count\":%d}",
          name, member, part.partition(), rows.getFirst().offset(), rows.getLast().offset(), rows.size());
      places.put(part, rows.getLast().offset() + 1);
    });
    try {
      consumer.commit(places);
    } catch (ConsumerException fault) {
      System.err.println(member + ": commit: " + fault);
      return; // nobody knows: what comes next starts from wherever the group is
    }
    places.forEach((part, place) ->
        notes.add(
            "{\"op\":\"kept\",\"group\":\"%s\",\"member\":\"%s\",\"partition\":%d,\"offset\":%d}",
            name, member, part.partition(), place));
  }

  private void share() throws InterruptedException {
    notes.add("{\"op\":\"shares\"}");
    try (Admin admin = Admin.open(with())) {
      Map<String, String> start = Map.of("share.auto.offset.reset", "earliest");
      admin.alterConfigs(Configs.Kind.GROUP, "readers-share", start, List.of()).join();
    }
    inPairs(this::sharer);
  }

  private void sharer(String member) {
    long restedMs = 0;
    while (!notes.isOver() || restedMs < REST_MS) {
      Map<String, String> settings =
          with("group.id", "readers-share", "share.acknowledgement.mode", "explicit", "max.poll.records", "50",
              "request.timeout.ms", "10000", "default.api.timeout.ms", "20000");
      try (ShareConsumer<String, String> consumer =
          ShareConsumer.open(settings, Deserializer.string(), Deserializer.string())) {
        restedMs = take(member, consumer);
      } catch (ConsumerException fault) {
        System.err.println(member + ": " + fault);
      }
    }
  }

  private long take(String member, ShareConsumer<String, String> consumer) {
    Set<String> accepted = new HashSet<>();
    consumer.listen((part, offsets, fault) -> answered(member, accepted, part, offsets, fault));
    consumer.subscribe(List.of("log"));
    Random random = new Random();
    long workedMs = System.currentTimeMillis();
    long endMs = workedMs + 15_000 + random.nextInt(15_000);
    long restedMs = 0;
    while (notes.isOver() ? restedMs < REST_MS : System.currentTimeMillis() < endMs) {
      List<ShareRecord<String, String>> records = consumer.poll(POLL);
      long nowMs = System.currentTimeMillis();
      workedMs = records.isEmpty() && notes.isOver() ? workedMs : nowMs;
      restedMs = nowMs - workedMs;
      if (!records.isEmpty()) {
        notes.add(
            "{\"op\":\"given\",\"member\":\"%s\",\"records\":[%s]}",
            member,
            records.stream()
                .map(one -> String.format("[%d,%d,\"%s\",%d]", one.partition().partition(), one.offset(), one.value(), one.deliveries()))
                .collect(Collectors.joining(",")));
        for (ShareRecord<String, String> one : records) {
          boolean back = random.nextInt(20) == 0 && one.deliveries() < 3;
          consumer.acknowledge(one, back ? Acknowledgement.RELEASE : Acknowledgement.ACCEPT);
          if (!back) {
            accepted.add(one.partition().partition() + "/" + one.offset());
          }
        }
        consumer.commit();
      }
    }
    return restedMs;
  }

  private void answered(
      String member, Set<String> accepted, TopicPartition part, Set<Long> offsets, ConsumerException fault) {
    String rows =
        offsets.stream()
            .filter(offset -> accepted.remove(part.partition() + "/" + offset))
            .map(offset -> "[" + part.partition() + "," + offset + "]")
            .collect(Collectors.joining(","));
    if (!rows.isEmpty()) {
      notes.add(
          "{\"op\":\"%s\",\"member\":\"%s\",\"error\":\"%s\",\"records\":[%s]}",
          fault == null ? "accepted" : "unaccepted", member, fault == null ? "" : fault.getClass().getSimpleName(), rows);
    }
  }
}
