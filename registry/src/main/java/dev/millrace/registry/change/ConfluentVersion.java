package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The property {@code confluent:version} in a schema's metadata: the number of its own version. It
 * makes a text that was registered before another definition, so that it can be the latest again.
 * Pure functions.
 */
final class ConfluentVersion {
  private static final String NAME = "confluent:version";
  private static final String PROPERTIES = "properties";

  private ConfluentVersion() {}

  static boolean isIn(@Nullable JsonNode metadata) {
    return metadata != null && metadata.path(PROPERTIES).has(NAME);
  }

  static JsonNode set(@Nullable JsonNode metadata, int version) {
    ObjectNode marked =
        metadata instanceof ObjectNode fields
            ? fields.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    marked.withObject("/" + PROPERTIES).put(NAME, Integer.toString(version));
    return marked;
  }

  /** Whether metadata is what is asked for, be its number whatever it is unless it is asked for. */
  static boolean isMeant(@Nullable JsonNode metadata, @Nullable JsonNode asked) {
    return Objects.equals(asked, metadata)
        || (!isIn(asked) && isIn(metadata) && Objects.equals(asked, without(metadata)));
  }

  private static @Nullable JsonNode without(@Nullable JsonNode metadata) {
    if (!(metadata instanceof ObjectNode fields)) {
      return metadata;
    }
    ObjectNode bare = fields.deepCopy();
    if (bare.get(PROPERTIES) instanceof ObjectNode properties) {
      properties.remove(NAME);
      if (properties.isEmpty()) {
        bare.remove(PROPERTIES);
      }
    }
    return bare.isEmpty() ? null : bare;
  }
}
