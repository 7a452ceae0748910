package dev.millrace.registry.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random JSON schemas, small changes of them, and values that may or may not be valid for them. */
final class RandomJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES = List.of("a", "b", "ab", "ba", "abc");
  private static final List<String> TEXTS =
      List.of("", "a", "b", "ab", "ba", "abc", "aaaa", "zzzzz");
  private static final List<String> PATTERNS = List.of("^a", "b$", "^[ab]*$", "c");
  private static final List<String> TYPES =
      List.of("string", "number", "integer", "object", "array", "boolean", "null");

  private final SplittableRandom random;
  private final boolean modern;

  /**
   * Schemas of one dialect.
   *
   * @param modern 2020-12, otherwise draft 7
   */
  RandomJson(SplittableRandom random, boolean modern) {
    this.random = random;
    this.modern = modern;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean seldom() {
    return random.nextInt(4) == 0;
  }

  /** A whole document, with a definition that may hold itself. */
  JsonNode document() {
    ObjectNode root = schema(3) instanceof ObjectNode object ? object : JSON.objectNode();
    if (modern) {
      root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    }
    root.putObject("definitions").set("d", schema(1));
    return root;
  }

  private JsonNode schema(int depth) {
    return switch (random.nextInt(depth > 0 ? 14 : 6)) {
      case 0 -> seldom() ? JSON.booleanNode(random.nextInt(3) > 0) : JSON.objectNode();
      case 1 -> with(typed("string"), "string", depth);
      case 2 -> with(typed("number"), "number", depth);
      case 3 -> with(typed("integer"), "integer", depth);
      case 4 -> values();
      case 5 -> typed(one(TYPES));
      case 6, 7 -> with(typed("object"), "object", depth);
      case 8 -> with(typed("array"), "array", depth);
      case 9 -> with(JSON.objectNode(), one(TYPES), depth);
      case 10 -> combined(one(List.of("anyOf", "allOf")), depth);
      case 11 -> alternatives(depth);
      case 12 -> JSON.objectNode().put("$ref", "#/definitions/d");
      default -> condition(depth);
    };
  }

  private static ObjectNode typed(String type) {
    return JSON.objectNode().put("type", type);
  }

  private ObjectNode values() {
    if (seldom()) {
      return JSON.objectNode().set("const", value(1));
    }
    ObjectNode schema = JSON.objectNode();
    ArrayNode values = schema.putArray("enum");
    for (int count = random.nextInt(3); count >= 0; count--) {
      values.add(value(1));
    }
    return schema;
  }

  private ObjectNode combined(String keyword, int depth) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode parts = schema.putArray(keyword);
    for (int count = random.nextInt(3); count >= 0; count--) {
      parts.add(schema(depth - 1));
    }
    if (modern && keyword.equals("allOf") && seldom()) {
      schema.put("unevaluatedProperties", false);
    }
    return schema;
  }

  /** Alternatives that exclude each other by their types. */
  private ObjectNode alternatives(int depth) {
    ObjectNode schema = JSON.objectNode();
    ArrayNode parts = schema.putArray("oneOf");
    for (String type : List.of("string", "integer", "object", "null")) {
      if (random.nextBoolean()) {
        parts.add(with(typed(type), type, depth - 1));
      }
    }
    if (parts.isEmpty()) {
      parts.add(typed("boolean"));
    }
    return schema;
  }

  private ObjectNode condition(int depth) {
    ObjectNode schema = JSON.objectNode();
    if (random.nextBoolean()) {
      schema.set("not", random.nextBoolean() ? typed(one(TYPES)) : values());
      return schema;
    }
    schema.set(
        "if",
        random.nextBoolean()
            ? typed(one(TYPES))
            : JSON.objectNode().put("$ref", "#/definitions/d"));
    schema.set("then", schema(depth - 1));
    if (random.nextBoolean()) {
      schema.set("else", schema(depth - 1));
    }
    return schema;
  }

  private ObjectNode with(ObjectNode schema, String type, int depth) {
    switch (type) {
      case "string" -> text(schema);
      case "number", "integer" -> number(schema);
      case "object" -> object(schema, depth);
      case "array" -> array(schema, depth);
      default -> {}
    }
    return schema;
  }

  private void text(ObjectNode schema) {
    if (seldom()) {
      schema.put("maxLength", random.nextInt(5));
    }
    if (seldom()) {
      schema.put("minLength", random.nextInt(3));
    }
    if (seldom()) {
      schema.put("pattern", one(PATTERNS));
    }
  }

  private void number(ObjectNode schema) {
    for (String keyword : List.of("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum")) {
      if (random.nextInt(6) == 0) {
        schema.put(keyword, random.nextInt(7) - 2);
      }
    }
    if (random.nextInt(6) == 0) {
      schema.put("multipleOf", one(List.of(1.0, 2.0, 3.0, 0.5, 1.5)));
    }
  }

  private void object(ObjectNode schema, int depth) {
    ObjectNode properties = JSON.objectNode();
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        properties.set(name, schema(depth - 1));
      }
    }
    if (!properties.isEmpty()) {
      schema.set("properties", properties);
    }
    if (seldom()) {
      schema.putArray("required").add(one(NAMES));
    }
    switch (random.nextInt(4)) {
      case 0, 1 -> schema.put("additionalProperties", false);
      case 2 -> schema.set("additionalProperties", schema(depth - 1));
      default -> {}
    }
    if (seldom()) {
      ObjectNode patterns = schema.putObject("patternProperties");
      patterns.set(one(PATTERNS), schema(depth - 1));
      patterns.set(one(PATTERNS), schema(depth - 1));
    }
    if (random.nextInt(8) == 0) {
      schema.put("maxProperties", random.nextInt(4));
    }
    if (random.nextInt(8) == 0) {
      schema.put("minProperties", random.nextInt(3));
    }
    if (random.nextInt(6) == 0) {
      ObjectNode names = JSON.objectNode();
      text(names);
      schema.set("propertyNames", names);
    }
    if (random.nextInt(8) == 0) {
      schema
          .putObject(modern ? "dependentRequired" : "dependencies")
          .putArray(one(NAMES))
          .add(one(NAMES));
    }
    if (random.nextInt(8) == 0) {
      schema
          .putObject(modern ? "dependentSchemas" : "dependencies")
          .set(one(NAMES), schema(depth - 1));
    }
  }

  private void array(ObjectNode schema, int depth) {
    if (seldom()) {
      ArrayNode places = schema.putArray(modern ? "prefixItems" : "items");
      for (int count = random.nextInt(2); count >= 0; count--) {
        places.add(schema(depth - 1));
      }
      if (random.nextBoolean()) {
        schema.set(
            modern ? "items" : "additionalItems",
            seldom() ? JSON.booleanNode(false) : schema(depth - 1));
      }
    } else if (random.nextBoolean()) {
      schema.set("items", schema(depth - 1));
    }
    if (seldom()) {
      schema.put("maxItems", random.nextInt(4));
    }
    if (seldom()) {
      schema.put("minItems", random.nextInt(3));
    }
    if (random.nextInt(6) == 0) {
      schema.put("uniqueItems", true);
    }
    if (random.nextInt(5) == 0) {
      schema.set("contains", schema(depth - 1));
      if (modern && random.nextBoolean()) {
        schema.put("minContains", random.nextInt(3));
      }
      if (modern && random.nextBoolean()) {
        schema.put("maxContains", 1 + random.nextInt(2));
      }
    }
  }

  /** The document with one to three small changes. */
  JsonNode changed(JsonNode document) {
    JsonNode changed = document.deepCopy();
    for (int change = random.nextInt(3); change >= 0; change--) {
      List<ObjectNode> schemas = new ArrayList<>();
      collect(changed, schemas);
      change(one(schemas));
    }
    return changed;
  }

  /** Objects that are schemas, but not those under not and if. */
  private static void collect(JsonNode node, List<ObjectNode> schemas) {
    if (node instanceof ObjectNode object) {
      schemas.add(object);
      object
          .properties()
          .forEach(entry -> {
            switch (entry.getKey()) {
              case "properties", "patternProperties", "definitions", "dependentSchemas" ->
                  entry.getValue().forEach(inner -> collect(inner, schemas));
              case "anyOf",
                  "oneOf",
                  "allOf",
                  "prefixItems",
                  "items",
                  "additionalItems",
                  "additionalProperties",
                  "contains",
                  "then",
                  "else" -> {
                if (entry.getValue().isArray()) {
                  entry.getValue().forEach(inner -> collect(inner, schemas));
                } else {
                  collect(entry.getValue(), schemas);
                }
              }
              default -> {}
            }
          });
    }
  }

  private void change(ObjectNode schema) {
    List<String> keywords = new ArrayList<>();
    schema.fieldNames().forEachRemaining(keywords::add);
    keywords.remove("definitions");
    keywords.remove("$schema");
    switch (random.nextInt(5)) {
      case 0 -> {
        if (!keywords.isEmpty()) {
          schema.remove(one(keywords));
        }
      }
      case 1 -> {
        if (schema.path("properties") instanceof ObjectNode properties) {
          String name = one(NAMES);
          if (properties.remove(name) == null) {
            properties.set(name, schema(1));
          }
        }
      }
      case 2 -> {
        for (String keyword : keywords) {
          if (schema.get(keyword).isInt() && schema.get(keyword).intValue() > 0) {
            schema.put(keyword, schema.get(keyword).intValue() + random.nextInt(3) - 1);
          }
        }
      }
      case 3 -> {
        String type = schema.path("type").isTextual() ? schema.get("type").textValue() : one(TYPES);
        with(schema, type, 1);
      }
      default -> {
        if (schema.path("type").isTextual() && random.nextBoolean()) {
          schema.put(
              "type", schema.get("type").textValue().equals("integer") ? "number" : one(TYPES));
        } else {
          schema.setAll(values());
        }
      }
    }
  }

  /** A value that tries to please a schema. */
  JsonNode pleasing(JsonNode schema, JsonNode root, int depth) {
    if (!schema.isObject() || depth == 0 || random.nextInt(12) == 0) {
      return value(depth);
    }
    if (schema.has("$ref")) {
      return pleasing(root.path("definitions").path("d"), root, depth - 1);
    }
    for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
      if (schema.path(keyword).size() > 0) {
        JsonNode parts = schema.get(keyword);
        return pleasing(parts.get(random.nextInt(parts.size())), root, depth);
      }
    }
    if (schema.path("enum").size() > 0) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    String type = schema.path("type").asText("");
    if (type.equals("object") || (type.isEmpty() && schema.has("properties"))) {
      ObjectNode object = JSON.objectNode();
      for (String name : NAMES) {
        boolean wanted = schema.path("required").toString().contains('"' + name + '"');
        if (wanted || random.nextInt(3) == 0) {
          JsonNode inner = schema.path("properties").path(name);
          inner = inner.isMissingNode() ? schema.path("additionalProperties") : inner;
          object.set(name, pleasing(inner, root, depth - 1));
        }
      }
      return object;
    }
    if (type.equals("array")) {
      ArrayNode array = JSON.arrayNode();
      for (int count = random.nextInt(4); count > 0; count--) {
        JsonNode items = schema.path(modern ? "prefixItems" : "items");
        JsonNode at =
            items.isArray() && array.size() < items.size()
                ? items.get(array.size())
                : schema.path("items");
        array.add(pleasing(at, root, depth - 1));
      }
      return array;
    }
    return type.isEmpty() ? value(depth) : of(type);
  }

  private JsonNode of(String type) {
    return switch (type) {
      case "string" -> JSON.textNode(one(TEXTS));
      case "integer" -> JSON.numberNode(random.nextInt(9) - 3);
      case "number" -> JSON.numberNode((random.nextInt(19) - 6) / 2.0);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      default -> JSON.nullNode();
    };
  }

  private JsonNode value(int depth) {
    if (depth > 0 && seldom()) {
      ArrayNode array = JSON.arrayNode();
      for (int count = random.nextInt(3); count > 0; count--) {
        array.add(value(depth - 1));
      }
      return array;
    }
    if (depth > 0 && seldom()) {
      ObjectNode object = JSON.objectNode();
      for (int count = random.nextInt(3); count > 0; count--) {
        object.set(one(NAMES), value(depth - 1));
      }
      return object;
    }
    return of(one(TYPES));
  }
}
