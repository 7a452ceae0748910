package dev.millrace.registry.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.RecordFormat.Written;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read in one pass is what the tree says. */
class PlainVersionsTest {
  private static final String KEY =
      "{\"keytype\":\"SCHEMA\",\"subject\":\"a-value\",\"version\":3,\"magic\":1}";
  private static final String VALUE =
      "{\"subject\":\"a-value\",\"version\":3,\"id\":12,\"md5\":\"x==\",\"schemaType\":\"JSON\","
          + "\"schema\":\"{\\\"type\\\":\\n\\t\\\"string\\\"\\/\\\\}\",\"deleted\":true}";

  private final PlainVersions plain = new PlainVersions();

  @Test
  void plainVersionsAreTaken() {
    Version read = plain.read(new Written(Bytes.utf8(KEY), Bytes.utf8(VALUE)), 7);
    assertThat(read).isNotNull().isEqualTo(byTree(KEY, Bytes.utf8(VALUE)));
    assertThat(read(KEY, VALUE.replace(",\"md5\":\"x==\"", ""))).isNotNull();
    assertThat(read(KEY, VALUE.replace(",\"schemaType\":\"JSON\"", ""))).isNotNull();
    assertThat(read(KEY, VALUE.replace("true}", "false}"))).isNotNull();
  }

  @Test
  void whatIsOtherwiseIsLeftToTheTree() {
    for (String key :
        List.of(
            KEY.replace(":3,", ":03,"),
            KEY.replace(":3,", ":0,"),
            KEY.replace(":3,", ":99999999999,"),
            KEY.replace("\"magic\":1", "\"magic\":0"),
            KEY.replace("a-value", "a\\u0041"),
            KEY.replace("a-value", "\u00e4"),
            KEY + " ",
            "{\"subject\":\"a-value\",\"keytype\":\"SCHEMA\",\"version\":3,\"magic\":1}",
            "",
            KEY.substring(0, 20))) {
      assertThat(read(key, VALUE)).as(key).isNull();
    }
    for (String value :
        List.of(
            VALUE.replace("\\n", "\\u000a"),
            VALUE.replace("string", "str\u00efng"),
            VALUE.replace("JSON", "XML"),
            VALUE.replace("\"schema\":", "\"references\":[],\"schema\":"),
            VALUE.replace("\"schema\":", "\"metadata\":{},\"schema\":"),
            VALUE.replace("true}", "true,\"later\":1}"),
            VALUE.replace("true}", "true} "),
            VALUE.replace("\\n", "\\x"),
            "null",
            "",
            VALUE.substring(0, VALUE.length() - 1))) {
      assertThat(read(KEY, value)).as(value).isNull();
    }
    assertThat(plain.read(new Written(Bytes.utf8(KEY), null), 7)).isNull();
  }

  @Test
  void whateverIsTakenIsWhatTheTreeReads() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 1) * 20_000;
    Random random = new Random(seed);
    int taken = 0;
    for (int i = 0; i < rounds; i++) {
      byte[] key = changed(KEY, random);
      byte[] value = changed(VALUE, random);
      Bytes written = Bytes.copyOf(value);
      Version read = plain.read(new Written(Bytes.copyOf(key), written), 7);
      if (read != null) {
        taken++;
        assertThat(byTree(new String(key, StandardCharsets.ISO_8859_1), written))
            .as("seed=%s round=%s", seed, i)
            .isEqualTo(read);
      }
    }
    assertThat(taken).as("seed=%s", seed).isGreaterThan(rounds / 20);
  }

  /** One place has another letter, or the same. */
  private static byte[] changed(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int at = random.nextInt(bytes.length);
    bytes[at] =
        switch (random.nextInt(4)) {
          case 0 -> bytes[at];
          case 1 -> (byte) "\\\"{}:,09ntu ".charAt(random.nextInt(12));
          case 2 -> (byte) ('0' + random.nextInt(10));
          default -> (byte) random.nextInt(256);
        };
    return bytes;
  }

  private @Nullable Version read(String key, String value) {
    return plain.read(new Written(Bytes.utf8(key), Bytes.utf8(value)), 7);
  }

  /** Its key must also be the one that we write. */
  private static Version byTree(String key, Bytes value) {
    SchemaRecord record = RecordFormat.read(Bytes.utf8(key), value, 7);
    if (!(record instanceof SchemaRecord.SchemaSet set)) {
      throw new AssertionError(key + " " + value.utf8() + " is " + record);
    }
    assertThat(RecordFormat.key(record).utf8()).isEqualTo(key);
    return set.version();
  }
}
