package dev.millrace.registry.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.InlineTags;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.change.Retagging;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.schema.SchemaType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Bodies of requests, checked. Everything throws {@link Refusal} with a message for its author. */
final class Body {
  /** JSON that cannot be read: the published code for it is the status alone. */
  private static final int BAD_REQUEST = 400;

  private static final int UNPROCESSABLE = 422;
  private static final int DEPTH_MAX = 200;

  /** A tree of small tokens takes many times its text's memory. */
  private static final int TOKENS_MAX = 200_000;

  /** With the room that formatting may take; what is kept is measured later. */
  private static final int TEXT_CHARACTERS_MAX = 2_000_000;

  private static final int REFERENCES_MAX = 1_000;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEPTH_MAX)
                      .maxTokenCount(TOKENS_MAX)
                      .build())
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
    if (text != null && text.asText().length() > TEXT_CHARACTERS_MAX) {
      throw Refusal.tooLarge(
          "Schema is too large, characters="
              + text.asText().length()
              + " max="
              + TEXT_CHARACTERS_MAX
              + "; split it and use references");
    }
    Draft draft =
        new Draft(
            type(body.path("schemaType").asText("")),
            text == null || text.isNull() ? null : text.asText(),
            references(body.path("references")),
            Annotations.metadata(body.get("metadata")),
            Annotations.ruleSet(body.get("ruleSet")),
            id(body),
            version(body));
    return tagged(draft, body);
  }

  private static Draft tagged(Draft draft, ObjectNode body) {
    List<InlineTags.Tagged> added = InlineTags.read(body.path("schemaTagsToAdd"));
    List<InlineTags.Tagged> removed = InlineTags.read(body.path("schemaTagsToRemove"));
    String text = draft.text();
    return text == null
        ? draft
        : draft.withText(InlineTags.changed(draft.type(), text, added, removed));
  }

  /** What is to be different of a version. */
  static Retagging.Wanted retagging(Request request) {
    ObjectNode body = object(request);
    List<String> removedRules = new ArrayList<>();
    body.path("rulesToRemove").forEach(name -> removedRules.add(name.asText()));
    return new Retagging.Wanted(
        Math.max(Draft.LATEST, number(body, "newVersion", Draft.LATEST)),
        InlineTags.read(body.path("tagsToAdd")),
        InlineTags.read(body.path("tagsToRemove")),
        Annotations.metadata(body.get("metadata")),
        Annotations.ruleSet(body.get("ruleSet")),
        Annotations.ruleSet(body.get("rulesToMerge")),
        removedRules);
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

  private static int id(ObjectNode body) {
    return Math.max(Draft.ANY, number(body, "id", Draft.ANY));
  }

  private static int version(ObjectNode body) {
    return Math.max(Draft.LATEST, number(body, "version", Draft.NEXT));
  }

  private static int number(ObjectNode body, String name, int fallback) {
    JsonNode node = body.get(name);
    if (node == null || node.isNull()) {
      return fallback;
    }
    if (!node.canConvertToInt() || !node.isIntegralNumber()) {
      throw new Refusal(
          UNPROCESSABLE, name + " must be a whole number below 2^31, " + name + "=" + node);
    }
    return node.asInt();
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
    check(wanted);
    return wanted;
  }

  private static void check(ObjectNode wanted) {
    for (String name : List.of(Config.DEFAULT_METADATA, Config.OVERRIDE_METADATA)) {
      var ignored = Annotations.metadata(wanted.get(name));
    }
    for (String name : List.of(Config.DEFAULT_RULES, Config.OVERRIDE_RULES)) {
      var ignored = Annotations.ruleSet(wanted.get(name));
    }
    for (String name :
        List.of(Config.LEVEL, Config.ALIAS, Config.ALIAS_FOR_KEYS, Config.GROUP, Config.POLICY)) {
      expect(wanted, name, "a text", JsonNode::isTextual);
    }
    for (String name : Config.FLAGS) {
      expect(wanted, name, "true or false", JsonNode::isBoolean);
    }
  }

  private static void expect(
      ObjectNode wanted, String name, String what, Predicate<JsonNode> isRight) {
    JsonNode value = wanted.get(name);
    if (value != null && !value.isNull() && !isRight.test(value)) {
      throw new Refusal(UNPROCESSABLE, name + " is " + what + ", " + name + "=" + value);
    }
  }

  static String mode(Request request) {
    return object(request).path("mode").asText("");
  }
}
