package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.json.Shape.Criterion;
import dev.millrace.registry.schema.json.Shape.Family;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shapes of one schema's parts; each part has one. For one comparison, on one thread. */
final class Shapes {
  static final Shape EVERYTHING = new Shape.Everything();
  static final Shape NOTHING = new Shape.Nothing();

  static final Set<String> OF_TEXT = Set.of("maxLength", "minLength", "pattern");
  static final Set<String> OF_NUMBER =
      Set.of("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf");
  static final Set<String> OF_OBJECT =
      Set.of(
          "properties",
          "patternProperties",
          "additionalProperties",
          "required",
          "maxProperties",
          "minProperties",
          "propertyNames",
          "dependencies",
          "dependentRequired",
          "dependentSchemas",
          "unevaluatedProperties");
  static final Set<String> OF_ARRAY =
      Set.of(
          "items",
          "prefixItems",
          "additionalItems",
          "maxItems",
          "minItems",
          "uniqueItems",
          "contains",
          "maxContains",
          "minContains",
          "unevaluatedItems");

  private static final List<String> SINCE_2019 =
      List.of(
          "dependentRequired",
          "dependentSchemas",
          "unevaluatedProperties",
          "unevaluatedItems",
          "minContains",
          "maxContains",
          "prefixItems");

  private static final int MATCHES_MAX = 500_000;

  private final Documents documents;
  private final boolean besideReferences;
  private final IdentityHashMap<JsonNode, Shape> known = new IdentityHashMap<>();
  private final Map<String, Regex> patterns = new HashMap<>();
  private final Regex.Budget budget = new Regex.Budget();
  private int matches;

  /** Before draft 2019-09 what stands beside {@code $ref} means nothing. */
  Shapes(Documents documents) {
    this.documents = documents;
    JsonNode root = documents.byUri().get(Documents.ROOT);
    String dialect = root == null ? "" : root.path("$schema").asText("");
    this.besideReferences = dialect.contains("2019-09") || dialect.contains("2020-12");
  }

  Shape shape(JsonNode schema) {
    if (!(schema instanceof ObjectNode object)) {
      return schema.asBoolean() ? EVERYTHING : NOTHING;
    }
    Shape shape = known.get(object);
    if (shape == null) {
      shape = taken(object);
      known.put(object, shape);
    }
    return shape;
  }

  /**
   * Whether a name matches a pattern of {@code patternProperties}.
   *
   * @throws Regex.Exhausted when this has been asked too often
   */
  boolean matches(String pattern, String name) {
    if (++matches > MATCHES_MAX) {
      throw new Regex.Exhausted("there are too many properties and patterns to compare");
    }
    return patterns.computeIfAbsent(pattern, Shapes::compiled).found(name, budget);
  }

  private static Regex compiled(String pattern) {
    try {
      return Regex.of(pattern, "patternProperties");
    } catch (InvalidSchemaException e) {
      throw new IllegalStateException("the pattern was read before, pattern=" + pattern, e);
    }
  }

  private Shape taken(ObjectNode said) {
    List<Shape> parts = new ArrayList<>();
    JsonNode target = documents.target(said);
    ObjectNode schema = known(said);
    if (target != null) {
      if (!besideReferences) {
        return shape(target);
      }
      parts.add(shape(target));
    }
    types(schema, parts);
    if (schema.has("enum")) {
      parts.add(values((ArrayNode) schema.get("enum")));
    }
    if (schema.has("const")) {
      parts.add(new Shape.Values(Set.of(text(schema.get("const")))));
    }
    sums(schema, parts);
    if (schema.has("not")) {
      parts.add(new Shape.Not(shape(schema.get("not"))));
    }
    if (schema.has("if") && (schema.has("then") || schema.has("else"))) {
      parts.add(
          new Shape.Conditional(
              shape(schema.get("if")), inner(schema, "then"), inner(schema, "else")));
    }
    parts.removeIf(part -> part == EVERYTHING);
    return parts.isEmpty()
        ? EVERYTHING
        : parts.size() == 1 ? parts.getFirst() : new Shape.Combined(Criterion.ALL, parts);
  }

