package dev.millrace.registry.rest;

import static dev.millrace.registry.rest.RestFixture.avro;
import static dev.millrace.registry.rest.RestFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parameters and fields of a registration beside the schema itself. */
class RegistrationTest {
  private static final String X = "{\"name\":\"x\",\"type\":\"int\"}";
  private static final String ONE = avro("A", X);
  private static final String TWO =
      avro("A", X + ",{\"name\":\"y\",\"type\":\"int\",\"default\":0}");
  private static final String OTHER = avro("A", X + ",{\"name\":\"z\",\"type\":\"int\"}");

  // MD5 of the bytes that Confluent's registry puts together, computed without our code
  private static final String PLAIN = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";
  private static final String FULL = "391f25f6-894d-3737-277b-5c5bb2541dc1";

  private final RestFixture rest = new RestFixture();

  @AfterEach
  void close() {
    rest.close();
  }

  @Test
  void forceRegistersWhatIsIncompatible() {
    rest.register("a", ONE);
    String other = draft(OTHER).toString();
    assertThat(rest.code("POST", "/subjects/a/versions", other)).isEqualTo(40901);
    assertThat(rest.post("/subjects/a/versions?force=true", other).get("version").asInt())
        .isEqualTo(2);
  }

  @Test
  void anOlderTextBecomesTheLatestAgainWhenThatIsAskedFor() {
    rest.register("a", ONE);
    rest.register("a", TWO);
    assertThat(rest.register("a", ONE)).isEqualTo(1);
    JsonNode again = rest.post("/subjects/a/versions", draft(ONE).put("version", -1).toString());
    assertThat(again.get("version").asInt()).isEqualTo(3);
    assertThat(again.at("/metadata/properties/confluent:version").asText()).isEqualTo("3");
    JsonNode same = rest.post("/subjects/a/versions", draft(ONE).put("version", -1).toString());
    assertThat(same.get("version").asInt()).isEqualTo(3);
    assertThat(
            rest.code(
                "POST", "/subjects/a/versions", draft("\"int\"").put("version", 9).toString()))
        .isEqualTo(42201);
  }

  @Test
  void aDeletedVersionThatComesAgainIsReplaced() {
    rest.register("a", ONE);
    rest.delete("/subjects/a");
    assertThat(rest.register("a", ONE)).isEqualTo(1);
    assertThat(rest.get("/subjects/a/versions?deleted=true").toString()).isEqualTo("[2]");
  }

  @Test
  void whatIsImportedIsTakenAsItIs() {
    rest.put("/mode/a", "{\"mode\":\"IMPORT\"}");
    rest.put("/config", "{\"defaultMetadata\":{\"properties\":{\"owner\":\"us\"}}}");
    ObjectNode first = draft(ONE).put("id", 7).put("version", 3);
    first.putObject("metadata").putObject("properties").put("k", "v");
    rest.post("/subjects/a/versions", first.toString());
    JsonNode second =
        rest.post("/subjects/a/versions", draft(ONE).put("id", 9).put("version", 5).toString());
    assertThat(second.get("id").asInt()).isEqualTo(9);
    assertThat(second.has("metadata")).isFalse();
    assertThat(rest.get("/subjects/a/versions").toString()).isEqualTo("[3,5]");
    String conflict = draft("\"int\"").put("id", 9).toString();
    assertThat(rest.code("POST", "/subjects/a/versions", conflict)).isEqualTo(42205);
    assertThat(rest.code("POST", "/subjects/a/versions", draft(TWO).toString())).isEqualTo(42205);
  }

  @Test
  void theHighestIdThereCanBeIsTold() {
    rest.put("/mode/a", "{\"mode\":\"IMPORT\"}");
    rest.post("/subjects/a/versions", draft(ONE).put("id", Integer.MAX_VALUE).toString());
    rest.delete("/mode/a");
    assertThat(rest.code("POST", "/subjects/b/versions", draft(TWO).toString())).isEqualTo(50001);
  }

  @Test
  void importClearsWhatWasDeletedUnlessItIsForced() {
    rest.register("a", ONE);
    rest.delete("/subjects/a");
    rest.put("/mode/a?force=true", "{\"mode\":\"IMPORT\"}");
    assertThat(rest.get("/subjects/a/versions?deleted=true").toString()).isEqualTo("[1]");
    rest.delete("/mode/a");
    rest.put("/mode/a", "{\"mode\":\"IMPORT\"}");
    assertThat(rest.code("GET", "/subjects/a/versions?deleted=true", "")).isEqualTo(40401);
    assertThat(rest.code("PUT", "/mode/a", "{\"mode\":\"FORWARD\"}")).isEqualTo(42204);
    rest.put("/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}");
    assertThat(rest.code("POST", "/subjects/b/versions", draft(ONE).toString())).isEqualTo(42205);
    rest.post("/subjects/b/versions", draft(ONE).put("id", 4).toString());
  }

