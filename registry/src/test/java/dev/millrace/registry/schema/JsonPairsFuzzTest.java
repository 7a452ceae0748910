package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random pairs of JSON schemas: where the verdict is that one reads what the other wrote, no value
 * is found that the writer accepts and the reader refuses. Values are judged by the validator,
 * which knows nothing of the rules. Where alternatives of oneOf overlap is left aside, as the rules
 * say they do.
 */
@Tag("fuzz")
class JsonPairsFuzzTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 60) * 20;
  private static final int VALUES = 24;

  @Test
  void whatIsCompatibleRefusesNoValueThatWasWritten() throws Exception {
    int compatible = 0;
    int values = 0;
    for (long seed = SEED; seed < SEED + ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomJson pairs = new RandomJson(random, random.nextBoolean());
      JsonNode written = pairs.document();
      JsonNode reading = random.nextInt(8) == 0 ? pairs.document() : pairs.changed(written);
      Schema writer = parsed(written.toString());
      Schema reader = parsed(reading.toString());
      if (writer == null || reader == null || !reader.readerOf(writer).isEmpty()) {
        continue;
      }
      compatible++;
      Schema judge =
          Objects.requireNonNull(parsed(reading.toString().replace("\"oneOf\"", "\"anyOf\"")));
      for (int value = 0; value < VALUES; value++) {
        JsonNode document = pairs.pleasing(value % 2 == 0 ? written : reading, written, 4);
        byte[] bytes = document.toString().getBytes(StandardCharsets.UTF_8);
        if (writer.violation(bytes, 0, bytes.length).isEmpty()) {
          values++;
          // the validator refuses any value of a schema whose minContains exceeds its maxContains
          assertThat(
                  judge
                      .violation(bytes, 0, bytes.length)
                      .filter(why -> !why.contains("minContains must")))
              .as("seed=%d\nwriter %s\nreader %s\nvalue %s", seed, written, reading, document)
              .isEmpty();
        }
      }
    }
    assertThat(compatible).as("seed=%d: pairs that fit", SEED).isGreaterThan(ROUNDS / 20);
    assertThat(values).as("seed=%d: values that were written", SEED).isGreaterThan(ROUNDS / 2);
  }

  /** Null for a schema that refers to itself without end. */
  private static @Nullable Schema parsed(String text) throws InvalidSchemaException {
    try {
      return Schemas.parse(SchemaType.JSON, text, List.of());
    } catch (InvalidSchemaException e) {
      if (String.valueOf(e.getMessage()).contains("without end")) {
        return null;
      }
      throw e;
    }
  }
}
