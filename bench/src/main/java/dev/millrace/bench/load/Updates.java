package dev.millrace.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Updates of keys, as a topic that will be compacted gets them. */
public final class Updates {
  private static final int VALUE_BYTES = 200;
  private static final int UPDATES_PER_KEY = 5;

  private Updates() {}

  /** Writes so many megabytes of keys and values to partition 0. */
  public static Load produce(String bootstrap, String topic, int megabytes) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 5, "batch.size", 131_072);
    long records = megabytes * 1_000_000L / VALUE_BYTES;
    int keys = (int) Math.max(records / UPDATES_PER_KEY, 1);
    Random random = new Random(records);
    byte[] value = new byte[VALUE_BYTES];
    AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    Callback failure = (_, error) -> failed.compareAndSet(null, error);
    long bytes = 0;
    long begin = System.nanoTime();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < records; i++) {
        byte[] key = ("key-" + random.nextInt(keys)).getBytes(StandardCharsets.UTF_8);
        bytes += key.length + value.length;
        var _ = producer.send(new ProducerRecord<>(topic, 0, key, value), failure);
      }
      producer.flush();
    }
    if (failed.get() != null) {
      throw new IllegalStateException("an update was not written", failed.get());
    }
    return new Load(records, bytes, (System.nanoTime() - begin) / 1e9);
  }
}
