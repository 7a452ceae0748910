package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Whether the values of a schema's own keywords are of the kind they have to be. */
final class KeywordChecks {
  static final Set<String> TYPES =
      Set.of("string", "number", "integer", "object", "array", "boolean", "null");
  private static final int SCALE_MAX = 1000;
  private static final int SHOWN_MAX = 60;
  private static final Map<String, Kind> KINDS = kinds();

  /** What the value of a keyword has to be. */
  private record Kind(String name, Predicate<JsonNode> holds) {}

  private KeywordChecks() {}

  static void check(ObjectNode schema, String path) throws InvalidSchemaException {
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      String keyword = entry.getKey();
      JsonNode value = entry.getValue();
      Kind kind = KINDS.get(keyword);
      if (kind != null && !kind.holds().test(value)) {
        throw new InvalidSchemaException(
            "the value of a keyword is wrong, at=#"
                + path
                + "/"
                + keyword
                + " expected="
                + kind.name()
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

  /** The kinds by keyword; those that are named one by one go before those of a whole set. */
  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new HashMap<>();
    Kind schema = new Kind("a schema: an object, true or false", Keywords::isSchema);
    Keywords.SCHEMA.forEach(keyword -> kinds.put(keyword, schema));
    Kind map = new Kind("an object of schemas", value -> isMapOf(Keywords::isSchema, value));
    Keywords.MAP.forEach(keyword -> kinds.put(keyword, map));
    addNumbers(kinds);
    addTexts(kinds);
    addSchemas(kinds);
    return Map.copyOf(kinds);
  }

  private static void addNumbers(Map<String, Kind> kinds) {
    Kind count = new Kind("a whole number, 0 or more", KeywordChecks::isCount);
    for (String of : List.of("Length", "Items", "Properties", "Contains")) {
      kinds.put("max" + of, count);
      kinds.put("min" + of, count);
    }
    Kind number = new Kind("a number", KeywordChecks::isBounded);
    kinds.put("maximum", number);
    kinds.put("minimum", number);
    Kind bound = new Kind("a number", value -> isBounded(value) || value.isBoolean());
    kinds.put("exclusiveMaximum", bound);
    kinds.put("exclusiveMinimum", bound);
    kinds.put(
        "multipleOf",
        new Kind(
            "a number greater than 0",
            value -> isBounded(value) && value.decimalValue().signum() > 0));
    kinds.put("uniqueItems", new Kind("true or false", JsonNode::isBoolean));
  }

  private static void addTexts(Map<String, Kind> kinds) {
    Kind text = new Kind("a string", JsonNode::isTextual);
    kinds.put("pattern", text);
    for (String identifier :
        List.of("ref", "id", "schema", "anchor", "dynamicAnchor", "dynamicRef")) {
      kinds.put("$" + identifier, text);
    }
    kinds.put(
        "type",
        new Kind("one or several of " + TYPES.stream().sorted().toList(), KeywordChecks::isTypes));
    kinds.put("enum", new Kind("an array", JsonNode::isArray));
    kinds.put(
        "required",
        new Kind("an array of strings", value -> value.isBoolean() || isStrings(value)));
    kinds.put(
        "dependentRequired",
        new Kind(
            "an object of arrays of strings", value -> isMapOf(KeywordChecks::isStrings, value)));
  }

  private static void addSchemas(Map<String, Kind> kinds) {
    Predicate<JsonNode> one = Keywords::isSchema;
    Kind some =
        new Kind(
            "an array of schemas, at least one", value -> isSchemas(value) && !value.isEmpty());
    kinds.put("allOf", some);
    kinds.put("anyOf", some);
    kinds.put("oneOf", some);
    kinds.put("prefixItems", new Kind("an array of schemas", KeywordChecks::isSchemas));
    kinds.put(
        "items", new Kind("a schema or an array of schemas", one.or(KeywordChecks::isSchemas)));
    kinds.put(
        "dependencies",
        new Kind(
            "an object of schemas or arrays of strings",
            value -> isMapOf(one.or(KeywordChecks::isStrings), value)));
  }

  private static boolean isCount(JsonNode value) {
    return isBounded(value)
        && value.decimalValue().signum() >= 0
        && value.decimalValue().stripTrailingZeros().scale() <= 0;
  }

  /** A number that can be computed with: no exponent of millions. */
  private static boolean isBounded(JsonNode value) {
    return value.isNumber()
        && Math.abs((long) value.decimalValue().scale()) <= SCALE_MAX
        && value.decimalValue().precision() <= SCALE_MAX;
  }

  private static boolean isTypes(JsonNode value) {
    return value.isTextual()
        ? TYPES.contains(value.textValue())
        : isStrings(value)
            && !value.isEmpty()
            && value.valueStream().allMatch(type -> TYPES.contains(type.textValue()));
  }

  private static boolean isStrings(JsonNode value) {
    return value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
  }

  private static boolean isSchemas(JsonNode value) {
    return value.isArray() && value.valueStream().allMatch(Keywords::isSchema);
  }

  private static boolean isMapOf(Predicate<JsonNode> one, JsonNode value) {
    return value.isObject() && value.valueStream().allMatch(one);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
  }
}
