package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a schema refers to, from the registry. */
final class References {
  private static final int DEPTH_MAX = 100;

  private References() {}

  /** All of them by their names, each after what it refers to itself. */
  static Map<String, SchemaText> inOrder(SchemaText schema, RegistryClient registry, String form) {
    Map<String, SchemaText> found = new LinkedHashMap<>();
    collect(schema, registry, form, found, new HashSet<>(), 0);
    return found;
  }

  private static void collect(
      SchemaText schema, RegistryClient registry, String form, Map<String, SchemaText> found, Set<SchemaText.Reference> seen, int depth) {
    for (SchemaText.Reference reference : schema.references()) {
      if (depth < DEPTH_MAX && seen.add(reference)) {
        SchemaText text = registry.version(reference.subject(), reference.version(), form).schema();
        collect(text, registry, form, found, seen, depth + 1);
        found.put(reference.name(), text);
      }
    }
  }
}
