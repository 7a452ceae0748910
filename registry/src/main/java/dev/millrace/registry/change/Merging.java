package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts metadata and rules of settings and of schemas together. Pure functions. */
final class Merging {
  private static final List<String> RULE_LISTS =
      List.of("migrationRules", "domainRules", "encodingRules");
  private static final Set<String> MIGRATION_MODES = Set.of("UPGRADE", "DOWNGRADE", "UPDOWN");
  private static final Set<String> DOMAIN_MODES = Set.of("WRITE", "READ", "WRITEREAD");

  private Merging() {}

  /** Metadata where what {@code over} says comes first; lists are put together. */
  static @Nullable JsonNode metadata(@Nullable JsonNode under, @Nullable JsonNode over) {
    if (under == null || over == null) {
      return over == null ? under : over;
    }
    ObjectNode merged = under.deepCopy();
    over.properties()
        .forEach(field -> {
          JsonNode before = merged.get(field.getKey());
          merged.set(field.getKey(), joined(before, field.getValue()));
        });
    return merged;
  }

  private static JsonNode joined(@Nullable JsonNode under, JsonNode over) {
    if (under instanceof ObjectNode fields && over.isObject()) {
      ObjectNode merged = fields.deepCopy();
      over.properties()
          .forEach(field ->
              merged.set(field.getKey(), joined(merged.get(field.getKey()), field.getValue())));
      return merged;
    }
    if (under instanceof ArrayNode list && over.isArray()) {
      ArrayNode merged = list.deepCopy();
      Set<JsonNode> seen = new HashSet<>();
      merged.forEach(seen::add);
      over.forEach(one -> {
        if (seen.add(one)) {
          merged.add(one);
        }
      });
      return merged;
    }
    return over;
  }

  /** Rules of both; one of {@code over} takes the place of one with its name. */
  static @Nullable JsonNode rules(@Nullable JsonNode under, @Nullable JsonNode over) {
    if (under == null || over == null) {
      return over == null ? under : over;
    }
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    for (String list : RULE_LISTS) {
      Map<String, JsonNode> byName = new LinkedHashMap<>();
      under.path(list).forEach(rule -> byName.put(rule.path("name").asText(), rule));
      over.path(list)
          .forEach(rule -> {
            byName.remove(rule.path("name").asText());
            byName.put(rule.path("name").asText(), rule);
          });
      if (!byName.isEmpty()) {
        merged.putArray(list).addAll(byName.values());
      }
    }
    return merged.isEmpty() ? null : merged;
  }

  /**
   * Refuses rules that nobody could apply.
   *
   * @throws Refusal 42210
   */
  static void check(@Nullable JsonNode ruleSet) {
    if (ruleSet == null) {
      return;
    }
    for (String list : RULE_LISTS) {
      Set<String> names = new HashSet<>();
      for (JsonNode rule : ruleSet.path(list)) {
        String name = rule.path("name").asText("");
        if (name.isEmpty()) {
          throw Refusal.invalidRules("a rule needs a name, list=" + list);
        }
        if (!names.add(name)) {
          throw Refusal.invalidRules("two rules have one name, list=" + list + " name=" + name);
        }
        checkMode(list, name, rule.path("mode").asText(""));
      }
    }
  }

  private static void checkMode(String list, String rule, String mode) {
    Set<String> allowed = list.equals("migrationRules") ? MIGRATION_MODES : DOMAIN_MODES;
    if (!mode.isEmpty() && !allowed.contains(mode)) {
      throw Refusal.invalidRules(
          "a rule of this list cannot have that mode, list="
              + list
              + " rule="
              + rule
              + " mode="
              + mode
              + " allowed="
              + String.join(", ", allowed.stream().sorted().toList()));
    }
  }
}
