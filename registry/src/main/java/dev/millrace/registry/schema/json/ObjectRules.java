package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.rules.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Objects. What a schema says about properties that it does not name is its content model: open
 * (anything), closed (nothing), or partially open (what a schema for other names or a pattern
 * accepts). A property may be left out where the reader's model accepts it, and be added where the
 * writer's model had no place for another meaning of its name.
 */
final class ObjectRules {
  private final Findings<ShapePair> findings;
  private final Shape.Typed reader;
  private final Shape.Typed writer;
  private final Set<String> requiredBefore;
  private final Set<String> required;

  ObjectRules(Findings<ShapePair> findings, Shape.Typed reader, Shape.Typed writer) {
    this.findings = findings;
    this.reader = reader;
    this.writer = writer;
    this.requiredBefore = strings(writer.schema().path("required"));
    this.required = strings(reader.schema().path("required"));
  }

  void compare() {
    if (reader.has("unevaluatedProperties")
        && reader.shapes().inPlace(reader.schema())
        && !reader.shapes().same(reader.schema(), writer.shapes(), writer.schema())) {
      findings.difference(
          "UNEVALUATED_PROPERTIES_NARROWED",
          "/unevaluatedProperties",
          "which properties are left to unevaluatedProperties depends on other schemas at the same place, so a change is not known to be safe; use additionalProperties, or keep the schema as it is");
      return;
    }
    if (reader.has("unevaluatedProperties") && reader.shapes().inPlace(reader.schema())) {
      return;
    }
    JsonNode before = writer.schema().path("properties");
    JsonNode after = reader.schema().path("properties");
    for (Map.Entry<String, JsonNode> property : before.properties()) {
      if (!after.has(property.getKey())) {
        removed(property.getKey(), writer.shapes().shape(property.getValue()));
      }
    }
    for (Map.Entry<String, JsonNode> property : after.properties()) {
      String name = property.getKey();
      Shape shape = reader.shapes().shape(property.getValue());
      if (before.has(name)) {
        findings.need(path(name), new ShapePair(shape, writer.shapes().shape(before.get(name))));
      } else {
        added(name, property.getValue(), shape);
      }
    }
    required(before, after);
    patterns();
    others();
    names();
    new DependencyRules(findings, reader, writer).compare();
    TypedRules.upper(findings, writer.schema(), reader.schema(), "maxProperties", "MAX_PROPERTIES");
    TypedRules.lower(findings, writer.schema(), reader.schema(), "minProperties", "MIN_PROPERTIES");
  }

  private void removed(String name, Shape before) {
    for (Shape content : contents(reader, name, false)) {
      removed(name, before, content);
    }
  }

  private void removed(String name, Shape before, Shape content) {
    if (content instanceof Shape.Nothing) {
      if (!(before instanceof Shape.Nothing)) {
        findings.difference(
            "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
            path(name),
            "the property '"
                + name
                + "' is gone and the schema refuses properties it does not name; keep it, or allow additionalProperties");
      }
    } else {
      findings.needOneOf(
          List.of(new ShapePair(content, before)),
          new Difference(
              "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
              path(name),
              "the property '"
                  + name
                  + "' is gone and what the schema says about other properties does not accept it; keep it, or widen additionalProperties"));
    }
  }

  private void added(String name, JsonNode schema, Shape shape) {
    Shape content = contents(writer, name, true).getFirst();
    boolean open = content instanceof Shape.Everything;
    boolean demanded = required.contains(name) && !requiredBefore.contains(name);
    boolean fallback = schema.has("default");
    if (open && !(shape instanceof Shape.Everything)) {
      String rule =
          !demanded
              ? "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
              : fallback
                  ? "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL"
                  : "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL";
      findings.difference(
          rule,
          path(name),
          "the property '"
              + name
              + "' is new, and objects written before may hold anything under that name; close the old schema with additionalProperties=false"
              + " first, or let the property accept anything");
    } else if (demanded && !fallback) {
      findings.difference(
          open
              ? "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
              : "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
          path(name),
          "the property '"
              + name
              + "' is new and required, and objects written before lack it; give it a default, or do not require it");
    }
    if (!open && !(content instanceof Shape.Nothing)) {
      findings.needOneOf(
          List.of(new ShapePair(shape, content)),
          new Difference(
              "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
              path(name),
              "the property '"
                  + name
                  + "' is new, and what the old schema accepts under that name is not accepted by it; make it wider"));
    }
  }

  private void required(JsonNode before, JsonNode after) {
    for (String name : required) {
      boolean added = after.has(name) && !before.has(name);
      if (requiredBefore.contains(name) || added) {
        continue;
      }
      if (!after.path(name).has("default")) {
        findings.difference(
            "REQUIRED_ATTRIBUTE_ADDED",
            "/required/" + Keywords.escaped(name),
            "the property '"
                + name
                + "' becomes required, and objects written before may lack it; give it a default, or do not require it");
      }
    }
  }

