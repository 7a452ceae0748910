package dev.millrace.registry.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Level;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.schema.SchemaType;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records as Confluent's registry writes them, of several of its releases. */
class RecordFormatTest {
  private static final String SCHEMA_KEY =
      "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}";

  @Test
  void schemasOfAllReleasesAreRead() {
    Version oldest =
        version(
            SCHEMA_KEY.replace("\"magic\":1", "\"magic\":0"),
            "{\"subject\":\"a\",\"version\":1,\"id\":1,\"schema\":\"\\\"string\\\"\",\"deleted\":false}");
    assertThat(oldest.definition().type()).isEqualTo(SchemaType.AVRO);
    assertThat(oldest.definition().text()).isEqualTo("\"string\"");
    Version newest =
        version(
            SCHEMA_KEY,
            "{\"subject\":\"a\",\"version\":1,\"id\":7,\"md5\":\"nhB8nsbGMC7z3uX3I3hAxg==\","
                + "\"schemaType\":\"PROTOBUF\",\"references\":[{\"name\":\"b.proto\",\"subject\":\"b\","
                + "\"version\":2}],\"metadata\":{\"properties\":{\"k\":\"v\"}},\"schema\":\"x\","
                + "\"deleted\":true,\"later\":[1]}");
    assertThat(newest.id()).isEqualTo(7);
    assertThat(newest.definition().type()).isEqualTo(SchemaType.PROTOBUF);
    assertThat(newest.definition().references().getFirst().version()).isEqualTo(2);
    assertThat(newest.deleted()).isTrue();
  }

  /** Byte for byte; the sums were made without our code. */
  @Test
  void whatIsReadIsWrittenTheSame() {
    String[][] records = {
      {
        "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}",
        "{\"subject\":\"a\",\"version\":1,\"id\":1,\"md5\":\"CV1xzxJVa51eMwrVdbPfXQ==\",\"schema\":\"\\\"string\\\"\",\"deleted\":false}"
      },
      {
        "{\"keytype\":\"SCHEMA\",\"subject\":\":.eu:a\",\"version\":2,\"magic\":1}",
        "{\"subject\":\":.eu:a\",\"version\":2,\"id\":7,\"md5\":\"XfkTOrlF+ABsML0NXVzDsg==\",\"schemaType\":\"PROTOBUF\",\"references\":[{\"name\":\"b.proto\",\"subject\":\"b\",\"version\":2}],\"metadata\":{\"tags\":{\"f\":[\"T\"]},\"properties\":{\"k\":\"v\"},\"sensitive\":[\"k\"]},\"ruleSet\":{\"domainRules\":[{\"name\":\"r\",\"kind\":\"TRANSFORM\",\"mode\":\"WRITEREAD\",\"type\":\"ENCRYPT\",\"tags\":[\"T\"],\"params\":{\"a\":\"b\"},\"onFailure\":\"NONE\",\"disabled\":false}]},\"schema\":\"x\",\"deleted\":true}"
      },
      {"{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}", null},
      {"{\"keytype\":\"CONFIG\",\"magic\":0}", "{\"compatibilityLevel\":\"FULL\"}"},
      {"{\"keytype\":\"CONFIG\",\"magic\":0}", null},
      {
        "{\"keytype\":\"CONFIG\",\"subject\":\"a\",\"magic\":0}",
        "{\"subject\":\"a\",\"alias\":\"b\",\"normalize\":true,\"validateFields\":false,\"compatibilityLevel\":\"NONE\",\"compatibilityGroup\":\"g\",\"defaultMetadata\":{\"properties\":{\"k\":\"v\"}},\"overrideRuleSet\":{\"migrationRules\":[{\"name\":\"m\",\"mode\":\"UPGRADE\",\"type\":\"JSONATA\"}]}}"
      },
      {
        "{\"keytype\":\"CONFIG\",\"subject\":\":.eu:\",\"magic\":0}",
        "{\"subject\":\":.eu:\",\"compatibilityLevel\":\"NONE\"}"
      },
      {"{\"keytype\":\"CONFIG\",\"subject\":\"a\",\"magic\":0}", null},
      {"{\"keytype\":\"MODE\",\"magic\":0}", "{\"mode\":\"READONLY\"}"},
      {
        "{\"keytype\":\"MODE\",\"subject\":\"a\",\"magic\":0}",
        "{\"subject\":\"a\",\"mode\":\"IMPORT\"}"
      },
      {"{\"keytype\":\"MODE\",\"subject\":\"a\",\"magic\":0}", null},
      {
        "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"a\",\"magic\":0}",
        "{\"subject\":\"a\",\"version\":3}"
      },
      {"{\"keytype\":\"CLEAR_SUBJECT\",\"subject\":\"a\",\"magic\":0}", "{\"subject\":\"a\"}"},
      {
        "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".eu\",\"magic\":0}",
        "{\"tenant\":\"default\",\"context\":\".eu\"}"
      },
      {"{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".eu\",\"magic\":0}", null},
      {"{\"keytype\":\"NOOP\",\"magic\":0}", null},
      {"{\"keytype\":\"NOOP\",\"magic\":0}", "{\"maxIds\":{\".\":9}}"},
    };
    for (String[] record : records) {
      Written written = RecordFormat.write(read(record[0], record[1]));
      assertThat(written.key().utf8()).isEqualTo(record[0]);
      assertThat(written.value() == null ? null : written.value().utf8()).isEqualTo(record[1]);
    }
  }

