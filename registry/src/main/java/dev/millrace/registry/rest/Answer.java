package dev.millrace.registry.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.change.Refusal;
import java.util.Collection;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param contentType of the body
 */
public record Answer(int status, String contentType, Bytes body) {
  /** What the registry speaks unless it is asked for something else. */
  public static final String SCHEMA_REGISTRY = "application/vnd.schemaregistry.v1+json";

  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A JSON value. */
  public static Answer of(JsonNode node) {
    return of(OK, node);
  }

  /** A JSON array of texts. */
  public static Answer ofTexts(Collection<String> texts) {
    var array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return of(array);
  }

  /** A JSON array of numbers. */
  public static Answer ofNumbers(Collection<Integer> numbers) {
    var array = JsonNodeFactory.instance.arrayNode();
    numbers.forEach(array::add);
    return of(array);
  }

  /** The bare text of a schema. */
  public static Answer ofText(String text) {
    return new Answer(OK, SCHEMA_REGISTRY, Bytes.utf8(text));
  }

  public static Answer nothing() {
    return new Answer(NO_CONTENT, SCHEMA_REGISTRY, Bytes.EMPTY);
  }

  /** What keeps somebody from what was asked for. */
  public static Answer of(Refusal refusal) {
    return error(refusal.status(), refusal.code(), refusal.message());
  }

  /** An error with its code. */
  public static Answer error(int status, int code, String message) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return of(status, body.put("error_code", code).put("message", message));
  }

  /** The same under another name of its type. */
  public Answer as(String otherType) {
    return new Answer(status, otherType, body);
  }

  private static Answer of(int status, JsonNode node) {
    try {
      return new Answer(status, SCHEMA_REGISTRY, Bytes.copyOf(JSON.writeValueAsBytes(node)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
