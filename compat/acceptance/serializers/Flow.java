import dev.millrace.serializers.GenericAvroSerde;
import dev.millrace.serializers.KafkaAvroDeserializer;
import dev.millrace.serializers.KafkaAvroSerializer;
import dev.millrace.serializers.SpecificAvroSerde;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import shop.avro.Customer;
import shop.avro.Key;
import shop.avro.Line;
import shop.avro.Order;
import shop.avro.State;

/**
 * Kafka Streams with Avro through a registry, exactly once: generated orders come in, are
 * grouped by customer (a repartition topic and a store with its changelog), and sums go out as
 * generic records. {@code Flow BOOTSTRAP URL STATE COUNT}: feeds COUNT orders, stops the application
 * half way and starts it again without its state, and holds the sums against a plain computation.
 */
public final class Flow {
  private static final Schema SUM =
      SchemaBuilder.record("Sum").namespace("shop.avro").fields()
          .requiredString("customer").requiredInt("orders").requiredDouble("total").endRecord();
  private static final int CUSTOMERS = 20;

  private Flow() {}

  public static void main(String[] words) throws Exception {
    String bootstrap = words[0];
    String run = Long.toString(System.nanoTime(), 36);
    String in = "flow-in-" + run;
    String out = "flow-out-" + run;
    int count = Integer.parseInt(words[3]);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(in, 3, (short) 1), new NewTopic(out, 3, (short) 1))).all().get();
    }
    Map<String, Object> registry = Map.of("schema.registry.url", words[1]);
    feed(bootstrap, words[1], in, 0, count / 2);
    Properties settings = new Properties();
    settings.putAll(Map.of("application.id", "flow-" + run, "bootstrap.servers", bootstrap, "processing.guarantee", "exactly_once_v2", "auto.offset.reset", "earliest", "commit.interval.ms", "100", "schema.registry.url", words[1], "default.key.serde", Serdes.StringSerde.class, "default.value.serde", SpecificAvroSerde.class));
    settings.put("state.dir", words[2] + "/first");
    KafkaStreams first = new KafkaStreams(topology(in, out, registry).build(), settings);
    first.start();
    await(bootstrap, words[1], out, count / 2);
    first.close(Duration.ofSeconds(20));
    settings.put("state.dir", words[2] + "/second");
    try (KafkaStreams second = new KafkaStreams(topology(in, out, registry).build(), settings)) {
      second.start();
      feed(bootstrap, words[1], in, count / 2, count);
      Map<String, GenericRecord> sums = await(bootstrap, words[1], out, count);
      for (int customer = 0; customer < CUSTOMERS; customer++) {
        double total = 0;
        for (int order = customer; order < count; order += CUSTOMERS) {
          total += order;
        }
        GenericRecord sum = sums.get("c" + customer);
        if (sum == null || Math.abs((double) sum.get("total") - total) > 0.01) {
          throw new AssertionError("customer=" + customer + " wanted=" + total + " found=" + sum);
        }
      }
    }
    System.out.println("streams: " + count + " orders summed up for " + CUSTOMERS + " customers");
    System.exit(0);
  }

  private static StreamsBuilder topology(String in, String out, Map<String, Object> registry) {
    GenericAvroSerde sums = new GenericAvroSerde();
    sums.configure(registry, false);
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, Order> orders = builder.stream(in); // the default serde
    orders
        .selectKey((key, order) -> order.getCustomer().getName())
        .groupByKey(Grouped.as("by-customer"))
        .aggregate(Flow::nothing, (customer, order, sum) -> added(customer, order, sum), Materialized.with(Serdes.String(), sums))
        .toStream()
        .to(out, Produced.with(Serdes.String(), sums));
    return builder;
  }

  private static GenericRecord nothing() {
    GenericRecord sum = new GenericData.Record(SUM);
    sum.put("customer", "");
    sum.put("orders", 0);
    sum.put("total", 0.0);
    return sum;
  }

  private static GenericRecord added(String customer, Order order, GenericRecord before) {
    GenericRecord sum = new GenericData.Record(SUM);
    sum.put("customer", customer);
    sum.put("orders", (int) before.get("orders") + 1);
    sum.put("total", (double) before.get("total") + order.getLines().get(0).getPrice());
    return sum;
  }

  private static void feed(String bootstrap, String url, String topic, int from, int to) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "schema.registry.url", url, "key.serializer", "org.apache.kafka.common.serialization.StringSerializer", "value.serializer", KafkaAvroSerializer.class);
    try (KafkaProducer<String, Order> producer = new KafkaProducer<>(settings)) {
      for (int number = from; number < to; number++) {
        Order order = new Order("o" + number, Instant.ofEpochMilli(number), State.OPEN, null, new Customer("c" + number % CUSTOMERS, new Key(new byte[4])), List.of(new Line("a", 1, (double) number)), Map.of());
        producer.send(new ProducerRecord<>(topic, order.getId(), order));
      }
    }
  }

  /** The last sum of each customer, when they make up so many orders. */
  private static Map<String, GenericRecord> await(String bootstrap, String url, String topic, int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "schema.registry.url", url, "isolation.level", "read_committed", "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer", "value.deserializer", KafkaAvroDeserializer.class);
    Map<String, GenericRecord> sums = new HashMap<>();
    try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(settings)) {
      List<TopicPartition> all = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1), new TopicPartition(topic, 2));
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Instant end = Instant.now().plusSeconds(90);
      while (sums.values().stream().mapToInt(sum -> (int) sum.get("orders")).sum() < count) {
        if (Instant.now().isAfter(end)) {
          throw new AssertionError("the application stands still, sums=" + sums);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(record -> sums.put(record.key(), record.value()));
      }
    }
    return sums;
  }
}
