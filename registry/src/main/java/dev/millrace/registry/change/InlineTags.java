package dev.millrace.registry.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.TaggedParts.Part;
import dev.millrace.registry.schema.SchemaType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tags inside a schema's text, the attribute {@code confluent:tags} of records, fields, objects and
 * properties. Those of Protobuf are options, and are only kept. Pure functions.
 */
public final class InlineTags {
  private static final String ATTRIBUTE = "confluent:tags";
  private static final String FIELD = "sr_field";
  private static final String RECORD = "sr_record";
  private static final ObjectMapper JSON = new ObjectMapper();

  private InlineTags() {}

  /**
   * Tags of one part of a schema.
   *
   * @param path where it is, with or without a dot before it
   */
  public record Tagged(String path, boolean isField, List<String> tags) {
    Part part() {
      return new Part(path.startsWith(".") ? path.substring(1) : path, isField);
    }
  }

  /**
   * Tags as people write them.
   *
   * @throws Refusal 42201
   */
  public static List<Tagged> read(JsonNode array) {
    List<Tagged> tagged = new ArrayList<>();
    for (JsonNode one : array) {
      JsonNode entity = one.path("schemaEntity");
      String type = entity.path("entityType").asText("");
      if (!type.equalsIgnoreCase(FIELD) && !type.equalsIgnoreCase(RECORD)) {
        throw Refusal.invalidSchema(
            "tags are for the entityType sr_field or sr_record, entityType=" + type);
      }
      List<String> tags = new ArrayList<>();
      one.path("tags").forEach(tag -> tags.add(tag.asText()));
      tagged.add(
          new Tagged(entity.path("entityPath").asText(""), type.equalsIgnoreCase(FIELD), tags));
    }
    return tagged;
  }

  /**
   * A text with other tags.
   *
   * @throws Refusal 42201 when a path leads nowhere
   */
  public static String changed(
      SchemaType type, String text, Collection<Tagged> added, Collection<Tagged> removed) {
    if (added.isEmpty() && removed.isEmpty()) {
      return text;
    }
    if (type == SchemaType.PROTOBUF) {
      throw Refusal.invalidSchema(
          "tags in a Protobuf schema are changed in its text, or put into metadata.tags");
    }
    JsonNode root = tree(text);
    Map<Part, ObjectNode> parts = TaggedParts.of(type, root);
    added.forEach(one -> change(find(parts, one), one, true));
    removed.forEach(one -> change(find(parts, one), one, false));
    return root.toString();
  }

  private static ObjectNode find(Map<Part, ObjectNode> parts, Tagged wanted) {
    ObjectNode part = parts.get(wanted.part());
    if (part == null) {
      throw Refusal.invalidSchema(
          "no such part of the schema, entityPath="
              + wanted.path()
              + " entityType="
              + (wanted.isField() ? FIELD : RECORD));
    }
    return part;
  }

  private static void change(ObjectNode part, Tagged wanted, boolean adds) {
    Set<String> tags = tags(part);
    boolean ignored = adds ? tags.addAll(wanted.tags()) : tags.removeAll(wanted.tags());
    if (tags.isEmpty()) {
      part.remove(ATTRIBUTE);
    } else {
      ArrayNode array = part.putArray(ATTRIBUTE);
      tags.forEach(array::add);
    }
  }

  private static Set<String> tags(ObjectNode part) {
    Set<String> tags = new LinkedHashSet<>();
    part.path(ATTRIBUTE).forEach(tag -> tags.add(tag.asText()));
    return tags;
  }

  /**
   * The parts of a text that have one of these tags, as answers tell them.
   *
   * @param wanted {@code *} stands for all
   */
  public static ArrayNode found(SchemaType type, String text, Collection<String> wanted) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    if (type == SchemaType.PROTOBUF) {
      return array;
    }
    TaggedParts.of(type, tree(text))
        .forEach((part, node) -> {
          Set<String> tags = tags(node);
          if (!tags.isEmpty()
              && (wanted.contains("*") || tags.stream().anyMatch(wanted::contains))) {
            ObjectNode one = array.addObject();
            one.putObject("schemaEntity")
                .put("entityPath", part.path())
                .put("entityType", part.isField() ? FIELD : RECORD);
            ArrayNode shown = one.putArray("tags");
            tags.forEach(shown::add);
          }
        });
    return array;
  }

  private static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw Refusal.invalidSchema("Invalid schema, details: " + e.getOriginalMessage());
    }
  }
}
