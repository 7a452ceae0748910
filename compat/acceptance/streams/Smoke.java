import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.tests.SmokeTestDriver;

/**
 * Kafka's own smoke test of Streams, its driver half: it writes, and judges what the application
 * made of it. Arguments: bootstrap servers, keys, records a key, seconds to write them in.
 */
public final class Smoke {
  private Smoke() {}

  public static void main(String[] arguments) {
    int recordsPerKey = Integer.parseInt(arguments[2]);
    Map<String, Set<Integer>> written =
        SmokeTestDriver.generate(
            arguments[0],
            Integer.parseInt(arguments[1]),
            recordsPerKey,
            Duration.ofSeconds(Long.parseLong(arguments[3])));
    var verdict = SmokeTestDriver.verify(arguments[0], written, recordsPerKey, true);
    System.exit(verdict.passed() ? 0 : 1);
  }
}
