import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Makes one mistake of a new user, {@code Mistakes NAME BOOTSTRAP}, and prints what is said to it. */
public final class Mistakes {
  private final String bootstrap;

  private Mistakes(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] words) throws Exception {
    Mistakes mistakes = new Mistakes(words[1]);
    try {
      mistakes.make(words[0]);
      System.out.println("nothing was said");
    } catch (CompletionException e) {
      System.out.println(e.getCause().getMessage());
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }

  private void make(String name) throws Exception {
    switch (name) {
      case "nobody listens" -> write("orders", "max.block.ms", "3000");
      case "wrong setting" -> strings(Map.of("bootstrap.server", bootstrap));
      case "wrong topic" -> write("my orders");
      case "wrong serializer" -> wrongSerializer();
      case "no group" -> reader().subscribe(List.of("orders"));
      case "nothing to read" -> reader().poll(Duration.ofSeconds(1));
      case "full buffer" -> fullBuffer();
      case "poll too late" -> pollTooLate();
      default -> throw new IllegalArgumentException("no such mistake: " + name);
    }
  }

  private Map<String, String> with(String... pairs) {
    Map<String, String> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return settings;
  }

  private static Producer<String, String> strings(Map<String, String> settings) {
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }

  private Consumer<String, String> reader(String... pairs) {
    return Consumer.open(with(pairs), Deserializer.string(), Deserializer.string());
  }

  private void write(String topic, String... pairs) {
    strings(with(pairs)).send(ProducerRecord.of(topic, "3 apples")).join();
  }

  /** As with settings from a file, where no compiler looks at types. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private void wrongSerializer() {
    Producer<String, Object> producer = (Producer) strings(with());
    producer.send(ProducerRecord.of("orders", 7));
  }

  private void fullBuffer() throws Exception {
    Path folder = Path.of(System.getenv("FOLDER"));
    Producer<String, String> producer = strings(with("max.block.ms", "1000"));
    producer.send(ProducerRecord.of("orders", "first")).join();
    Files.createFile(folder.resolve("sends"));
    while (!Files.exists(folder.resolve("stopped"))) {
      Thread.sleep(20);
    }
    String large = "x".repeat(100_000);
    for (int i = 0; i < 1_000; i++) {
      producer.send(ProducerRecord.of("orders", large));
    }
  }

  private void pollTooLate() throws Exception {
    write("orders");
    Consumer<String, String> consumer =
        reader("group.id", "late", "auto.offset.reset", "earliest", "enable.auto.commit", "false",
            "max.poll.interval.ms", "1000");
    consumer.subscribe(List.of("orders"));
    while (consumer.poll(Duration.ofMillis(100)).isEmpty()) {}
    Thread.sleep(6_000); // members look with their heartbeats, every 3 s
    consumer.commit();
  }
}
