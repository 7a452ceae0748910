package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Refusal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Metadata and rule sets in bodies: what has their shape, without members that say nothing.
 *
 * <pre>
 *   metadata  {"tags":{path:[tag]},"properties":{name:text},"sensitive":[name]}
 *   ruleSet   {"migrationRules":[{}],"domainRules":[{}],"encodingRules":[{}]}
 * </pre>
 */
final class Annotations {
  private static final int UNPROCESSABLE = 422;
  private static final List<String> RULE_LISTS =
      List.of("migrationRules", "domainRules", "encodingRules");

  private Annotations() {}

  /** Null when it says nothing; names and tags in their order, each once. */
  static @Nullable JsonNode metadata(@Nullable JsonNode node) {
    JsonNode given = object("metadata", node);
    if (given == null) {
      return null;
    }
    ObjectNode tags = JsonNodeFactory.instance.objectNode();
    sorted(object(given, "tags", "metadata.tags is an object of lists"))
        .forEach((path, list) ->
            tags.set(path, texts(list, "metadata.tags is an object of lists of texts")));
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    sorted(object(given, "properties", "metadata.properties is an object"))
        .forEach((name, value) -> {
          if (value.isContainerNode()) {
            throw refused("metadata.properties is an object of texts, property=" + name);
          }
          properties.put(name, value.asText());
        });
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.set("properties", properties);
    if (given.has("sensitive")) {
      metadata.set(
          "sensitive", texts(given.get("sensitive"), "metadata.sensitive is a list of texts"));
    }
    metadata.set("tags", tags);
    return pruned(metadata);
  }

  /** Null when it says nothing. */
  static @Nullable JsonNode ruleSet(@Nullable JsonNode node) {
    JsonNode rules = object("ruleSet", node);
    if (rules == null) {
      return null;
    }
    for (String name : RULE_LISTS) {
      JsonNode list = rules.path(name);
      if (!list.isMissingNode() && !list.isArray()) {
        throw refused("ruleSet." + name + " is a list of rules");
      }
      for (JsonNode rule : list) {
        if (!rule.isObject()) {
          throw refused("a rule is an object with a name, ruleSet." + name);
        }
      }
    }
    return rules;
  }

  private static @Nullable JsonNode object(String name, @Nullable JsonNode node) {
    JsonNode pruned = pruned(node);
    if (pruned != null && !pruned.isObject()) {
      throw refused(name + " is a JSON object");
    }
    return pruned;
  }

  private static JsonNode object(JsonNode metadata, String name, String message) {
    JsonNode node = metadata.path(name);
    if (!node.isMissingNode() && !node.isObject()) {
      throw refused(message);
    }
    return node;
  }

  private static ArrayNode texts(JsonNode list, String message) {
    if (!list.isArray()) {
      throw refused(message);
    }
    TreeSet<String> texts = new TreeSet<>();
    for (JsonNode one : list) {
      if (!one.isTextual()) {
        throw refused(message);
      }
      texts.add(one.asText());
    }
    ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
    texts.forEach(sorted::add);
    return sorted;
  }

  private static Map<String, JsonNode> sorted(JsonNode object) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  private static Refusal refused(String message) {
    return new Refusal(UNPROCESSABLE, message);
  }

  private static @Nullable JsonNode pruned(@Nullable JsonNode node) {
    if (node == null || node.isNull() || (node.isContainerNode() && node.isEmpty())) {
      return null;
    }
    if (!(node instanceof ObjectNode fields)) {
      return node;
    }
    ObjectNode left = JsonNodeFactory.instance.objectNode();
    fields
        .properties()
        .forEach(field -> {
          JsonNode value = pruned(field.getValue());
          if (value != null) {
            left.set(field.getKey(), value);
          }
        });
    return left.isEmpty() ? null : left;
  }
}
