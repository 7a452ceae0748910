package dev.millrace.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of the guide is the one that was compiled. */
class GuideTest {
  @Test
  void theExampleIsTheOneThatWasCompiled() throws IOException {
    Path guide = Path.of("../docs/serializers.md");
    String example =
        Files.readString(Path.of("src/test/java/dev/millrace/serializers/example/Orders.java"));
    String body = example.substring(example.indexOf("    Map<String, Object> settings"));
    body = body.substring(0, body.indexOf("\n  }\n"));
    assertThat(squeezed(Files.readString(guide))).contains(squeezed(body));
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