  private void patterns() {
    JsonNode before = writer.schema().path("patternProperties");
    for (Map.Entry<String, JsonNode> entry :
        reader.schema().path("patternProperties").properties()) {
      String pattern = entry.getKey();
      Shape shape = reader.shapes().shape(entry.getValue());
      String path = "/patternProperties/" + Keywords.escaped(pattern);
      if (before.has(pattern)) {
        findings.need(path, new ShapePair(shape, writer.shapes().shape(before.get(pattern))));
        continue;
      }
      Shape rest = rest(writer, true);
      findings.needOneOf(List.of(new ShapePair(shape, rest)), added(pattern, path));
      for (Map.Entry<String, JsonNode> other : before.properties()) {
        Shape overlapping = writer.shapes().shape(other.getValue());
        findings.needOneOf(List.of(new ShapePair(shape, overlapping)), added(pattern, path));
      }
      for (Map.Entry<String, JsonNode> property : writer.schema().path("properties").properties()) {
        if (!reader.schema().path("properties").has(property.getKey())) {
          continue;
        }
        if (reader.shapes().matches(pattern, property.getKey())) {
          findings.need(path, new ShapePair(shape, writer.shapes().shape(property.getValue())));
        }
      }
    }
    for (Map.Entry<String, JsonNode> entry : before.properties()) {
      if (!reader.schema().path("patternProperties").has(entry.getKey())) {
        findings.needOneOf(
            List.of(new ShapePair(rest(reader, false), writer.shapes().shape(entry.getValue()))),
            new Difference(
                "PATTERN_PROPERTY_REMOVED",
                "/patternProperties/" + Keywords.escaped(entry.getKey()),
                "properties named like '"
                    + entry.getKey()
                    + "' are no longer accepted; keep the pattern, or allow additionalProperties"));
      }
    }
  }

  private static Difference added(String pattern, String path) {
    return new Difference(
        "PATTERN_PROPERTY_ADDED",
        path,
        "what is said about properties named like '"
            + pattern
            + "' is new, and objects written before may hold anything there; make it wider");
  }

  /** What is said about names that neither properties nor patterns know. */
  private void others() {
    Shape before = rest(writer, true);
    Shape after = rest(reader, false);
    String keyword =
        reader.has("additionalProperties") || !reader.has("unevaluatedProperties")
            ? "additionalProperties"
            : "unevaluatedProperties";
    String rule =
        keyword.equals("additionalProperties") ? "ADDITIONAL_PROPERTIES" : "UNEVALUATED_PROPERTIES";
    if (after instanceof Shape.Nothing && !(before instanceof Shape.Nothing)) {
      findings.difference(
          rule + "_REMOVED",
          "/" + keyword,
          "properties that the schema does not name are refused now, and were allowed before; keep allowing them");
    } else if (before instanceof Shape.Everything && !(after instanceof Shape.Everything)) {
      findings.difference(
          rule + "_NARROWED",
          "/" + keyword,
          "properties that the schema does not name were allowed to be anything before; keep that");
    } else {
      findings.need("/" + keyword, new ShapePair(after, before));
    }
  }

  private void names() {
    if (!reader.has("propertyNames")) {
      return;
    }
    if (writer.has("propertyNames")) {
      findings.need(
          "/propertyNames",
          new ShapePair(reader.inner("propertyNames"), writer.inner("propertyNames")));
      return;
    }
    Shape names = reader.inner("propertyNames");
    Difference added =
        new Difference(
            "SCHEMA_ADDED",
            "/propertyNames",
            "the names of properties are restricted now; take that back");
    boolean open =
        !(rest(writer, true) instanceof Shape.Nothing) || writer.has("patternProperties");
    if (open && !(names instanceof Shape.Everything)) {
      findings.difference(added);
    }
    Set<String> known = new TreeSet<>();
    writer
        .schema()
        .path("properties")
        .fieldNames()
        .forEachRemaining(name -> known.add(Shapes.text(TextNode.valueOf(name))));
    if (!open && !known.isEmpty()) {
      findings.needOneOf(List.of(new ShapePair(names, new Shape.Values(known))), added);
    }
  }

  /** What a schema asks of a property that is not among its properties; all of it has to hold. */
  private static List<Shape> contents(Shape.Typed object, String name, boolean written) {
    List<Shape> contents = new ArrayList<>();
    for (Map.Entry<String, JsonNode> pattern :
        object.schema().path("patternProperties").properties()) {
      if (object.shapes().matches(pattern.getKey(), name)) {
        contents.add(object.shapes().shape(pattern.getValue()));
      }
    }
    return contents.isEmpty() ? List.of(rest(object, written)) : contents;
  }

  private static Shape rest(Shape.Typed object, boolean written) {
    return object.has("additionalProperties")
        ? object.inner("additionalProperties")
        : object.unevaluated("unevaluatedProperties", written);
  }

  static Set<String> strings(JsonNode array) {
    Set<String> strings = new TreeSet<>();
    if (array.isArray()) {
      array.forEach(item -> strings.add(item.asText()));
    }
    return strings;
  }

  private static String path(String name) {
    return "/properties/" + Keywords.escaped(name);
  }
}
