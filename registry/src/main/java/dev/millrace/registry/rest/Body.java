package dev.millrace.registry.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.schema.SchemaType;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies of requests, checked. Everything throws {@link Refusal} with a message for its author. */
final class Body {
  /** JSON that cannot be read: the published code for it is the status alone. */
  private static final int BAD_REQUEST = 400;

  private static final int UNPROCESSABLE = 422;
  private static final int DEPTH_MAX = 200;
  private static final int REFERENCES_MAX = 1_000;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
              .build());

  /** Names of settings in requests where they differ from those in {@code _schemas}. */
  private static final Map<String, String> RENAMED = Map.of("compatibility", Config.LEVEL);

  private Body() {}

  private static ObjectNode object(Request request) {
    JsonNode node;
    try {
      node = JSON.readTree(request.body().toArray());
    } catch (JsonProcessingException e) {
      throw new Refusal(BAD_REQUEST, "body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new Refusal(BAD_REQUEST, "body cannot be read: " + e.getMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Refusal(BAD_REQUEST, "body must be a JSON object");
  }

  /** A schema as it is registered, looked up and compared. */
  static Draft draft(Request request) {
    ObjectNode body = object(request);
    JsonNode text = body.get("schema");
    if (text != null && !text.isNull() && !text.isTextual()) {
      throw new Refusal(
          UNPROCESSABLE,
          "schema must be a text: write the schema as a JSON string, quotes escaped");
    }
    return new Draft(
        type(body.path("schemaType").asText("")),
        text == null || text.isNull() ? null : text.asText(),
        references(body.path("references")),
        pruned(body.get("metadata")),
        pruned(body.get("ruleSet")),
        number(body, "id", 0),
        number(body, "version", Draft.ANY));
  }

  private static SchemaType type(String name) {
    if (name.isEmpty()) {
      return SchemaType.AVRO;
    }
    try {
      return SchemaType.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Refusal.invalidSchema(
          "Invalid schema type " + name + ", allowed are AVRO, JSON and PROTOBUF");
    }
  }

  private static List<Reference> references(JsonNode node) {
    if (node.size() > REFERENCES_MAX) {
      throw Refusal.invalidSchema("too many references, max=" + REFERENCES_MAX);
    }
    List<Reference> references = RecordFormat.references(node);
    for (Reference reference : references) {
      if (reference.name().isEmpty() || reference.subject().isEmpty()) {
        throw Refusal.invalidSchema(
            "a reference needs name, subject and version, name="
                + reference.name()
                + " subject="
                + reference.subject());
      }
    }
    return references;
  }

  private static int number(ObjectNode body, String name, int least) {
    JsonNode node = body.get(name);
    if (node == null || node.isNull() || !node.canConvertToInt()) {
      return Draft.ANY;
    }
    int number = node.asInt();
    return number < least ? Draft.ANY : number;
  }

  /** Without members that say nothing; null when none is left. */
  private static @Nullable JsonNode pruned(@Nullable JsonNode node) {
    if (node == null || node.isNull() || (node.isContainerNode() && node.isEmpty())) {
      return null;
    }
    if (!(node instanceof ObjectNode fields)) {
      return node;
    }
    ObjectNode left = JsonNodeFactory.instance.objectNode();
    fields
        .properties()
        .forEach(field -> {
          JsonNode value = pruned(field.getValue());
          if (value != null) {
            left.set(field.getKey(), value);
          }
        });
    return left.isEmpty() ? null : left;
  }

  /** Settings by their names in {@code _schemas}. */
  static ObjectNode config(Request request) {
    ObjectNode body = object(request);
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    body.properties()
        .forEach(field -> {
          String name = RENAMED.getOrDefault(field.getKey(), field.getKey());
          if (Config.NAMES.contains(name)) {
            wanted.set(name, field.getValue());
          }
        });
    JsonNode level = wanted.get(Config.LEVEL);
    if (level != null && level.isTextual()) {
      wanted.put(Config.LEVEL, level.asText().toUpperCase(Locale.ROOT));
    }
    if (wanted.isEmpty()) {
      throw Refusal.invalidLevel();
    }
    return wanted;
  }

  static String mode(Request request) {
    return object(request).path("mode").asText("");
  }
}
