package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Where schemas stand inside a schema. */
final class Keywords {
  static final Set<String> SCHEMA =
      Set.of(
          "additionalItems",
          "additionalProperties",
          "contains",
          "else",
          "if",
          "items",
          "not",
          "propertyNames",
          "then",
          "unevaluatedItems",
          "unevaluatedProperties",
          "contentSchema");
  static final Set<String> LIST = Set.of("allOf", "anyOf", "oneOf", "prefixItems", "items");
  static final Set<String> MAP =
      Set.of(
          "$defs",
          "definitions",
          "properties",
          "patternProperties",
          "dependentSchemas",
          "dependencies");

  /** Keywords whose schemas look at the same value as the schema they stand in. */
  static final Set<String> IN_PLACE =
      Set.of(
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else",
          "dependentSchemas",
          "dependencies");

  private Keywords() {}

  static boolean isSchema(JsonNode node) {
    return node.isObject() || node.isBoolean();
  }

  /** Gives every schema that stands directly inside, with the keyword and the rest of its path. */
  static void inside(ObjectNode schema, BiConsumer<String, JsonNode> each) {
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      String keyword = entry.getKey();
      JsonNode value = entry.getValue();
      if (SCHEMA.contains(keyword) && isSchema(value)) {
        each.accept(keyword, value);
      } else if (LIST.contains(keyword) && value.isArray()) {
        int index = 0;
        for (JsonNode item : value) {
          each.accept(keyword + "/" + index++, item);
        }
      } else if (MAP.contains(keyword) && value.isObject()) {
        for (Map.Entry<String, JsonNode> named : value.properties()) {
          if (isSchema(named.getValue())) {
            each.accept(keyword + "/" + escaped(named.getKey()), named.getValue());
          }
        }
      }
    }
  }

  /** A name as a part of a JSON pointer. */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
