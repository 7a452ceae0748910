package dev.millrace.registry.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.SchemaType;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a schema what it is: two definitions with one {@link #guid} share an id
 * within a context.
 *
 * @param text in canonical form
 * @param references to registered versions
 * @param metadata {@code tags}, {@code properties}, {@code sensitive}; null for none
 * @param ruleSet {@code migrationRules}, {@code domainRules}, {@code encodingRules}; null for none
 * @param guid the same in every cluster
 */
public record Definition(
    SchemaType type,
    String text,
    List<Reference> references,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet,
    UUID guid) {

  /** A definition, whose guid is computed. */
  public static Definition of(
      SchemaType type,
      String text,
      List<Reference> references,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet) {
    return new Definition(
        type,
        text,
        List.copyOf(references),
        metadata,
        ruleSet,
        Fingerprint.of(text, references, metadata, ruleSet));
  }

  /** The same schema with other metadata and rules. */
  public Definition with(@Nullable JsonNode otherMetadata, @Nullable JsonNode otherRules) {
    return of(type, text, references, sorted(otherMetadata), otherRules);
  }

  /** Names in their order, wherever they were put together. */
  private static @Nullable JsonNode sorted(@Nullable JsonNode node) {
    if (!(node instanceof ObjectNode fields)) {
      return node;
    }
    TreeMap<String, JsonNode> byName = new TreeMap<>();
    fields.properties().forEach(field -> byName.put(field.getKey(), field.getValue()));
    ObjectNode sorted = JsonNodeFactory.instance.objectNode();
    byName.forEach((name, value) -> sorted.set(name, sorted(value)));
    return sorted;
  }
}
