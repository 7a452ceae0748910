import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;

/**
 * A Kafka Streams application in exactly_once_v2: words of {@code text} are counted into {@code
 * counts} (each update goes out: the counts of a word are 1, 2, 3 ...), and {@code left} is joined
 * with {@code right} by key within five seconds of event time into {@code joined}.
 *
 * <pre>
 * usage: Words feed BOOTSTRAP               writes lines of topic TAB time TAB key TAB value
 *        Words run BOOTSTRAP STATE-FOLDER PROTOCOL
 *                                           works until it is ended; a line on standard error each 200 updates;
 *                                           classic or streams is who gives out the tasks
 *        Words read BOOTSTRAP TOPIC COUNT   prints the committed records as key TAB value: COUNT of them, and what
 *                                           more comes within three seconds
 * </pre>
 */
public final class Words {
  private static final Duration WINDOW = Duration.ofSeconds(5);

  private Words() {}

  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[1]);
    switch (arguments[0]) {
      case "feed" -> feed(settings);
      case "run" -> run(settings, arguments[2], arguments[3]);
      case "read" -> read(settings, arguments[2], Integer.parseInt(arguments[3]));
      default -> throw new IllegalArgumentException("feed, run or read, not " + arguments[0]);
    }
  }

  private static void feed(Properties settings) throws Exception {
    try (KafkaProducer<String, String> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] part = line.split("\t", 4);
        producer.send(
            new ProducerRecord<>(part[0], null, Long.parseLong(part[1]), part[2], part[3]));
      }
    }
  }

  private static void run(Properties settings, String stateFolder, String protocol)
      throws Exception {
    settings.putAll(
        Map.of(
            "application.id", "words",
            "state.dir", stateFolder,
            "processing.guarantee", "exactly_once_v2",
            "statestore.cache.max.bytes", "0",
            "num.stream.threads", "2",
            "main.consumer.max.poll.records", "50",
            "default.key.serde", Serdes.StringSerde.class,
            "default.value.serde", Serdes.StringSerde.class,
            "auto.offset.reset", "earliest"));
    settings.put("group.protocol", protocol);
    if (protocol.equals("classic")) {
      settings.put("main.consumer.session.timeout.ms", "6000");
    }
    StreamsBuilder builder = new StreamsBuilder();
    count(builder);
    join(builder);
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.setUncaughtExceptionHandler(
        fault -> {
          System.err.println("thread is replaced: " + fault);
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
    new CountDownLatch(1).await();
  }

  private static void count(StreamsBuilder builder) {
    AtomicLong updates = new AtomicLong();
    KStream<String, String> text = builder.stream("text");
    text.flatMapValues(line -> List.of(line.split(" ")))
        .groupBy((name, word) -> word, Grouped.as("words"))
        .count(Materialized.as("counts"))
        .toStream()
        .mapValues(count -> Long.toString(count))
        .peek(
            (word, count) -> {
              if (updates.incrementAndGet() % 200 == 0) {
                System.err.println("updates " + updates.get());
              }
            })
        .to("counts");
  }

  private static void join(StreamsBuilder builder) {
    KStream<String, String> left = builder.stream("left");
    KStream<String, String> right = builder.stream("right");
    left.join(
            right,
            (a, b) -> a + "+" + b,
            JoinWindows.ofTimeDifferenceAndGrace(WINDOW, Duration.ofDays(1)))
        .to("joined");
  }

  private static void read(Properties settings, String topic, int wanted) {
    settings.put("isolation.level", "read_committed");
    settings.put("group.id", "reader");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadlineNs = System.nanoTime() + Duration.ofSeconds(120).toNanos();
      int seen = 0;
      for (int quiet = 0; quiet < (seen < wanted ? Integer.MAX_VALUE : 3); quiet++) {
        for (ConsumerRecord<String, String> one : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(one.key() + "\t" + one.value());
          seen++;
          quiet = -1;
        }
        if (System.nanoTime() > deadlineNs) {
          System.err.println(
              "not there in time: topic=" + topic + " seen=" + seen + " wanted=" + wanted);
          return;
        }
      }
    }
  }
}
