package app;

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
import org.apache.kafka.common.TopicPartition;

/** Writes and reads one record of Avro, all on the module path: {@code BOOTSTRAP URL}. */
public final class Main {
  private Main() {}

  public static void main(String[] words) throws Exception {
    if (!KafkaAvroSerializer.class.getModule().isNamed()) {
      throw new AssertionError("the serializers are no module");
    }
    Schema schema = SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
    GenericRecord record = new GenericData.Record(schema);
    record.put("a", 5);
    String topic = "module-" + System.nanoTime();
    Map<String, Object> settings = Map.of("bootstrap.servers", words[0], "schema.registry.url", words[1], "key.serializer", KafkaAvroSerializer.class, "value.serializer", KafkaAvroSerializer.class, "key.deserializer", KafkaAvroDeserializer.class, "value.deserializer", KafkaAvroDeserializer.class);
    try (KafkaProducer<Object, Object> producer = new KafkaProducer<>(settings)) {
      producer.send(new ProducerRecord<>(topic, "k", record)).get();
    }
    try (KafkaConsumer<Object, Object> consumer = new KafkaConsumer<>(settings)) {
      List<TopicPartition> all = consumer.partitionsFor(topic).stream().map(one -> new TopicPartition(topic, one.partition())).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      for (int round = 0; round < 200; round++) {
        for (var read : consumer.poll(Duration.ofMillis(100))) {
          if (read.value().equals(record)) {
            return;
          }
        }
      }
    }
    throw new AssertionError("not read");
  }
}