  private Shape inner(ObjectNode schema, String keyword) {
    JsonNode inner = schema.get(keyword);
    return inner == null ? EVERYTHING : shape(inner);
  }

  /** Whether other schemas inside look at the same value. */
  boolean inPlace(ObjectNode schema) {
    if (documents.target(schema) != null) {
      return true;
    }
    for (String keyword : Keywords.IN_PLACE) {
      if (schema.has(keyword)) {
        return true;
      }
    }
    return false;
  }

  /** Whether two schemas are the same, with all that they may refer to. */
  boolean same(ObjectNode schema, Shapes others, ObjectNode other) {
    String text = schema.toString();
    boolean refers = text.contains("Ref\":") || text.contains("$ref\":");
    return schema.equals(other) && (!refers || Objects.equals(root(), others.root()));
  }

  private @Nullable JsonNode root() {
    return documents.byUri().get(Documents.ROOT);
  }

  private void sums(ObjectNode schema, List<Shape> parts) {
    for (JsonNode all : schema.path("allOf")) {
      Shape part = shape(all);
      if (part instanceof Shape.Combined combined && combined.criterion() == Criterion.ALL) {
        parts.addAll(combined.parts());
      } else {
        parts.add(part);
      }
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      if (schema.has(keyword)) {
        List<Shape> branches = new ArrayList<>();
        schema.get(keyword).forEach(branch -> branches.add(shape(branch)));
        parts.add(
            branches.size() == 1
                ? branches.getFirst()
                : new Shape.Combined(
                    keyword.equals("anyOf") ? Criterion.ANY : Criterion.ONE, branches));
      }
    }
  }

  private void types(ObjectNode schema, List<Shape> parts) {
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      parts.add(new Shape.Typed(family(type.textValue()), true, schema, this));
    } else if (type.isArray()) {
      Set<Family> families = new LinkedHashSet<>();
      type.forEach(name -> families.add(family(name.textValue())));
      List<Shape> branches = new ArrayList<>();
      families.forEach(family -> branches.add(new Shape.Typed(family, true, schema, this)));
      parts.add(
          branches.size() == 1 ? branches.getFirst() : new Shape.Combined(Criterion.ANY, branches));
    } else {
      EnumSet<Family> families = EnumSet.noneOf(Family.class);
      schema
          .fieldNames()
          .forEachRemaining(keyword -> {
            if (OF_TEXT.contains(keyword)) {
              families.add(Family.TEXT);
            } else if (OF_NUMBER.contains(keyword)) {
              families.add(Family.NUMBER);
            } else if (OF_OBJECT.contains(keyword)) {
              families.add(Family.OBJECT);
            } else if (OF_ARRAY.contains(keyword)) {
              families.add(Family.ARRAY);
            }
          });
      families.forEach(family -> parts.add(new Shape.Typed(family, false, schema, this)));
    }
  }

  private static Family family(String type) {
    return switch (type) {
      case "string" -> Family.TEXT;
      case "number" -> Family.NUMBER;
      case "integer" -> Family.INTEGER;
      case "object" -> Family.OBJECT;
      case "array" -> Family.ARRAY;
      case "boolean" -> Family.FLAG;
      default -> Family.NULL;
    };
  }

  /** Without keywords that the dialect does not know: they mean nothing there. */
  private ObjectNode known(ObjectNode schema) {
    if (besideReferences) {
      return schema;
    }
    for (String keyword : SINCE_2019) {
      if (schema.has(keyword)) {
        ObjectNode rest = schema.objectNode();
        rest.setAll(schema);
        return rest.remove(SINCE_2019);
      }
    }
    return schema;
  }

  private static Shape values(ArrayNode values) {
    Set<String> texts = new LinkedHashSet<>();
    values.forEach(value -> texts.add(text(value)));
    return new Shape.Values(texts);
  }

  /** The same text for equal values: members by name, numbers without trailing zeros. */
  static String text(JsonNode value) {
    if (value.isObject()) {
      TreeMap<String, String> members = new TreeMap<>();
      value.properties().forEach(member -> members.put(member.getKey(), text(member.getValue())));
      return members.toString();
    }
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(text(item)));
      return items.toString();
    }
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
    }
    return value.toString();
  }
}
