package dev.millrace.registry.rest;

import static dev.millrace.registry.rest.RestFixture.avro;
import static dev.millrace.registry.rest.RestFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.base.bytes.Bytes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What strangers send is answered with a documented code, and the registry goes on. */
class BadInputTest {
  private static final String VERSIONS = "/subjects/a/versions";

  private final RestFixture rest = new RestFixture();

  @AfterEach
  void isStillServed() {
    assertThat(rest.ask("GET", "/subjects", "").status()).isEqualTo(200);
    rest.close();
  }

  @Test
  void brokenSchemas() {
    assertThat(codeOf("AVRO", "{\"type\":\"record\"")).isEqualTo(42201);
    assertThat(codeOf("AVRO", "{\"type\":\"recrod\",\"name\":\"A\"}")).isEqualTo(42201);
    assertThat(codeOf("PROTOBUF", "syntax = \"proto3\"; message A { int32 a = 1 }"))
        .isEqualTo(42201);
    assertThat(codeOf("JSON", "{\"type\":12}")).isEqualTo(42201);
    assertThat(codeOf("XML", "<a/>")).isEqualTo(42201);
    assertThat(codeOf("AVRO", "")).isEqualTo(42201);
  }

  @Test
  void missingReferences() {
    assertThat(withReference("none", 1)).isEqualTo(42201);
    rest.register("there", "\"int\"");
    assertThat(withReference("there", 2)).isEqualTo(42201);
    rest.delete("/subjects/there/versions/1");
    assertThat(withReference("there", 1)).isEqualTo(42201);
    assertThat(codeOf("PROTOBUF", "syntax = \"proto3\"; import \"b.proto\"; message A {}"))
        .isEqualTo(42201);
    assertThat(codeOf("JSON", "{\"$ref\":\"http://127.0.0.1:1/x\"}")).isEqualTo(42201);
  }

  @Test
  void circularReferences() {
    assertThat(withReference("a", 1)).isEqualTo(42201);
    assertThat(
            codeOf(
                "JSON",
                "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},"
                    + "\"b\":{\"$ref\":\"#/definitions/a\"}}}"))
        .isEqualTo(42201);
  }

  @Test
  void deepNesting() {
    int deep = 5_000;
    assertThat(
            codeOf(
                "AVRO",
                "{\"type\":\"array\",\"items\":".repeat(deep) + "\"int\"" + "}".repeat(deep)))
        .isEqualTo(42201);
    assertThat(codeOf("JSON", "{\"not\":".repeat(deep) + "{}" + "}".repeat(deep))).isEqualTo(42201);
    assertThat(
            codeOf(
                "PROTOBUF",
                "syntax = \"proto3\"; " + "message M { ".repeat(deep) + "}".repeat(deep)))
        .isEqualTo(42201);
    assertThat(rest.code("POST", VERSIONS, "[".repeat(1_000_000))).isEqualTo(400);
    assertThat(rest.code("POST", VERSIONS, "[" + "[],".repeat(300_000) + "[]]")).isEqualTo(400);
  }

  @Test
  void schemasOfFiveMegabytes() {
    String doc = "x".repeat(5_000_000);
    String schema = avro("A", "{\"name\":\"x\",\"type\":\"int\",\"doc\":\"" + doc + "\"}");
    assertThat(codeOf("AVRO", schema)).isEqualTo(42209);
    rest.register("a", "\"int\"");
    String body = draft(schema).toString();
    assertThat(rest.code("POST", "/subjects/a", body)).isEqualTo(42209);
    assertThat(rest.code("POST", "/compatibility" + VERSIONS + "/latest", body)).isEqualTo(42209);
    assertThat(codeOf("AVRO", schema.replace(doc, doc.substring(0, 1_100_000)))).isEqualTo(42209);
  }

  @Test
  void hostilePatterns() {
    rest.post(VERSIONS, json("{\"type\":\"string\",\"pattern\":\"(a+)+$\"}").toString());
    assertThat(
            codeOf("JSON", "{\"pattern\":\"" + "(".repeat(5_000) + "a" + ")".repeat(5_000) + "\"}"))
        .isEqualTo(42201);
    assertThat(codeOf("JSON", "{\"pattern\":\"[a-\"}")).isEqualTo(42201);
    assertThat(rest.code("GET", "/subjects/(a%2B)%2B$/versions", "")).isEqualTo(40401);
    assertThat(rest.get("/subjects?subjectPrefix=(a%2B)%2B$").size()).isZero();
  }

  @Test
  void wrongContentTypes() {
    for (String type : List.of("text/plain", "application/xml", "x".repeat(10_000))) {
      Request request =
          new Request("POST", List.of("subjects", "a"), Map.of(), type, Bytes.utf8("{}"));
      assertThat(rest.answer(request).status()).isEqualTo(415);
    }
    for (String body : List.of("", "nonsense", "[1,2]", "1")) {
      assertThat(rest.code("POST", VERSIONS, body)).isEqualTo(400);
    }
    assertThat(rest.code("POST", VERSIONS, "{\"schema\":{\"type\":\"int\"}}")).isEqualTo(422);
    assertThat(rest.code("POST", VERSIONS, "{\"schema\":\"\\\"int\\\"\",\"id\":1e9999}"))
        .isEqualTo(422);
  }

  @Test
  void wrongSubjects() {
    String good = draft("\"int\"").toString();
    for (String subject :
        List.of("__GLOBAL", "__EMPTY", "a%00", "%0a", "s".repeat(5_000), ":.__GLOBAL:a")) {
      assertThat(rest.code("POST", "/subjects/" + subject + "/versions", good)).isEqualTo(42208);
    }
    assertThat(rest.code("PUT", "/config/__EMPTY", "{\"compatibility\":\"NONE\"}"))
        .isEqualTo(42208);
    assertThat(rest.code("PUT", "/mode/a%00", "{\"mode\":\"READONLY\"}")).isEqualTo(42208);
  }

  @Test
  void wrongPathsAndMethods() {
    assertThat(rest.code("GET", "/nothing", "")).isEqualTo(404);
    assertThat(rest.code("GET", "/subjects/a/nothing", "")).isEqualTo(404);
    assertThat(rest.code("GET", "/subjects" + "/a".repeat(30), "")).isEqualTo(404);
    assertThat(rest.code("GET", "/schemas/ids/first", "")).isEqualTo(404);
    assertThat(rest.code("PATCH", VERSIONS, "")).isEqualTo(405);
    assertThat(rest.code("GET", "/subjects/a/versions/99999999999", "")).isEqualTo(42202);
  }

  private int withReference(String subject, int version) {
    ObjectNode body = draft("\"Name\"");
    body.putArray("references")
        .addObject()
        .put("name", "Name")
        .put("subject", subject)
        .put("version", version);
    return rest.code("POST", VERSIONS, body.toString());
  }

  private int codeOf(String type, String schema) {
    return rest.code("POST", VERSIONS, draft(schema).put("schemaType", type).toString());
  }

  private static ObjectNode json(String schema) {
    return draft(schema).put("schemaType", "JSON");
  }
}
