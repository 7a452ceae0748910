import com.google.protobuf.Message;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.core.SchemaWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import shop.Person;
import shop.proto.Money;

/** Millrace's own client with the same serializers: {@code Own BOOTSTRAP URL}. */
public final class Own {
  private Own() {}

  public static void main(String[] words) throws Exception {
    Map<String, Object> registry = Map.of("schema.registry.url", words[1], "specific.avro.reader", true, "derive.type", true, "json.value.type", Person.class, "schema.reflection", false);
    Person ada = new Person();
    ada.name = "ada";
    shop.avro.Customer customer = new shop.avro.Customer("Ada", new shop.avro.Key(new byte[4]));
    Message money = Money.newBuilder().setCents(-3).build();
    trip(words[0], SchemaWriter.avro(registry, false), SchemaReader.avro(registry, false), customer);
    trip(words[0], SchemaWriter.json(registry, false), SchemaReader.json(registry, false), ada);
    trip(words[0], SchemaWriter.protobuf(registry, false), SchemaReader.protobuf(registry, false), money);
    System.exit(0);
  }

  private static void trip(String bootstrap, SchemaWriter writer, SchemaReader reader, Object value) throws Exception {
    String topic = "own-" + Long.toString(System.nanoTime(), 36);
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    try (Producer<String, Object> producer = Producer.open(settings, Serializer.string(), writer::write)) {
      producer.send(ProducerRecord.of(topic, "k", value)).get();
      producer.send(ProducerRecord.of(topic, "k", null)).get();
    }
    Deserializer<Object> values = (name, bytes) -> reader.read(name, null, bytes);
    List<ConsumerRecord<String, Object>> read = new ArrayList<>();
    try (Consumer<String, Object> consumer = Consumer.open(settings, Deserializer.string(), values)) {
      List<TopicPartition> all = new ArrayList<>();
      for (int partition = 0; partition < consumer.partitions(topic); partition++) {
        all.add(new TopicPartition(topic, partition));
      }
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Instant end = Instant.now().plusSeconds(30);
      while (read.size() < 2 && Instant.now().isBefore(end)) {
        read.addAll(consumer.poll(Duration.ofMillis(200)));
      }
    }
    if (read.size() != 2 || !Objects.equals(read.get(0).value(), value) || read.get(1).value() != null) {
      throw new AssertionError("found " + read + ", wanted " + value);
    }
  }
}
