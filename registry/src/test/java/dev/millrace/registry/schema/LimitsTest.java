package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.registry.schema.rules.Bounds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Schemas as large as they may be, and those made to take for ever: each ends with an answer. */
class LimitsTest {
  private static final int MEGABYTES_5 = 5 << 20;

  private static Schema parsed(SchemaType type, String text) throws InvalidSchemaException {
    return Schemas.parse(type, text, List.of());
  }

  private static String joined(int count, IntFunction<String> part) {
    return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(","));
  }

  private static void reads(Schema schema) throws InvalidSchemaException {
    assertThat(schema.canonical().length()).isGreaterThan(MEGABYTES_5 / 2);
    Schema again = parsed(schema.type(), schema.normal());
    assertThat(again.readerOf(schema)).isEmpty();
    assertThat(schema.readerOf(again)).isEmpty();
  }

  @Test
  void avroOfFiveMegabytes() throws InvalidSchemaException {
    reads(
        parsed(
            SchemaType.AVRO,
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + joined(
                    70_000,
                    field ->
                        "{\"name\":\"field_of_a_wide_record_"
                            + field
                            + "\",\"type\":\"string\",\"doc\":\"d\"}")
                + "]}"));
  }

  @Test
  void jsonOfFiveMegabytes() throws InvalidSchemaException {
    reads(
        parsed(
            SchemaType.JSON,
            "{\"type\":\"object\",\"properties\":{"
                + joined(
                    90_000,
                    field ->
                        "\"property_of_a_wide_object_"
                            + field
                            + "\":{\"type\":\"string\",\"maxLength\":100}")
                + "}}"));
  }

  @Test
  void protobufOfFiveMegabytes() throws InvalidSchemaException {
    StringBuilder file = new StringBuilder("syntax = \"proto3\";\n");
    for (int message = 0; message < 2_000; message++) {
      file.append("message Message").append(message).append(" {\n");
      for (int field = 1; field <= 60; field++) {
        file.append("  repeated string the_field_of_this_name_").append(field);
        file.append(" = ").append(field).append(";\n");
      }
      file.append("}\n");
    }
    reads(parsed(SchemaType.PROTOBUF, file.toString()));
  }

  @Test
  void whatIsLongerIsRefused() {
    for (SchemaType type : SchemaType.values()) {
      String text = " ".repeat(Bounds.TEXT_CHARS_MAX + 1);
      assertThatThrownBy(() -> parsed(type, text)).hasMessageContaining("too long");
      Named half = new Named("half", " ".repeat(Bounds.TEXT_CHARS_MAX / 2 + 1));
      assertThatThrownBy(() -> Schemas.parse(type, half.text(), List.of(half)))
          .hasMessageContaining("too long");
    }
  }

  @Test
  void giantUnions() throws InvalidSchemaException {
    String records =
        "["
            + joined(
                1_400,
                record ->
                    "{\"type\":\"record\",\"name\":\"R"
                        + record
                        + "\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}")
            + "]";
    Schema union = parsed(SchemaType.AVRO, records);
    assertThat(union.readerOf(parsed(SchemaType.AVRO, records))).isEmpty();
    // without names that meet, every pair has to be looked at
    Schema renamed = parsed(SchemaType.AVRO, records.replace("\"R", "\"S"));
    assertThat(renamed.readerOf(union)).isNotEmpty();
    String alternatives =
        joined(5_000, branch -> "{\"type\":\"string\",\"maxLength\":" + branch + "}");
    for (String keyword : List.of("anyOf", "oneOf")) {
      Schema any = parsed(SchemaType.JSON, "{\"" + keyword + "\":[" + alternatives + "]}");
      assertThat(any.readerOf(parsed(SchemaType.JSON, any.canonical())))
          .extracting(Difference::rule)
          .containsExactly("TOO_COMPLEX_TO_COMPARE");
    }
  }

  @Test
  void expressionsTogetherCannotRunAway() throws InvalidSchemaException {
    // each of them stays just below what one text may cost
    String costly = "a".repeat(60) + "!";
    Schema text =
        parsed(
            SchemaType.JSON, "{\"items\":{\"type\":\"string\",\"pattern\":\"(?=a)a*a*a*b|!$\"}}");
    byte[] document =
        ("[" + joined(20_000, item -> "\"" + costly + "\"") + "]").getBytes(StandardCharsets.UTF_8);
    assertThat(text.violation(document, 0, document.length)).isPresent();
    assertThat(text.violation(document, 0, document.length).orElseThrow()).contains("too long");
    byte[] next = "[\"b!\"]".getBytes(StandardCharsets.UTF_8);
    assertThat(text.violation(next, 0, next.length)).isEmpty();
    String properties = joined(2_000, name -> "\"" + costly + name + "\":{}");
    Schema names =
        parsed(
            SchemaType.JSON,
            "{\"type\":\"object\",\"properties\":{"
                + properties
                + "},\"patternProperties\":{\"(?=a)a*a*a*b\":{\"type\":\"string\"}}}");
    Schema fewer =
        parsed(
            SchemaType.JSON,
            "{\"type\":\"object\",\"patternProperties\":{\"(?=a)a*a*a*b\":{\"type\":\"string\"}},\"additionalProperties\":{}}");
    assertThat(fewer.readerOf(names))
        .extracting(Difference::rule)
        .containsExactly("TOO_COMPLEX_TO_COMPARE");
  }

  @Test
  void referencesInCirclesEnd() throws InvalidSchemaException {
    Named a =
        new Named("a.json", "{\"type\":\"object\",\"properties\":{\"b\":{\"$ref\":\"b.json\"}}}");
    Named b =
        new Named("b.json", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"a.json\"}}}");
    Schema circle = Schemas.parse(SchemaType.JSON, "{\"$ref\":\"a.json\"}", List.of(a, b));
    Schema again = Schemas.parse(SchemaType.JSON, "{\"$ref\":\"b.json\"}", List.of(b, a));
    assertThat(circle.readerOf(circle)).isEmpty();
    assertThat(circle.readerOf(again)).isNotEmpty();
    Named endless = new Named("a.json", "{\"$ref\":\"b.json\"}");
    Named other = new Named("b.json", "{\"$ref\":\"a.json\"}");
    assertThatThrownBy(
            () -> Schemas.parse(SchemaType.JSON, "{\"$ref\":\"a.json\"}", List.of(endless, other)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("without end");
    Named first = new Named("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A {}");
    Named second = new Named("b.proto", "syntax = \"proto3\"; import \"a.proto\"; message B {}");
    assertThatThrownBy(() ->
            Schemas.parse(
                SchemaType.PROTOBUF,
                "syntax = \"proto3\"; import \"a.proto\"; message C { A a = 1; }",
                List.of(first, second)))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("b.proto");
  }
}