  @Test
  void tagsChangeWithAVersion() {
    rest.register("a", ONE);
    String tagged =
        "{\"tagsToAdd\":[{\"schemaEntity\":{\"entityPath\":\".A.x\",\"entityType\":\"sr_field\"},"
            + "\"tags\":[\"PII\"]}],\"rulesToMerge\":{\"domainRules\":[{\"name\":\"r\",\"type\":\"CEL\","
            + "\"mode\":\"WRITE\"}]}}";
    JsonNode next = rest.post("/subjects/a/versions/latest/tags", tagged);
    assertThat(next.get("version").asInt()).isEqualTo(2);
    assertThat(next.get("schema").asText()).contains("\"confluent:tags\":[\"PII\"]");
    JsonNode found = rest.get("/schemas/ids/" + next.get("id").asInt() + "?findTags=*");
    assertThat(found.at("/schemaTags/0/schemaEntity/entityPath").asText()).isEqualTo("A.x");
    assertThat(rest.get("/schemas/ids/1?findTags=PII").has("schemaTags")).isFalse();
    assertThat(rest.get("/schemas?ruleType=CEL").size()).isEqualTo(1);
    assertThat(rest.get("/schemas?ruleType=JSONATA").size()).isZero();
    JsonNode without = rest.post("/subjects/a/versions/2/tags", "{\"rulesToRemove\":[\"r\"]}");
    assertThat(without.has("ruleSet")).isFalse();
    String wrong = tagged.replace(".A.x", "A.none");
    assertThat(rest.code("POST", "/subjects/a/versions/1/tags", wrong)).isEqualTo(42201);
    assertThat(rest.code("POST", "/subjects/a/versions/9/tags", "{}")).isEqualTo(40402);
    assertThat(rest.code("POST", "/subjects/none/versions/1/tags", "{}")).isEqualTo(40401);
  }

  @Test
  void tagsInJsonSchemasHaveTheirPaths() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"lines\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
            + "\"properties\":{\"sku\":{\"type\":\"string\",\"confluent:tags\":[\"T\"]}}}}}}";
    rest.post("/subjects/j/versions", draft(schema).put("schemaType", "JSON").toString());
    assertThat(
            rest.get("/subjects/j/versions/1?findTags=T")
                .at("/schemaTags/0/schemaEntity/entityPath")
                .asText())
        .isEqualTo("object.lines.array.object.sku");
  }

  @Test
  void aliasesAreListedWithWhatTheyStandFor() {
    rest.register("a", ONE);
    rest.put("/config/short", "{\"alias\":\"a\"}");
    assertThat(rest.get("/subjects/short/versions/latest").get("subject").asText()).isEqualTo("a");
    assertThat(rest.get("/schemas?subjectPrefix=sh").size()).isZero();
    assertThat(rest.get("/schemas?subjectPrefix=sh&aliases=true").at("/0/aliases").toString())
        .isEqualTo("[\"short\"]");
  }

  @Test
  void metadataHasItsShape() {
    for (String metadata :
        new String[] {
          "\"x\"",
          "[1]",
          "{\"tags\":1}",
          "{\"tags\":{\"a\":\"b\"}}",
          "{\"properties\":[1]}",
          "{\"sensitive\":{\"a\":1}}"
        }) {
      String body = "{\"schema\":\"\\\"int\\\"\",\"metadata\":" + metadata + "}";
      assertThat(rest.code("POST", "/subjects/a/versions", body)).isEqualTo(422);
      assertThat(rest.code("PUT", "/config/a", "{\"defaultMetadata\":" + metadata + "}"))
          .isEqualTo(422);
    }
    for (String rules :
        new String[] {"1", "{\"domainRules\":{\"a\":1}}", "{\"domainRules\":[1]}"}) {
      String body = "{\"schema\":\"\\\"int\\\"\",\"ruleSet\":" + rules + "}";
      assertThat(rest.code("POST", "/subjects/a/versions", body)).isEqualTo(422);
    }
  }

  @Test
  void guidsAreThoseOfConfluentsRegistry() {
    String body =
        "{\"schema\":\"\\\"string\\\"\",\"metadata\":{\"properties\":{\"b\":\"2\",\"a\":\"1\"},"
            + "\"tags\":{\"f\":[\"T\"]},\"sensitive\":[\"s\"]},\"ruleSet\":{\"domainRules\":[{\"name\":\"r\","
            + "\"kind\":\"CONDITION\",\"type\":\"CEL\",\"mode\":\"WRITE\",\"expr\":\"true\",\"disabled\":true}]}}";
    rest.register("plain", "\"string\"");
    assertThat(rest.get("/schemas/ids/1").get("guid").asText()).isEqualTo(PLAIN);
    assertThat(rest.post("/subjects/a/versions", body).get("guid").asText()).isEqualTo(FULL);
  }

  @Test
  void noAssociationsAreKept() {
    assertThat(rest.get("/associations/subjects/a").toString()).isEqualTo("[]");
    assertThat(rest.code("POST", "/associations", "{}")).isEqualTo(42212);
    rest.register("a", ONE);
    assertThat(rest.get("/schemas?lifecycle=STRONG").size()).isZero();
    assertThat(rest.get("/schemas?lifecycle=NONE").size()).isEqualTo(1);
  }
}
