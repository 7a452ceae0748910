package dev.millrace.registry.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.time.SystemClock;
import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.topic.Ledger;
import dev.millrace.registry.topic.MemoryTopic;

/** A registry over a topic in memory, asked as over HTTP. */
final class RestFixture implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  final MemoryTopic topic;
  private final Ledger ledger;
  private final Rest rest;

  RestFixture() {
    this(new MemoryTopic());
  }

  RestFixture(MemoryTopic topic) {
    this.topic = topic;
    this.ledger = new Ledger(topic, SystemClock.INSTANCE);
    Registry registry =
        new Registry() {
          @Override
          public Image image() {
            return ledger.image();
          }

          @Override
          public Image fresh() {
            return ledger.fresh();
          }

          @Override
          public <R> R change(Change<R> change) {
            return ledger.change(change);
          }
        };
    this.rest = new Rest(registry, new Parsing(), new MetadataRoutes(() -> "cluster", "1.0"));
  }

  Image image() {
    return ledger.fresh();
  }

  /** What is answered; {@code target} is a path with its query. */
  Answer ask(String method, String target, String body) {
    int at = target.indexOf('?');
    return rest.answer(
        Request.of(
            method,
            at < 0 ? target : target.substring(0, at),
            at < 0 ? null : target.substring(at + 1),
            body.isEmpty() ? "" : "application/vnd.schemaregistry.v1+json; charset=utf-8",
            Bytes.utf8(body)));
  }

  Answer answer(Request request) {
    return rest.answer(request);
  }

  /** The body of a good answer. */
  JsonNode good(String method, String target, String body) {
    Answer answer = ask(method, target, body);
    if (answer.status() != 200) {
      throw new AssertionError(
          method + " " + target + " -> " + answer.status() + " " + answer.body().utf8());
    }
    return tree(answer);
  }

  JsonNode get(String target) {
    return good("GET", target, "");
  }

  JsonNode post(String target, String body) {
    return good("POST", target, body);
  }

  JsonNode put(String target, String body) {
    return good("PUT", target, body);
  }

  JsonNode delete(String target) {
    return good("DELETE", target, "");
  }

  /** Registers and gives the id. */
  int register(String subject, String schema) {
    return post("/subjects/" + subject + "/versions", draft(schema).toString()).get("id").asInt();
  }

  /** The code of an answer that must be an error. */
  int code(String method, String target, String body) {
    Answer answer = ask(method, target, body);
    JsonNode node = tree(answer);
    if (answer.status() < 400 || node.get("message").asText().isEmpty()) {
      throw new AssertionError(
          method + " " + target + " -> " + answer.status() + " " + answer.body().utf8());
    }
    return node.get("error_code").asInt();
  }

  static ObjectNode draft(String schema) {
    return JSON.createObjectNode().put("schema", schema);
  }

  /** A record with one field of a type and perhaps more fields. */
  static String avro(String name, String fields) {
    return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[" + fields + "]}";
  }

  static JsonNode tree(Answer answer) {
    try {
      return JSON.readTree(answer.body().toArray());
    } catch (JsonProcessingException e) {
      throw new AssertionError(answer.body().utf8(), e);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    ledger.close();
  }
}
