package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/testing.md, and that no example of a guide is without its test. */
class TestingExamplesTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");

  @Test
  void withoutJunit() {
    // example
    try (TestBroker broker = TestBroker.start(Map.of("auto.create.topics.enable", "false"))) {
      broker.createTopic("orders", 3);
      broker.produce("orders", "3 apples");
      broker.restart();
      assertThat(broker.values("orders")).containsExactly("3 apples");
    }
    // end
  }

  @Test
  void severalNodes() {
    // example
    try (TestCluster cluster = TestCluster.start(3)) {
      cluster.createTopic("orders", 1);
      int leader = cluster.leader("orders", 0);
      cluster.stop(leader);
      assertThat(cluster.leader("orders", 0)).isNotEqualTo(leader);
      cluster.resume(leader);
    }
    // end
  }

  @Test
  void timePasses() {
    try (TestBroker broker = TestBroker.start()) {
      // example
      Map<String, String> settings =
          Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "billing");
      try (Producer<String, String> producer =
          Producer.open(settings, Serializer.string(), Serializer.string())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(ProducerRecord.of("bills", "late")).join();
        broker.advance(Duration.ofHours(1)); // more than transaction.timeout.ms
        broker.produce("bills", "other");
        assertThat(broker.values("bills")).containsExactly("other");
        assertThatThrownBy(producer::commitTransaction)
            .isInstanceOfAny(ProducerException.Fenced.class, ProducerException.Abortable.class);
      }
      // end
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/client.md", "docs/testing.md"})
  void everyExampleOfTheGuidesIsRunHere(String guide) throws IOException {
    String run =
        examples("ExamplesTest") + examples("TestingExamplesTest") + examples("OrdersTest");
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(root().resolve(guide)))
            .results()
            .map(found -> stripped(found.group(1)))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(2).allSatisfy(block -> assertThat(run).contains(block));
  }

  /** What stands between the marks, without what only the test does. */
  private static String examples(String test) throws IOException {
    Path source =
        root().resolve("testkit/src/test/java/dev/millrace/testkit").resolve(test + ".java");
    StringBuilder examples = new StringBuilder();
    boolean isInside = false;
    for (String line : Files.readAllLines(source)) {
      String text = line.strip();
      if (text.equals("// example") || text.equals("// end")) {
        isInside = text.equals("// example");
      } else if (isInside) {
        examples.append(line).append('\n');
      }
    }
    return stripped(examples.toString());
  }

  private static String stripped(String code) {
    return code.lines().map(line -> line.strip() + "\n").collect(Collectors.joining());
  }

  /** The project's root, from which the build was called or one folder above. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    Path above = here.getParent();
    return Files.exists(here.resolve("docs/client.md")) || above == null ? here : above;
  }
}
