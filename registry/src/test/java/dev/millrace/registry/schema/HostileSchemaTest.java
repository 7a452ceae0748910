package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.registry.schema.rules.Bounds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts and payloads that mean harm get an answer for a person, never another exception, never an
 * error of the machine.
 */
class HostileSchemaTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 20261123));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 300);

  private static Schema parsed(SchemaType type, String text) throws InvalidSchemaException {
    return Schemas.parse(type, text, List.of());
  }

  private static void refused(SchemaType type, String text, String reason) {
    assertThatThrownBy(() -> parsed(type, text))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void deepNestingIsRefused() {
    int deep = 100_000;
    refused(
        SchemaType.AVRO,
        "{\"type\":\"array\",\"items\":".repeat(deep) + "\"int\"" + "}".repeat(deep),
        "nested too deep");
    refused(SchemaType.JSON, "{\"not\":".repeat(deep) + "{}" + "}".repeat(deep), "nested too deep");
    refused(SchemaType.PROTOBUF, "message A {".repeat(deep) + "}".repeat(deep), "nested too deep");
    refused(SchemaType.PROTOBUF, "option (a) = " + "{ b ".repeat(deep), "nested too deep");
  }

  @Test
  void whatReferencesDoIsSaid() {
    refused(
        SchemaType.AVRO,
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"Missing\"}]}",
        "Missing");
    refused(SchemaType.JSON, "{\"$ref\":\"other.json\"}", "other.json");
    refused(SchemaType.JSON, "{\"$ref\":\"#/definitions/gone\"}", "gone");
    refused(SchemaType.JSON, "{\"$ref\":\"#\"}", "without end");
    refused(
        SchemaType.JSON,
        "{\"allOf\":[{\"$ref\":\"#/definitions/a\"}],\"definitions\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/definitions/a\"}]}}}",
        "without end");
    refused(SchemaType.PROTOBUF, "import \"gone.proto\"; message A {}", "gone.proto");
    refused(SchemaType.PROTOBUF, "syntax = \"proto3\"; message A { Gone x = 1; }", "Gone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "{",
        "null",
        "5",
        "[",
        "\u0000",
        "{\"type\":",
        "message",
        "syntax = \"proto9\";",
        "{\"type\":\"strin\"}",
        "not a schema",
        "////",
        "/* x"
      })
  void brokenTextsAreRefused(String text) {
    for (SchemaType type : SchemaType.values()) {
      try {
        assertThat(parsed(type, text).canonical()).isNotNull();
      } catch (InvalidSchemaException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("java.lang");
      }
    }
  }

  @Test
  void protobufTellsWhere() {
    refused(
        SchemaType.PROTOBUF,
        "syntax = \"proto3\";\nmessage A {\n  int32 x 1;\n}",
        "line=3 column=11: expected '=' but found '1'");
    refused(SchemaType.PROTOBUF, "message A { int32 x = 1; }", "proto3");
    refused(
        SchemaType.PROTOBUF,
        "syntax = \"proto3\"; message A { int32 x = 0; }",
        "field numbers go from 1");
    refused(
        SchemaType.PROTOBUF,
        "syntax = \"proto3\"; message A { reserved 1 to 5; int32 x = 3; }",
        "reserved");
    refused(
        SchemaType.PROTOBUF, "syntax = \"proto3\"; message A { int32 x = 1; int32 y = 1; }", "1");
    refused(SchemaType.PROTOBUF, "syntax = \"proto3\"; enum E { A = 0; B = 0; }", "allow_alias");
  }

  @Test
  void hugeSchemasAreCompared() throws InvalidSchemaException {
    StringBuilder avro = new StringBuilder("{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
    StringBuilder json =
        new StringBuilder("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    StringBuilder proto = new StringBuilder("syntax = \"proto3\"; message A {");
    for (int field = 1; field <= 5_000; field++) {
      String comma = field == 1 ? "" : ",";
      avro.append(comma)
          .append("{\"name\":\"f")
          .append(field)
          .append("\",\"type\":[\"null\",\"string\"],\"default\":null}");
      json.append(comma).append("\"f").append(field).append("\":{\"type\":\"string\"}");
      proto.append("string f").append(field).append(" = ").append(field).append(";");
    }
    for (var entry :
        List.of(
            new Named("AVRO", avro + "]}"),
            new Named("JSON", json + "}}"),
            new Named("PROTOBUF", proto + "}"))) {
      Schema schema = parsed(SchemaType.valueOf(entry.name()), entry.text());
      assertThat(schema.readerOf(schema)).isEmpty();
      assertThat(parsed(schema.type(), schema.normal()).normal()).isEqualTo(schema.normal());
    }
    refused(SchemaType.JSON, "\"" + "x".repeat(Bounds.TEXT_CHARS_MAX) + "\"", "too long");
  }

  @Test
  void chainsOfTypesDoNotOverflow() throws InvalidSchemaException {
    refused(SchemaType.AVRO, chain(1600), "too many named types");
    Schema schema = parsed(SchemaType.AVRO, chain(700));
    assertThat(schema.readerOf(schema)).isEmpty();
    assertThat(schema.violation(new byte[] {(byte) 0xc8, 0x01}, 0, 2)).isEmpty();
  }

  private static String chain(int length) {
    StringBuilder chain = new StringBuilder("[{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}");
    for (int record = 1; record < length; record++) {
      chain
          .append(",{\"type\":\"record\",\"name\":\"R")
          .append(record)
          .append("\",\"fields\":[{\"name\":\"f\",\"type\":\"R")
          .append(record - 1)
          .append("\"}]}");
    }
    return chain + "]";
  }

  @Test
  void expressionsCannotRunAway() throws InvalidSchemaException {
    byte[] text = ("\"" + "a".repeat(5000) + "!\"").getBytes(StandardCharsets.UTF_8);
    for (String pattern :
        List.of(
            "^(a+)+$", "^(a|aa)+$", "^(?=a)(a+)+$", "^(a|a?)+(?!b)$", "((a{1000}){1000}){1000}")) {
      Schema schema =
          parsed(SchemaType.JSON, "{\"type\":\"string\",\"pattern\":\"" + pattern + "\"}");
      assertThat(schema.violation(text, 0, text.length)).as(pattern).isPresent();
    }
    refused(
        SchemaType.JSON,
        "{\"pattern\":\"" + "(".repeat(3000) + ")".repeat(3000) + "\"}",
        "too long or nested too deep");
    refused(SchemaType.JSON, "{\"pattern\":\"a(\"}", "cannot be read");
  }

  @Test
  void evaluationIsLimited() throws InvalidSchemaException {
    String twice =
        "{\"allOf\":[{\"properties\":{\"a\":{\"$ref\":\"#\"}}},{\"properties\":{\"a\":{\"$ref\":\"#\"}}}]}";
    byte[] deep = ("{\"a\":".repeat(60) + "1" + "}".repeat(60)).getBytes(StandardCharsets.UTF_8);
    Optional<String> violation = parsed(SchemaType.JSON, twice).violation(deep, 0, deep.length);
    assertThat(violation).isPresent();
    assertThat(violation.orElseThrow()).contains("too long");
  }

  @ParameterizedTest
  @EnumSource(SchemaType.class)
  void cutAndTurnedBytesNeverThrow(SchemaType type) throws InvalidSchemaException {
    Schema schema =
        parsed(
            type,
            switch (type) {
              case AVRO ->
                  "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"s\",\"type\":\"string\"},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"L\"]}},{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":\"null\"}}]}";
              case JSON -> "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}";
              case PROTOBUF ->
                  "syntax = \"proto2\"; message A { optional string s = 1; repeated A a = 2; repeated sint32 p = 3 [packed = true]; optional group G = 4 { optional fixed64 f = 1; } map<string, A> m = 5; }";
            });
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(24));
      }
      assertThat(schema.violation(bytes, 0, bytes.length))
          .as("seed=%d round=%d", SEED, round)
          .isNotNull();
    }
  }
}
