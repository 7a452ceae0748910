package dev.millrace.registry.rest;

import static dev.millrace.registry.rest.RestFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.topic.MemoryTopic;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A topic that other registries wrote to, of several makers and releases. */
class ForeignTopicTest {
  private static final String ADDRESS =
      "{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Address\\\",\\\"fields\\\":[]}";

  private final MemoryTopic topic = new MemoryTopic();

  ForeignTopicTest() {
    topic.write(
        List.of(
            one("{\"keytype\":\"NOOP\",\"magic\":0}", null),
            one(
                "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".eu\",\"magic\":0}",
                "{\"tenant\":\"default\",\"context\":\".eu\"}"),
            one(
                "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".void\",\"magic\":0}",
                "{\"tenant\":\"default\",\"context\":\".void\"}"),
            one(
                "{\"keytype\":\"ASSOC\",\"tenant\":\"default\",\"resourceName\":\"orders\",\"magic\":0}",
                "{\"guid\":\"x\"}"),
            one("{\"keytype\":\"LATER\",\"magic\":7}", "{}"),
            one(
                "{\"keytype\":\"SCHEMA\",\"subject\":\"address\",\"version\":1,\"magic\":1}",
                "{\"subject\":\"address\",\"version\":1,\"id\":3,\"md5\":\"\",\"schema\":\""
                    + ADDRESS
                    + "\",\"deleted\":false}"),
            one(
                "{\"keytype\":\"SCHEMA\",\"subject\":\"person\",\"version\":4,\"magic\":1}",
                "{\"subject\":\"person\",\"version\":4,\"id\":8,\"references\":[{\"name\":\"Address\","
                    + "\"subject\":\"address\",\"version\":1}],\"schema\":\"{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"Address\\\"}\","
                    + "\"deleted\":false}"),
            // another maker's order of fields, and the first release's magic
            one(
                "{\"subject\":\"odd\",\"version\":1,\"magic\":0,\"keytype\":\"SCHEMA\"}",
                "{\"subject\":\"odd\",\"version\":1,\"id\":9,\"schema\":\"\\\"string\\\"\",\"deleted\":false}"),
            one(
                "{\"keytype\":\"SCHEMA\",\"subject\":\"proto\",\"version\":1,\"magic\":1}",
                "{\"subject\":\"proto\",\"version\":1,\"id\":10,\"schemaType\":\"PROTOBUF\","
                    + "\"schema\":\"syntax = \\\"proto3\\\"; message A { int32 a = 1; }\",\"deleted\":false}"),
            one(
                "{\"keytype\":\"SCHEMA\",\"subject\":\":.eu:json\",\"version\":1,\"magic\":1}",
                "{\"subject\":\":.eu:json\",\"version\":1,\"id\":1,\"schemaType\":\"JSON\",\"schema\":\"{}\",\"deleted\":true}"),
            one(
                "{\"keytype\":\"SCHEMA\",\"subject\":\"hidden\",\"version\":1,\"magic\":1}",
                "{\"subject\":\"hidden\",\"version\":1,\"id\":9,\"schema\":\"\\\"string\\\"\",\"deleted\":false}"),
            one(
                "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"hidden\",\"magic\":0}",
                "{\"subject\":\"hidden\",\"version\":1}"),
            one(
                "{\"keytype\":\"CLEAR_SUBJECT\",\"subject\":\"none\",\"magic\":0}",
                "{\"subject\":\"none\"}"),
            one(
                "{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}",
                "{\"compatibilityLevel\":\"FULL\"}"),
            one(
                "{\"subject\":\"odd\",\"magic\":0,\"keytype\":\"CONFIG\"}",
                "{\"compatibilityLevel\":\"NONE\"}"),
            one(
                "{\"keytype\":\"MODE\",\"subject\":\"person\",\"magic\":0}",
                "{\"subject\":\"person\",\"mode\":\"READONLY\"}")));
  }

  @Test
  void allOfItIsServed() {
    try (RestFixture rest = new RestFixture(topic)) {
      assertThat(rest.get("/subjects").toString())
          .isEqualTo("[\"address\",\"odd\",\"person\",\"proto\"]");
      assertThat(rest.get("/subjects?deleted=true").toString())
          .isEqualTo("[\":.eu:json\",\"address\",\"hidden\",\"odd\",\"person\",\"proto\"]");
      assertThat(rest.get("/contexts").toString()).isEqualTo("[\".\",\".eu\",\".void\"]");
      assertThat(
              rest.get("/subjects/person/versions/latest?format=resolved").get("schema").asText())
          .contains("\"name\":\"Address\"");
      assertThat(rest.get("/schemas/ids/3").get("guid").asText()).isNotEmpty();
      assertThat(rest.get("/config").get("compatibilityLevel").asText()).isEqualTo("FULL");
      assertThat(rest.get("/config/odd").get("compatibilityLevel").asText()).isEqualTo("NONE");
      assertThat(rest.code("POST", "/subjects/person/versions", draft("\"int\"").toString()))
          .isEqualTo(42205);
      assertThat(rest.register("new", "\"long\"")).isEqualTo(11);
      assertThat(rest.register("new2", "\"string\"")).isEqualTo(9);
    }
  }

  @Test
  void whatIsDeletedDoesNotComeBackThoughItsKeyWasSpelledOtherwise() {
    try (RestFixture rest = new RestFixture(topic)) {
      rest.delete("/subjects/odd");
      rest.delete("/subjects/odd?permanent=true");
      rest.put("/config", "{\"compatibility\":\"NONE\"}");
      rest.delete("/config");
    }
    try (RestFixture later = new RestFixture(Compaction.of(topic))) {
      assertThat(later.get("/subjects?deleted=true").toString()).doesNotContain("odd");
      assertThat(later.code("GET", "/config/odd", "")).isEqualTo(40408);
      assertThat(later.get("/config").get("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    }
  }

  private static Written one(String key, @Nullable String value) {
    return new Written(Bytes.utf8(key), value == null ? null : Bytes.utf8(value));
  }
}
