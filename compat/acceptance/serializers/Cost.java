import com.sun.management.ThreadMXBean;
import dev.millrace.serializers.KafkaAvroDeserializer;
import dev.millrace.serializers.KafkaAvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Processor time and memory for each record of our Avro serializer and deserializer, beside plain
 * Avro with everything kept that can be kept: {@code Cost URL}.
 */
public final class Cost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 300_000;

  private static int sink;

  private Cost() {}

  /** One record. */
  private interface Work {
    int run() throws IOException;
  }

  public static void main(String[] words) throws Exception {
    for (String size : List.of("small", "large")) {
      GenericRecord record = size.equals("small") ? small() : large();
      Schema schema = record.getSchema();
      KafkaAvroSerializer serializer = new KafkaAvroSerializer();
      KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
      serializer.configure(Map.of("schema.registry.url", words[0]), false);
      deserializer.configure(Map.of("schema.registry.url", words[0]), false);
      RecordHeaders headers = new RecordHeaders();
      String topic = "cost-" + size;
      byte[] bytes = serializer.serialize(topic, headers, record);
      GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
      GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      BinaryDecoder[] decoder = new BinaryDecoder[1];
      Work[] works = {
        () -> {
          out.reset();
          writer.write(record, encoder);
          encoder.flush();
          return out.toByteArray().length;
        },
        () -> serializer.serialize(topic, headers, record).length,
        () -> {
          decoder[0] = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, decoder[0]);
          return reader.read(null, decoder[0]).hashCode() & 1;
        },
        () -> deserializer.deserialize(topic, headers, bytes).hashCode() & 1,
      };
      String[] names = {"plain Avro, write", "serializer", "plain Avro, read", "deserializer"};
      for (int round = 0; round < 3; round++) {
        for (int work = 0; work < works.length; work++) {
          measure(size + " (" + (bytes.length - 5) + " bytes): " + names[work], works[work], round == 2);
        }
      }
    }
    System.out.println(sink == 42 ? "" : "measured with " + ROUNDS + " records each");
    System.exit(0);
  }

  private static void measure(String name, Work work, boolean told) throws IOException {
    long id = Thread.currentThread().threadId();
    long bytes = THREADS.getThreadAllocatedBytes(id);
    long nanos = THREADS.getCurrentThreadCpuTime();
    for (int round = 0; round < ROUNDS; round++) {
      sink += work.run();
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(id) - bytes;
    if (told) {
      System.out.printf("cost    %-40s %6d ns %6d bytes allocated%n", name, nanos / ROUNDS, bytes / ROUNDS);
    }
  }

  private static GenericRecord small() {
    Schema schema = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Small\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"count\",\"type\":\"int\"},{\"name\":\"at\",\"type\":\"long\"}]}");
    GenericRecord record = new GenericData.Record(schema);
    record.put("id", "order-12345");
    record.put("count", 7);
    record.put("at", 1_700_000_000_000L);
    return record;
  }

  private static GenericRecord large() {
    StringBuilder fields = new StringBuilder();
    for (int field = 0; field < 30; field++) {
      fields.append(field == 0 ? "" : ",").append("{\"name\":\"f").append(field).append("\",\"type\":").append(field % 3 == 0 ? "\"string\"" : field % 3 == 1 ? "[\"null\",\"double\"]" : "\"long\"").append('}');
    }
    GenericRecord record = new GenericData.Record(new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Large\",\"fields\":[" + fields + "]}"));
    for (int field = 0; field < 30; field++) {
      record.put(field, field % 3 == 0 ? (Object) ("text number " + field).repeat(5) : field % 3 == 1 ? (Object) (double) field : (Object) (1_000_000L * field));
    }
    return record;
  }
}
