import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes lines of "key TAB value" from standard input with an idempotent producer that outlives the
 * death of its broker. Arguments: bootstrap servers, topic. Fails when a record is not acknowledged.
 * Standard error: a line each 5000 acknowledged records.
 */
public final class Writer {
  private Writer() {}

  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", arguments[0],
            "enable.idempotence", "true",
            "acks", "all",
            "linger.ms", "5",
            "request.timeout.ms", "5000",
            "delivery.timeout.ms", "120000",
            "max.block.ms", "120000",
            "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
            "value.serializer", "org.apache.kafka.common.serialization.StringSerializer"));
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int tab = line.indexOf('\t');
        producer.send(
            new ProducerRecord<>(arguments[1], line.substring(0, tab), line.substring(tab + 1)),
            (metadata, fault) -> {
              if (fault != null) {
                failed.incrementAndGet();
                System.err.println("not acknowledged: " + fault);
              } else if (acknowledged.incrementAndGet() % 5000 == 0) {
                System.err.println("acknowledged " + acknowledged.get());
              }
            });
      }
    }
    System.err.println("done acknowledged=" + acknowledged + " failed=" + failed);
    System.exit(failed.get() == 0 ? 0 : 1);
  }
}
