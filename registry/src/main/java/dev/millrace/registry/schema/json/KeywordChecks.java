package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.Map;
import java.util.Set;

/** Whether the values of a schema's own keywords are of the kind they have to be. */
final class KeywordChecks {
  static final Set<String> TYPES =
      Set.of("string", "number", "integer", "object", "array", "boolean", "null");
  private static final Set<String> COUNTS =
      Set.of(
          "maxLength",
          "minLength",
          "maxItems",
          "minItems",
          "maxProperties",
          "minProperties",
          "maxContains",
          "minContains");
  private static final int SCALE_MAX = 1000;

  private KeywordChecks() {}

  static void check(ObjectNode schema, String path) throws InvalidSchemaException {
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      String keyword = entry.getKey();
      JsonNode value = entry.getValue();
      String wanted = wanted(keyword, value);
      if (wanted != null) {
        throw new InvalidSchemaException(
            "the value of a keyword is wrong, at=#"
                + path
                + "/"
                + keyword
                + " expected="
                + wanted
                + " found="
                + shown(value));
      }
      if (keyword.equals("pattern")) {
        Regex.of(value.textValue(), path + "/pattern");
      } else if (keyword.equals("patternProperties")) {
        for (Map.Entry<String, JsonNode> pattern : value.properties()) {
          Regex.of(pattern.getKey(), path + "/patternProperties");
        }
      }
    }
  }

  private static @org.jspecify.annotations.Nullable String wanted(String keyword, JsonNode value) {
    boolean right = true;
    String wanted = "";
    if (COUNTS.contains(keyword)) {
      wanted = "a whole number, 0 or more";
      right =
          bounded(value)
              && value.decimalValue().signum() >= 0
              && value.decimalValue().stripTrailingZeros().scale() <= 0;
    } else {
      switch (keyword) {
        case "type" -> {
          wanted = "one or several of " + TYPES.stream().sorted().toList();
          right = types(value);
        }
        case "multipleOf" -> {
          wanted = "a number greater than 0";
          right = bounded(value) && value.decimalValue().signum() > 0;
        }
        case "maximum", "minimum" -> {
          wanted = "a number";
          right = bounded(value);
        }
        case "exclusiveMaximum", "exclusiveMinimum" -> {
          wanted = "a number";
          right = bounded(value) || value.isBoolean();
        }
        case "pattern", "$ref", "$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef" -> {
          wanted = "a string";
          right = value.isTextual();
        }
        case "enum" -> {
          wanted = "an array";
          right = value.isArray();
        }
        case "required" -> {
          wanted = "an array of strings";
          right = value.isBoolean() || strings(value);
        }
        case "uniqueItems" -> {
          wanted = "true or false";
          right = value.isBoolean();
        }
        case "dependentRequired" -> {
          wanted = "an object of arrays of strings";
          right = value.isObject() && value.valueStream().allMatch(KeywordChecks::strings);
        }
        case "dependencies" -> {
          wanted = "an object of schemas or arrays of strings";
          right =
              value.isObject()
                  && value.valueStream().allMatch(item -> Keywords.isSchema(item) || strings(item));
        }
        case "items" -> {
          wanted = "a schema or an array of schemas";
          right = Keywords.isSchema(value) || schemas(value);
        }
        case "allOf", "anyOf", "oneOf" -> {
          wanted = "an array of schemas, at least one";
          right = schemas(value) && !value.isEmpty();
        }
        case "prefixItems" -> {
          wanted = "an array of schemas";
          right = schemas(value);
        }
        default -> {
          if (Keywords.SCHEMA.contains(keyword)) {
            wanted = "a schema: an object, true or false";
            right = Keywords.isSchema(value);
          } else if (Keywords.MAP.contains(keyword)) {
            wanted = "an object of schemas";
            right = value.isObject() && value.valueStream().allMatch(Keywords::isSchema);
          }
        }
      }
    }
    return right ? null : wanted;
  }

  /** A number that can be computed with: no exponent of millions. */
  private static boolean bounded(JsonNode value) {
    return value.isNumber()
        && Math.abs((long) value.decimalValue().scale()) <= SCALE_MAX
        && value.decimalValue().precision() <= SCALE_MAX;
  }

  private static boolean types(JsonNode value) {
    return value.isTextual()
        ? TYPES.contains(value.textValue())
        : strings(value)
            && !value.isEmpty()
            && value.valueStream().allMatch(type -> TYPES.contains(type.textValue()));
  }

  private static boolean strings(JsonNode value) {
    return value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
  }

  private static boolean schemas(JsonNode value) {
    return value.isArray() && value.valueStream().allMatch(Keywords::isSchema);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
