import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes numbers to all partitions of a topic, acks=all and idempotent, until standard input ends;
 * then reads the topic and looks whether every acknowledged number is there once and in order.
 * Arguments: bootstrap servers, topic, partitions. A line on standard input begins a window of that
 * name; at its end the longest pause is told: from the moment the line came, or from an
 * acknowledgement of a partition, to that partition's next one.
 */
public final class ClusterWriter {
  private static final int PAUSE_MS = 4;

  private final String servers;
  private final String topic;
  private final int partitions;
  private final AtomicReference<Window> window = new AtomicReference<>();
  private final Map<Integer, List<Long>> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean ended;

  /** What happens between two lines. */
  private static final class Window {
    final String name;
    final long[] lastNanos;
    long longestNanos;
    int pausedPartition;

    Window(String name, int partitions) {
      this.name = name;
      this.lastNanos = new long[partitions];
      java.util.Arrays.fill(lastNanos, System.nanoTime());
    }

    synchronized void acknowledged(int partition) {
      long now = System.nanoTime();
      if (now - lastNanos[partition] > longestNanos) {
        longestNanos = now - lastNanos[partition];
        pausedPartition = partition;
      }
      lastNanos[partition] = now;
    }

    synchronized void tell() {
      System.out.printf(
          "%s: longest pause of a partition %d ms, partition=%d%n",
          name, longestNanos / 1_000_000, pausedPartition);
    }
  }

  private ClusterWriter(String[] arguments) {
    servers = arguments[0];
    topic = arguments[1];
    partitions = Integer.parseInt(arguments[2]);
    window.set(new Window("calm", partitions));
  }

  public static void main(String[] arguments) throws Exception {
    ClusterWriter writer = new ClusterWriter(arguments);
    Thread lines = new Thread(writer::listen);
    lines.start();
    long sent = writer.write();
    lines.join();
    System.exit(writer.check(sent) ? 0 : 1);
  }

  private void listen() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        window.getAndSet(new Window(line, partitions)).tell();
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    ended = true;
  }

  private long write() throws InterruptedException {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", servers,
            "enable.idempotence", "true",
            "acks", "all",
            "linger.ms", "0",
            "request.timeout.ms", "10000",
            "delivery.timeout.ms", "120000",
            "reconnect.backoff.ms", "20",
            "retry.backoff.ms", "20",
            "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
            "value.serializer", "org.apache.kafka.common.serialization.StringSerializer"));
    long next = 0;
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
      while (!ended) {
        long number = next++;
        int partition = (int) (number % partitions);
        producer.send(
            new ProducerRecord<>(topic, partition, null, Long.toString(number)),
            (metadata, fault) -> {
              if (fault != null) {
                failed.incrementAndGet();
                System.err.println("not acknowledged: " + number + " " + fault);
              } else {
                acknowledged.computeIfAbsent(partition, id -> new ArrayList<>()).add(number);
                window.get().acknowledged(partition);
              }
            });
        Thread.sleep(PAUSE_MS);
      }
    }
    window.get().tell();
    return next;
  }

  private boolean check(long sent) {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", servers,
            "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
            "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer"));
    boolean isRight = true;
    long found = 0;
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      for (int partition = 0; partition < partitions; partition++) {
        List<Long> read = read(consumer, new TopicPartition(topic, partition));
        List<Long> sure = acknowledged.getOrDefault(partition, List.of());
        found += read.size();
        if (!read.containsAll(sure) && !new java.util.HashSet<>(read).containsAll(sure)) {
          System.out.println("LOST records of partition " + partition);
          isRight = false;
        }
        if (new java.util.HashSet<>(read).size() != read.size()) {
          System.out.println("DOUBLED records of partition " + partition);
          isRight = false;
        }
        if (!read.equals(read.stream().sorted().toList())) {
          System.out.println("DISORDERED records of partition " + partition);
          isRight = false;
        }
      }
    }
    System.out.println("sent=" + sent + " failed=" + failed + " read=" + found);
    return isRight && failed.get() == 0 && found == sent;
  }

  private static List<Long> read(KafkaConsumer<String, String> consumer, TopicPartition partition) {
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    List<Long> numbers = new ArrayList<>();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
        numbers.add(Long.parseLong(record.value()));
      }
    }
    return numbers;
  }
}
