package dev.millrace.registry.schema.avro;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The normal form of an Avro schema: the canonical text with everything sorted whose order means
 * nothing. Attributes of the specification stand first, in one order, then other properties by
 * name; aliases are sorted. Fields, symbols and branches keep their order, which does mean
 * something.
 */
final class AvroText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> OF_TYPE =
      List.of(
          "type",
          "name",
          "namespace",
          "doc",
          "fields",
          "symbols",
          "items",
          "values",
          "size",
          "default",
          "aliases");
  private static final List<String> OF_FIELD =
      List.of("name", "type", "doc", "default", "order", "aliases");

  private AvroText() {}

  static String normal(String canonical) {
    try {
      return type(JSON.readTree(canonical)).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a schema's own text is no JSON, text=" + canonical, e);
    }
  }

  private static JsonNode type(JsonNode node) {
    return switch (node) {
      case ArrayNode union -> {
        ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
        union.forEach(branch -> sorted.add(type(branch)));
        yield sorted;
      }
      case ObjectNode object -> ordered(object, OF_TYPE);
      default -> node;
    };
  }

  private static ObjectNode ordered(ObjectNode object, List<String> first) {
    ObjectNode sorted = JsonNodeFactory.instance.objectNode();
    for (String name : first) {
      JsonNode value = object.get(name);
      if (value != null) {
        sorted.set(name, attribute(name, value));
      }
    }
    TreeMap<String, JsonNode> others = new TreeMap<>();
    for (Map.Entry<String, JsonNode> other : object.properties()) {
      if (!first.contains(other.getKey())) {
        others.put(other.getKey(), byName(other.getValue()));
      }
    }
    others.forEach(sorted::set);
    return sorted;
  }

  private static JsonNode attribute(String name, JsonNode value) {
    return switch (name) {
      case "type", "items", "values" -> type(value);
      case "fields" -> {
        ArrayNode fields = JsonNodeFactory.instance.arrayNode();
        value.forEach(field ->
            fields.add(field instanceof ObjectNode object ? ordered(object, OF_FIELD) : field));
        yield fields;
      }
      case "aliases" -> {
        Set<String> sorted = new TreeSet<>();
        value.forEach(alias -> sorted.add(alias.asText()));
        ArrayNode aliases = JsonNodeFactory.instance.arrayNode();
        sorted.forEach(aliases::add);
        yield aliases;
      }
      default -> byName(value);
    };
  }

  /** Objects sorted by name, all the way down. */
  private static JsonNode byName(JsonNode node) {
    return switch (node) {
      case ArrayNode array -> {
        ArrayNode sorted = JsonNodeFactory.instance.arrayNode();
        array.forEach(item -> sorted.add(byName(item)));
        yield sorted;
      }
      case ObjectNode object -> {
        TreeMap<String, JsonNode> entries = new TreeMap<>();
        object.properties().forEach(entry -> entries.put(entry.getKey(), byName(entry.getValue())));
        ObjectNode sorted = JsonNodeFactory.instance.objectNode();
        entries.forEach(sorted::set);
        yield sorted;
      }
      default -> node;
    };
  }
}
