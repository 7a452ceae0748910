package dev.millrace.registry.rest;

import static dev.millrace.registry.rest.RestFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.topic.LogBatch;
import dev.millrace.registry.topic.MemoryTopic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What each change leaves in {@code _schemas}, byte for byte: Confluent's registry can take the
 * topic over. That its records are read here is in {@link ForeignTopicTest}.
 */
class MigrationTest {
  private static final String TEXT = "\"string\"";
  private static final String SUM = "CV1xzxJVa51eMwrVdbPfXQ==";

  private final MemoryTopic topic = new MemoryTopic();
  private final RestFixture rest = new RestFixture(topic);
  private int seen;

  @AfterEach
  void close() {
    rest.close();
  }

  @Test
  void aSchema() {
    rest.register("a", TEXT);
    assertThat(news()).containsExactly(schema("a", 1, 1, false));
  }

  @Test
  void aSchemaWithReferencesMetadataAndRules() {
    rest.register("b", "{\"type\":\"record\",\"name\":\"B\",\"fields\":[]}");
    seen = records().size();
    rest.post(
        "/subjects/a/versions",
        "{\"schema\":\"{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"B\\\"}\",\"references\":[{\"name\":\"B\",\"subject\":\"b\",\"version\":1}],"
            + "\"metadata\":{\"properties\":{\"k\":\"v\"}},\"ruleSet\":{\"domainRules\":[{\"name\":\"r\",\"kind\":\"CONDITION\",\"mode\":\"WRITE\",\"type\":\"CEL\",\"expr\":\"true\"}]}}");
    assertThat(news())
        .singleElement()
        .asString()
        .startsWith(
            "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1} = {\"subject\":\"a\",\"version\":1,\"id\":2,\"md5\":\"")
        .contains(
            "\",\"references\":[{\"name\":\"B\",\"subject\":\"b\",\"version\":1}],\"metadata\":{\"properties\":{\"k\":\"v\"}},\"ruleSet\":{\"domainRules\":[{\"name\":\"r\",")
        .endsWith(",\"deleted\":false}");
  }

  @Test
  void aSchemaOfAnotherType() {
    rest.post("/subjects/a/versions", draft("{}").put("schemaType", "JSON").toString());
    assertThat(news().getFirst())
        .contains("\",\"schemaType\":\"JSON\",\"schema\":\"{}\",\"deleted\":false}");
  }

