package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.schema.rules.Findings;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the presence of one property asks for: others ({@code dependentRequired}), or a schema
 * ({@code dependentSchemas}); {@code dependencies} may be either.
 */
final class DependencyRules {
  private final Findings<ShapePair> findings;
  private final Shape.Typed reader;
  private final Shape.Typed writer;

  DependencyRules(Findings<ShapePair> findings, Shape.Typed reader, Shape.Typed writer) {
    this.findings = findings;
    this.reader = reader;
    this.writer = writer;
  }

  void compare() {
    Map<String, JsonNode> names = all(writer, true);
    all(reader, true).forEach((name, after) -> compareNames(name, names.get(name), after));
    Map<String, JsonNode> schemas = all(writer, false);
    all(reader, false).forEach((name, after) -> compareSchemas(name, schemas.get(name), after));
  }

  private void compareNames(String name, @Nullable JsonNode before, JsonNode names) {
    Set<String> after = ObjectRules.strings(names);
    Set<String> old = before == null ? new TreeSet<>() : ObjectRules.strings(before);
    if (!old.containsAll(after)) {
      String rule =
          before == null
              ? "DEPENDENCY_ARRAY_ADDED"
              : after.containsAll(old) ? "DEPENDENCY_ARRAY_EXTENDED" : "DEPENDENCY_ARRAY_CHANGED";
      findings.difference(
          rule,
          path(name),
          "with the property '"
              + name
              + "' others have to be there now, properties="
              + after
              + " before="
              + old
              + "; take that back");
    }
  }

  private void compareSchemas(String name, @Nullable JsonNode before, JsonNode schema) {
    Shape shape = reader.shapes().shape(schema);
    if (before != null) {
      findings.need(path(name), new ShapePair(shape, writer.shapes().shape(before)));
    } else if (!(shape instanceof Shape.Everything)) {
      findings.difference(
          "DEPENDENCY_SCHEMA_ADDED",
          path(name),
          "with the property '" + name + "' an object has to fulfil more now; take that back");
    }
  }

  private static String path(String name) {
    return "/dependencies/" + Keywords.escaped(name);
  }

  private static Map<String, JsonNode> all(Shape.Typed object, boolean arrays) {
    Map<String, JsonNode> all = new TreeMap<>();
    object
        .schema()
        .path("dependencies")
        .properties()
        .forEach(entry -> {
          if (entry.getValue().isArray() == arrays) {
            all.put(entry.getKey(), entry.getValue());
          }
        });
    object
        .schema()
        .path(arrays ? "dependentRequired" : "dependentSchemas")
        .properties()
        .forEach(entry -> all.put(entry.getKey(), entry.getValue()));
    return all;
  }
}