  @Test
  void settingsOfOtherNamesAreLeftOut() {
    Image image =
        Image.EMPTY
            .apply(
                read(
                    "{\"keytype\":\"CONFIG\",\"subject\":\"a\",\"magic\":0}",
                    "{\"subject\":\"a\",\"compatibilityLevel\":\"FULL\",\"new\":1}"))
            .apply(
                read(
                    "{\"keytype\":\"MODE\",\"subject\":\":.eu:\",\"magic\":0}",
                    "{\"subject\":\":.eu:\",\"mode\":\"IMPORT\"}"));
    assertThat(image.configFor(SubjectName.parse("a")).level()).isEqualTo(Level.FULL);
    Config config = image.configs().at("a");
    assertThat(config == null ? 0 : config.fields().size()).isEqualTo(1);
    assertThat(image.modeFor(SubjectName.parse(":.eu:b"))).isEqualTo(Mode.IMPORT);
    assertThat(image.modeFor(SubjectName.parse("b"))).isEqualTo(Mode.READWRITE);
  }

  @Test
  void whatIsNotUnderstoodIsLeftOut() {
    for (String key :
        new String[] {"", "[]", "nonsense", "{\"keytype\":\"CONTEXT\",\"context\":\"eu\"}"}) {
      assertThat(read(key, "{}")).isInstanceOf(SchemaRecord.Other.class);
    }
    assertThat(read(SCHEMA_KEY, "{\"schemaType\":\"XML\"}")).isInstanceOf(SchemaRecord.Other.class);
    assertThat(RecordFormat.read(null, null, 0)).isInstanceOf(SchemaRecord.Other.class);
  }

  @Test
  void highestIdsAreKept() {
    Image image = Image.EMPTY.apply(new SchemaRecord.Noop(Map.of(".", 9)));
    assertThat(image.ids(".").maxId()).isEqualTo(9);
    assertThat(image.maxIdsBeyond()).containsEntry(".", 9);
  }

  private static Version version(String key, String value) {
    return read(key, value) instanceof SchemaRecord.SchemaSet set
        ? set.version()
        : fail(key + " " + value);
  }

  private static Version fail(String record) {
    throw new AssertionError(record);
  }

  private static SchemaRecord read(String key, @Nullable String value) {
    return RecordFormat.read(Bytes.utf8(key), value == null ? null : Bytes.utf8(value), 5);
  }
}
