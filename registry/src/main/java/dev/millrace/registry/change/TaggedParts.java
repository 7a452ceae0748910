package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.SchemaType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parts of a schema's text that can carry tags, by their paths as Confluent's registry spells
 * them. Avro: {@code namespace.Record} and {@code namespace.Record.field}; JSON Schema: the kinds
 * and names on the way, {@code object.lines.array.object.sku}.
 */
final class TaggedParts {
  private static final int DEPTH_MAX = 200;

  private final Map<Part, ObjectNode> found = new LinkedHashMap<>();

  private TaggedParts() {}

  /**
   * A part.
   *
   * @param isField a field or property; else a record or object
   */
  record Part(String path, boolean isField) {}

  /** All parts of a parsed text, in their order; those of Protobuf are not looked for. */
  static Map<Part, ObjectNode> of(SchemaType type, JsonNode text) {
    TaggedParts parts = new TaggedParts();
    switch (type) {
      case AVRO -> parts.avro(text, "", 0);
      case JSON -> parts.json(text, "", 0);
      case PROTOBUF -> {
        // their tags are options in the text
      }
    }
    return parts.found;
  }

  private void avro(JsonNode node, String namespace, int depth) {
    if (depth > DEPTH_MAX) {
      return;
    }
    if (node instanceof ArrayNode union) {
      union.forEach(branch -> avro(branch, namespace, depth + 1));
    } else if (node instanceof ObjectNode type) {
      switch (type.path("type").asText("")) {
        case "record", "error" -> record(type, namespace, depth);
        case "array" -> avro(type.path("items"), namespace, depth + 1);
        case "map" -> avro(type.path("values"), namespace, depth + 1);
        default -> avro(type.path("type"), namespace, depth + 1);
      }
    }
  }

  private void record(ObjectNode type, String outer, int depth) {
    String name = type.path("name").asText();
    int dot = name.lastIndexOf('.');
    String namespace = dot >= 0 ? name.substring(0, dot) : type.path("namespace").asText(outer);
    String full = dot >= 0 || namespace.isEmpty() ? name : namespace + "." + name;
    found.putIfAbsent(new Part(full, false), type);
    for (JsonNode one : type.path("fields")) {
      if (one instanceof ObjectNode field) {
        found.putIfAbsent(new Part(full + "." + field.path("name").asText(), true), field);
        avro(field.path("type"), namespace, depth + 1);
      }
    }
  }

  private void json(JsonNode node, String prefix, int depth) {
    if (depth > DEPTH_MAX || !(node instanceof ObjectNode schema)) {
      return;
    }
    if (schema.has("properties") || schema.path("type").asText("").equals("object")) {
      object(schema, prefix + "object", depth);
    }
    if (schema.has("items")) {
      json(schema.get("items"), prefix + "array.", depth + 1);
    }
    for (String list : new String[] {"allOf", "anyOf", "oneOf"}) {
      int index = 0;
      for (JsonNode one : schema.path(list)) {
        json(
            one, prefix + list.toLowerCase(java.util.Locale.ROOT) + "." + index++ + ".", depth + 1);
      }
    }
    json(schema.path("not"), prefix + "not.", depth + 1);
    for (String branch : new String[] {"if", "then", "else"}) {
      json(schema.path(branch), prefix + "conditional." + branch + ".", depth + 1);
    }
  }

  private void object(ObjectNode schema, String path, int depth) {
    found.putIfAbsent(new Part(path, false), schema);
    schema
        .path("properties")
        .properties()
        .forEach(property -> {
          String field = path + "." + property.getKey();
          if (property.getValue() instanceof ObjectNode inner) {
            found.putIfAbsent(new Part(field, true), inner);
            json(inner, field + ".", depth + 1);
          }
        });
    for (String definitions : new String[] {"definitions", "$defs"}) {
      schema
          .path(definitions)
          .properties()
          .forEach(one ->
              json(one.getValue(), path + "." + definitions + "." + one.getKey() + ".", depth + 1));
    }
  }
}