  @Test
  void aContext() {
    rest.register(":.eu:a", TEXT);
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".eu\",\"magic\":0} = {\"tenant\":\"default\",\"context\":\".eu\"}",
            schema(":.eu:a", 1, 1, false));
    rest.register(":.eu:b", TEXT);
    assertThat(news()).containsExactly(schema(":.eu:b", 1, 1, false));
  }

  @Test
  void theEndOfAContext() {
    rest.register(":.eu:a", TEXT);
    rest.delete("/subjects/:.eu:a");
    rest.delete("/subjects/:.eu:a?permanent=true");
    seen = records().size();
    assertThat(rest.ask("DELETE", "/contexts/.eu", "").status()).isEqualTo(204);
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"CONTEXT\",\"tenant\":\"default\",\"context\":\".eu\",\"magic\":0} = nothing");
  }

  @Test
  void aVersionThatIsDeleted() {
    rest.register("a", TEXT);
    rest.register("a", "\"bytes\"");
    seen = records().size();
    rest.delete("/subjects/a/versions/1");
    assertThat(news()).containsExactly(schema("a", 1, 1, true));
  }

  @Test
  void aVersionThatIsDeletedForGood() {
    rest.register("a", TEXT);
    rest.register("b", "\"long\"");
    rest.delete("/subjects/a/versions/1");
    seen = records().size();
    rest.delete("/subjects/a/versions/1?permanent=true");
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1} = nothing");
  }

  @Test
  void aSubjectThatIsDeleted() {
    rest.register("a", TEXT);
    seen = records().size();
    rest.delete("/subjects/a");
    assertThat(news())
        .contains(
            "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"a\",\"magic\":0} = {\"subject\":\"a\",\"version\":1}");
  }

  @Test
  void aSubjectThatIsDeletedForGood() {
    rest.register("a", TEXT);
    rest.register("b", "\"long\"");
    rest.delete("/subjects/a");
    seen = records().size();
    rest.delete("/subjects/a?permanent=true");
    assertThat(news())
        .contains("{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1} = nothing");
  }

  @Test
  void theHighestIdsWhenTheyGo() {
    rest.register("a", TEXT);
    rest.delete("/subjects/a");
    seen = records().size();
    rest.delete("/subjects/a?permanent=true");
    assertThat(news()).contains("{\"keytype\":\"NOOP\",\"magic\":0} = {\"maxIds\":{\".\":1}}");
  }

  @Test
  void aSubjectThatIsClearedForAnImport() {
    rest.register("a", TEXT);
    rest.delete("/subjects/a");
    seen = records().size();
    rest.put("/mode/a", "{\"mode\":\"IMPORT\"}");
    assertThat(news())
        .contains(
            "{\"keytype\":\"CLEAR_SUBJECT\",\"subject\":\"a\",\"magic\":0} = {\"subject\":\"a\"}",
            "{\"keytype\":\"MODE\",\"subject\":\"a\",\"magic\":0} = {\"subject\":\"a\",\"mode\":\"IMPORT\"}");
  }

  @Test
  void settingsOfAll() {
    rest.put("/config", "{\"compatibility\":\"FULL\"}");
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"CONFIG\",\"magic\":0} = {\"compatibilityLevel\":\"FULL\"}");
    rest.delete("/config");
    assertThat(news()).containsExactly("{\"keytype\":\"CONFIG\",\"magic\":0} = nothing");
  }

  @Test
  void settingsOfASubject() {
    rest.put("/config/a", "{\"compatibility\":\"NONE\",\"normalize\":true,\"aliasForDeks\":\"b\"}");
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"CONFIG\",\"subject\":\"a\",\"magic\":0} = {\"subject\":\"a\",\"aliasForDeks\":\"b\",\"normalize\":true,\"compatibilityLevel\":\"NONE\"}");
    rest.delete("/config/a");
    assertThat(news())
        .containsExactly("{\"keytype\":\"CONFIG\",\"subject\":\"a\",\"magic\":0} = nothing");
  }

  @Test
  void theModeOfAll() {
    rest.put("/mode", "{\"mode\":\"READONLY\"}");
    assertThat(news())
        .containsExactly("{\"keytype\":\"MODE\",\"magic\":0} = {\"mode\":\"READONLY\"}");
  }

  @Test
  void theModeOfASubject() {
    rest.put("/mode/a", "{\"mode\":\"READONLY\"}");
    assertThat(news())
        .containsExactly(
            "{\"keytype\":\"MODE\",\"subject\":\"a\",\"magic\":0} = {\"subject\":\"a\",\"mode\":\"READONLY\"}");
    rest.delete("/mode/a");
    assertThat(news())
        .containsExactly("{\"keytype\":\"MODE\",\"subject\":\"a\",\"magic\":0} = nothing");
  }

  private static String schema(String subject, int version, int id, boolean deleted) {
    return ("{\"keytype\":\"SCHEMA\",\"subject\":\"%s\",\"version\":%d,\"magic\":1} = {\"subject\":\"%s\",\"version\":%d,"
            + "\"id\":%d,\"md5\":\"%s\",\"schema\":\"\\\"string\\\"\",\"deleted\":%s}")
        .formatted(subject, version, subject, version, id, SUM, deleted);
  }

  /** Keys and values that were written since this was asked last. */
  private List<String> news() {
    List<Written> all = records();
    List<String> news = new ArrayList<>();
    for (Written one : all.subList(seen, all.size())) {
      news.add(one.key().utf8() + " = " + (one.value() == null ? "nothing" : one.value().utf8()));
    }
    seen = all.size();
    return news;
  }

  private List<Written> records() {
    return topic.log().stream()
        .flatMap(batch -> batch.records().stream())
        .map(LogBatch.LogRecord::content)
        .toList();
  }
}
