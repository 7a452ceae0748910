package dev.millrace.serializers.example;

import dev.millrace.serializers.KafkaAvroDeserializer;
import dev.millrace.serializers.KafkaAvroSerializer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The example of docs/serializers.md. */
public final class Orders {
  private static final Schema ORDER =
      SchemaBuilder.record("Order")
          .namespace("shop")
          .fields()
          .requiredString("article")
          .requiredInt("count")
          .endRecord();

  private Orders() {}

  /** Writes an order and reads what is there. */
  public static void main(String[] arguments) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            "localhost:9092",
            "schema.registry.url",
            "http://localhost:9644",
            "key.serializer",
            StringSerializer.class,
            "value.serializer",
            KafkaAvroSerializer.class,
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            KafkaAvroDeserializer.class,
            "group.id",
            "orders",
            "auto.offset.reset",
            "earliest");
    GenericRecord order = new GenericData.Record(ORDER);
    order.put("article", "wheel");
    order.put("count", 4);
    try (KafkaProducer<String, GenericRecord> producer = new KafkaProducer<>(settings)) {
      producer.send(new ProducerRecord<>("orders", "o1", order)).get();
    }
    try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of("orders"));
      for (var record : consumer.poll(Duration.ofSeconds(10))) {
        System.out.println(record.key() + " " + record.value());
      }
    }
  }
}
