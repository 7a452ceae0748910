package dev.millrace.registry.rest;

import static dev.millrace.registry.rest.RestFixture.avro;
import static dev.millrace.registry.rest.RestFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubjectsTest {
  private static final String X = "{\"name\":\"x\",\"type\":\"int\"}";
  private static final String Y = "{\"name\":\"y\",\"type\":\"int\",\"default\":0}";
  private static final String Z = "{\"name\":\"z\",\"type\":\"int\"}";
  private static final String ONE = avro("A", X);
  private static final String TWO = avro("A", X + "," + Y);

  private final RestFixture rest = new RestFixture();

  @AfterEach
  void close() {
    rest.close();
  }

  @Test
  void sameSchemaHasOneIdInAllSubjectsOfAContext() {
    assertThat(rest.register("a", ONE)).isEqualTo(1);
    assertThat(rest.register("a", "  " + ONE.replace(",", " , "))).isEqualTo(1);
    assertThat(rest.register("b", ONE)).isEqualTo(1);
    assertThat(rest.register("b", TWO)).isEqualTo(2);
    assertThat(rest.register(":.eu:b", TWO)).isEqualTo(1);
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[1]");
    assertThat(rest.get("/subjects/b/versions").toString()).isEqualTo("[1,2]");
    assertThat(rest.get("/subjects").toString()).isEqualTo("[\":.eu:b\",\"a\",\"b\"]");
    assertThat(rest.get("/subjects?subjectPrefix=a").toString()).isEqualTo("[\"a\"]");
    assertThat(rest.get("/contexts").toString()).isEqualTo("[\".\",\".eu\"]");
    assertThat(rest.get("/contexts/.eu/subjects").toString()).isEqualTo("[\":.eu:b\"]");
    assertThat(rest.get("/contexts/:.eu:/subjects/b/versions/1").get("id").asInt()).isEqualTo(1);
    assertThat(rest.get("/schemas/ids/1/versions").toString())
        .isEqualTo("[{\"subject\":\"a\",\"version\":1},{\"subject\":\"b\",\"version\":1}]");
    assertThat(rest.get("/schemas/ids/1/subjects").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(rest.get("/schemas/ids/1?fetchMaxId=true").get("maxId").asInt()).isEqualTo(2);
    assertThat(rest.get("/schemas/ids/1?subject=:.eu:b").get("schema").asText()).isEqualTo(TWO);
  }

  @Test
  void versionsAreFoundByNumberAndAsTheLatest() {
    rest.register("a", ONE);
    rest.register("a", TWO);
    JsonNode latest = rest.get("/subjects/a/versions/latest");
    assertThat(latest.get("subject").asText()).isEqualTo("a");
    assertThat(latest.get("version").asInt()).isEqualTo(2);
    assertThat(latest.get("id").asInt()).isEqualTo(2);
    assertThat(latest.get("schema").asText()).isEqualTo(TWO);
    assertThat(latest.has("schemaType")).isFalse();
    assertThat(rest.get("/subjects/a/versions/-1").get("version").asInt()).isEqualTo(2);
    assertThat(rest.ask("GET", "/subjects/a/versions/1/schema", "").body().utf8()).isEqualTo(ONE);
    assertThat(rest.ask("GET", "/schemas/ids/2/schema", "").body().utf8()).isEqualTo(TWO);
    assertThat(rest.code("GET", "/subjects/none/versions", "")).isEqualTo(40401);
    assertThat(rest.code("GET", "/subjects/none/versions/1", "")).isEqualTo(40401);
    assertThat(rest.code("GET", "/subjects/a/versions/3", "")).isEqualTo(40402);
    assertThat(rest.code("GET", "/subjects/a/versions/0", "")).isEqualTo(42202);
    assertThat(rest.code("GET", "/subjects/a/versions/one", "")).isEqualTo(42202);
    assertThat(rest.code("GET", "/schemas/ids/3", "")).isEqualTo(40403);
  }

  @Test
  void lookUpFindsWhatIsMeant() {
    rest.register("a", "\"string\"");
    for (String text : new String[] {"\"string\"", "{\"type\":\"string\"}"}) {
      JsonNode found = rest.post("/subjects/a", draft(text).toString());
      assertThat(found.get("id").asInt()).isEqualTo(1);
      assertThat(found.get("schema").asText()).isEqualTo("\"string\"");
    }
    assertThat(rest.code("POST", "/subjects/a", draft("\"int\"").toString())).isEqualTo(40403);
    assertThat(rest.code("POST", "/subjects/b", draft("\"int\"").toString())).isEqualTo(40401);
    assertThat(rest.code("POST", "/subjects/a", draft("{}").toString())).isEqualTo(42201);
  }

  @Test
  void incompatibleSchemasAreRefusedWithReasons() {
    rest.register("a", ONE);
    String other = draft(avro("A", X + "," + Z)).toString();
    Answer refused = rest.ask("POST", "/subjects/a/versions", other);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().utf8()).contains("40901", "READER_FIELD_MISSING_DEFAULT_VALUE");
    String check = "/compatibility/subjects/a/versions/latest";
    assertThat(rest.post(check, other).toString()).isEqualTo("{\"is_compatible\":false}");
    JsonNode verbose = rest.post(check + "?verbose=true", other);
    assertThat(verbose.get("messages").toString()).contains("oldSchemaVersion: 1");
    assertThat(rest.code("POST", "/compatibility/subjects/a/versions/9", other)).isEqualTo(40402);
    assertThat(rest.post("/compatibility/subjects/none/versions/latest", other).toString())
        .isEqualTo("{\"is_compatible\":true}");
    assertThat(rest.put("/config/a", "{\"compatibility\":\"forward\"}").toString())
        .isEqualTo("{\"compatibility\":\"FORWARD\"}");
    assertThat(rest.post(check, other).get("is_compatible").asBoolean()).isTrue();
    assertThat(rest.register("a", avro("A", X + "," + Z))).isEqualTo(2);
    rest.put("/config/a", "{\"compatibility\":\"NONE\"}");
    assertThat(rest.register("a", "\"int\"")).isEqualTo(3);
  }

  @Test
  void deletionGoesInTwoSteps() {
    rest.register("a", ONE);
    rest.register("a", TWO);
    assertThat(rest.code("DELETE", "/subjects/a?permanent=true", "")).isEqualTo(40405);
    assertThat(rest.code("DELETE", "/subjects/a/versions/1?permanent=true", "")).isEqualTo(40407);
    assertThat(rest.delete("/subjects/a/versions/1").asInt()).isEqualTo(1);
    assertThat(rest.code("DELETE", "/subjects/a/versions/1", "")).isEqualTo(40406);
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[2]");
    assertThat(rest.get("/subjects/a/versions?deleted=true").toString()).isEqualTo("[1,2]");
    assertThat(rest.get("/subjects/a/versions?deletedOnly=true").toString()).isEqualTo("[1]");
    assertThat(rest.get("/subjects/a/versions?deletedAsNegative=true").toString())
        .isEqualTo("[-1,2]");
    assertThat(rest.get("/schemas/ids/1").get("schema").asText()).isEqualTo(ONE);
    assertThat(rest.delete("/subjects/a").toString()).isEqualTo("[2]");
    assertThat(rest.code("DELETE", "/subjects/a", "")).isEqualTo(40404);
    assertThat(rest.get("/subjects").toString()).isEqualTo("[]");
    assertThat(rest.get("/subjects?deleted=true").toString()).isEqualTo("[\"a\"]");
    assertThat(rest.code("GET", "/subjects/a/versions", "")).isEqualTo(40401);
    assertThat(rest.get("/subjects/a/versions/2?deleted=true").get("deleted").asBoolean()).isTrue();
    assertThat(rest.register("a", TWO)).isEqualTo(2);
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[3]");
    rest.delete("/subjects/a");
    assertThat(rest.delete("/subjects/a?permanent=true").toString()).isEqualTo("[1,3]");
    assertThat(rest.code("GET", "/schemas/ids/2", "")).isEqualTo(40403);
    assertThat(rest.code("DELETE", "/subjects/a", "")).isEqualTo(40401);
    assertThat(rest.register("a", "\"long\"")).isEqualTo(3);
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[1]");
  }

  @Test
  void idsOfWhatIsGoneForGoodAreNotGivenAgainAfterAReplayOfACompactedTopic() {
    rest.register("a", ONE);
    rest.register("a", TWO);
    rest.delete("/subjects/a");
    rest.delete("/subjects/a?permanent=true");
    try (RestFixture later = new RestFixture(Compaction.of(rest.topic))) {
      assertThat(later.get("/subjects?deleted=true").toString()).isEqualTo("[]");
      assertThat(later.register("b", "\"long\"")).isEqualTo(3);
    }
  }

  @Test
  void referencesHoldWhatTheyReferTo() {
    rest.register("a", ONE);
    String refers = avro("B", "{\"name\":\"a\",\"type\":\"A\"}");
    String body =
        "{\"schema\":"
            + RestFixture.JSON.getNodeFactory().textNode(refers)
            + ",\"references\":[{\"name\":\"A\",\"subject\":\"a\",\"version\":1}]}";
    assertThat(rest.code("POST", "/subjects/b/versions", draft(refers).toString()))
        .isEqualTo(42201);
    assertThat(rest.code("POST", "/subjects/b/versions", body.replace(":1}]", ":7}]")))
        .isEqualTo(42201);
    assertThat(rest.post("/subjects/b/versions", body).get("id").asInt()).isEqualTo(2);
    assertThat(rest.get("/subjects/a/versions/1/referencedby").toString()).isEqualTo("[2]");
    assertThat(rest.get("/subjects/b/versions/1").get("references").toString())
        .isEqualTo("[{\"name\":\"A\",\"subject\":\"a\",\"version\":1}]");
    assertThat(rest.code("DELETE", "/subjects/a/versions/1", "")).isEqualTo(42206);
    assertThat(rest.code("DELETE", "/subjects/a", "")).isEqualTo(42206);
    rest.delete("/subjects/b");
    assertThat(rest.delete("/subjects/a").toString()).isEqualTo("[1]");
    assertThat(rest.code("DELETE", "/subjects/a?permanent=true", "")).isEqualTo(42206);
    rest.delete("/subjects/b?permanent=true");
    rest.delete("/subjects/a?permanent=true");
  }

  @Test
  void settingsHoldForSubjectsContextsAndAll() {
    assertThat(rest.get("/config").toString()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(rest.code("GET", "/config/a", "")).isEqualTo(40408);
    assertThat(rest.get("/config/a?defaultToGlobal=true").get("compatibilityLevel").asText())
        .isEqualTo("BACKWARD");
    rest.put("/config", "{\"compatibility\":\"FULL\"}");
    assertThat(rest.get("/config/a?defaultToGlobal=true").get("compatibilityLevel").asText())
        .isEqualTo("FULL");
    assertThat(rest.code("PUT", "/config/a", "{\"compatibility\":\"SOME\"}")).isEqualTo(42203);
    rest.put("/config/a", "{\"compatibility\":\"NONE\",\"normalize\":true}");
    rest.put("/config/a", "{\"compatibilityGroup\":\"major\"}");
    assertThat(rest.get("/config/a").toString())
        .isEqualTo(
            "{\"normalize\":true,\"compatibilityLevel\":\"NONE\",\"compatibilityGroup\":\"major\"}");
    assertThat(rest.delete("/config/a").get("compatibilityLevel").asText()).isEqualTo("NONE");
    assertThat(rest.code("DELETE", "/config/a", "")).isEqualTo(40401);
    rest.put("/config/:.eu:", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
    assertThat(rest.get("/config/:.eu:a?defaultToGlobal=true").get("compatibilityLevel").asText())
        .isEqualTo("BACKWARD_TRANSITIVE");
  }

  @Test
  void modesSayWhatMayBeDone() {
    assertThat(rest.get("/mode").toString()).isEqualTo("{\"mode\":\"READWRITE\"}");
    assertThat(rest.code("GET", "/mode/a", "")).isEqualTo(40409);
    assertThat(rest.code("PUT", "/mode", "{\"mode\":\"SOME\"}")).isEqualTo(42204);
    rest.put("/mode/a", "{\"mode\":\"READONLY\"}");
    assertThat(rest.code("POST", "/subjects/a/versions", draft(ONE).toString())).isEqualTo(42205);
    rest.delete("/mode/a");
    rest.register("a", ONE);
    assertThat(rest.code("PUT", "/mode", "{\"mode\":\"IMPORT\"}")).isEqualTo(42205);
    rest.put("/mode/b", "{\"mode\":\"IMPORT\"}");
    String imported = draft(TWO).put("id", 70).put("version", 7).toString();
    assertThat(rest.code("POST", "/subjects/c/versions", imported)).isEqualTo(42205);
    assertThat(rest.post("/subjects/b/versions", imported).get("id").asInt()).isEqualTo(70);
    assertThat(rest.get("/subjects/b/versions").toString()).isEqualTo("[7]");
    String clash = draft("\"int\"").put("id", 70).put("version", 8).toString();
    assertThat(rest.code("POST", "/subjects/b/versions", clash)).isEqualTo(42205);
    rest.put("/mode/b", "{\"mode\":\"READWRITE\"}");
    assertThat(rest.register("c", "\"int\"")).isEqualTo(71);
  }

  @Test
  void metadataAndRulesAreKeptInheritedAndCompleted() {
    rest.put(
        "/config/a",
        "{\"defaultMetadata\":{\"properties\":{\"team\":\"x\",\"k\":\"0\"}},"
            + "\"overrideMetadata\":{\"properties\":{\"o\":\"1\"}}}");
    String body =
        draft(ONE)
            .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                "metadata",
                RestFixture.JSON
                    .createObjectNode()
                    .set("properties", RestFixture.JSON.createObjectNode().put("k", "v")))
            .toString();
    assertThat(rest.post("/subjects/a/versions", body).get("metadata").toString())
        .isEqualTo("{\"properties\":{\"k\":\"v\",\"o\":\"1\",\"team\":\"x\"}}");
    rest.register("a", TWO);
    assertThat(
            rest.get("/subjects/a/versions/2").get("metadata").get("properties").get("k").asText())
        .isEqualTo("v");
    assertThat(rest.get("/subjects/a/metadata?key=k&value=v").get("version").asInt()).isEqualTo(2);
    assertThat(rest.code("GET", "/subjects/a/metadata?key=k&value=w", "")).isEqualTo(40403);
    String rules = "{\"schema\":null,\"ruleSet\":{\"domainRules\":[{\"mode\":\"WRITE\"}]}}";
    assertThat(rest.code("POST", "/subjects/a/versions", rules)).isEqualTo(42210);
    String named = rules.replace("{\"mode\"", "{\"name\":\"r\",\"mode\"");
    assertThat(rest.post("/subjects/a/versions", named).get("version").asInt()).isEqualTo(3);
    assertThat(rest.get("/subjects/a/versions/3").get("ruleSet").toString()).contains("\"r\"");
  }

  @Test
  void aliasesStandForOtherSubjects() {
    rest.register("a", ONE);
    rest.put("/config/nick", "{\"alias\":\"a\"}");
    assertThat(rest.get("/subjects/nick/versions/latest").get("subject").asText()).isEqualTo("a");
    rest.register("nick", TWO);
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[1,2]");
  }

  @Test
  void subjectsHaveAnyName() {
    rest.register("a%2Fb%20c", ONE);
    assertThat(rest.get("/subjects").toString()).isEqualTo("[\"a/b c\"]");
    assertThat(rest.get("/subjects/a%2Fb%20c/versions").toString()).isEqualTo("[1]");
    assertThat(rest.code("POST", "/subjects/a%0Ab/versions", draft(ONE).toString()))
        .isEqualTo(42208);
  }

  @Test
  void badRequestsAreToldSo() {
    assertThat(rest.code("POST", "/subjects/a/versions", "nonsense")).isEqualTo(400);
    assertThat(rest.code("POST", "/subjects/a/versions", "[]")).isEqualTo(400);
    assertThat(rest.code("POST", "/subjects/a/versions", "{\"schema\":{}}")).isEqualTo(422);
    assertThat(rest.code("POST", "/subjects/a/versions", "{}")).isEqualTo(42201);
    assertThat(
            rest.code("POST", "/subjects/a/versions", "{\"schemaType\":\"XML\",\"schema\":\"a\"}"))
        .isEqualTo(42201);
    assertThat(rest.code("PATCH", "/subjects", "")).isEqualTo(405);
    assertThat(rest.code("GET", "/nothing", "")).isEqualTo(404);
    assertThat(rest.ask("POST", "/subjects/a/versions", draft(wide()).toString()).status())
        .isEqualTo(422);
    assertThat(rest.get("/schemas/types").toString()).isEqualTo("[\"AVRO\",\"JSON\",\"PROTOBUF\"]");
    assertThat(rest.get("/").toString()).isEqualTo("{}");
    assertThat(
            rest.get("/v1/metadata/id").get("scope").get("clusters").get("kafka-cluster").asText())
        .isEqualTo("cluster");
  }

  /** More than a record of the topic may hold. */
  private static String wide() {
    return avro("A", "{\"name\":\"x\",\"type\":\"int\",\"doc\":\"" + "d".repeat(1_100_000) + "\"}");
  }

  @Test
  void guidsAreFoundInAllContexts() {
    rest.register("b", "\"int\"");
    rest.register("a", ONE);
    rest.register(":.eu:a", ONE);
    String guid = rest.get("/subjects/a/versions/1").get("guid").asText();
    assertThat(rest.get("/schemas/guids/" + guid).get("schema").asText()).isEqualTo(ONE);
    assertThat(rest.get("/schemas/guids/" + guid + "/ids").toString())
        .isEqualTo("[{\"context\":\".\",\"id\":2},{\"context\":\".eu\",\"id\":1}]");
    assertThat(rest.code("GET", "/schemas/guids/nonsense", "")).isEqualTo(40403);
    assertThat(rest.code("DELETE", "/contexts/.eu", "")).isEqualTo(42211);
    rest.delete("/subjects/:.eu:a");
    rest.delete("/subjects/:.eu:a?permanent=true");
    assertThat(rest.get("/contexts").toString()).isEqualTo("[\".\",\".eu\"]");
    assertThat(rest.ask("DELETE", "/contexts/.eu", "").status()).isEqualTo(204);
    assertThat(rest.get("/contexts").toString()).isEqualTo("[\".\"]");
  }

  @Test
  void partsOfOtherRegistriesSayWhatTheyAre() {
    assertThat(rest.ask("GET", "/dek-registry/v1/keks", "").body().utf8())
        .isEqualTo(
            "{\"error_code\":404,\"message\":\"HTTP 404 Not Found: this registry has no keys for encryption (the DEK registry)\"}");
    assertThat(rest.code("GET", "/exporters", "")).isEqualTo(404);
    assertThat(rest.code("POST", "/catalog/v1/types/tagdefs", "[]")).isEqualTo(404);
    assertThat(rest.get("/associations/subjects/a").toString()).isEqualTo("[]");
    assertThat(rest.ask("POST", "/associations", "{}").body().utf8())
        .contains("42212", "millrace.schema.value.validation");
    assertThat(rest.code("PUT", "/associations/resources/r1", "{}")).isEqualTo(42212);
    assertThat(rest.code("POST", "/associations:batchGet", "{}")).isEqualTo(42212);
    assertThat(rest.code("POST", "/associations:batchMutate", "{}")).isEqualTo(42212);
  }
}
