package dev.millrace.bench.load;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache's transactional producers, one transaction after the other. */
public final class TransactionLoad {
  private static final int PRODUCERS = 4;
  private static final int RECORDS = 100;
  private static final int VALUE_BYTES = 1024;

  private TransactionLoad() {}

  /** Several producers, each with its own id, for so long. */
  public static Load run(String bootstrap, String topic, double seconds) {
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    long transactions =
        Crew.run(PRODUCERS, i -> () -> produce(bootstrap, topic, "bench-" + i, end)).stream()
            .mapToLong(Long::longValue)
            .sum();
    double took = (System.nanoTime() - begin) / 1e9;
    long records = transactions * RECORDS;
    return new Load(records, records * VALUE_BYTES, took);
  }

  private static long produce(String bootstrap, String topic, String id, long end) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "transactional.id", id, "linger.ms", 5);
    byte[] value = new byte[VALUE_BYTES];
    long transactions = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      while (System.nanoTime() < end) {
        producer.beginTransaction();
        for (int i = 0; i < RECORDS; i++) {
          // commitTransaction fails when one of them did
          var _ = producer.send(new ProducerRecord<>(topic, value));
        }
        producer.commitTransaction();
        transactions++;
      }
    }
    return transactions;
  }
}
