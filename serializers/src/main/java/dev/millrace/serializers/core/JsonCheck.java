package dev.millrace.serializers.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.serializers.registry.SchemaText;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether documents are valid for a JSON Schema, for {@code json.fail.invalid.schema}. Stands on
 * com.networknt:json-schema-validator, which the application brings; nothing is fetched. Safe for
 * any thread.
 */
final class JsonCheck {
  private static final String ROOT = "https://schema.invalid/root.json";

  private final Schema schema;

  private JsonCheck(Schema schema) {
    this.schema = schema;
  }

  /** Whether the validator is on the class path. */
  static boolean isThere() {
    try {
      Class.forName("com.networknt.schema.SchemaRegistry", false, JsonCheck.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * A check by a schema.
   *
   * @param references by their names
   * @throws IllegalStateException when the validator is not there, or the schema cannot be read
   */
  static JsonCheck of(ObjectMapper json, SchemaText text, Map<String, SchemaText> references) {
    try {
      return made(json, text, references);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "json.fail.invalid.schema=true needs com.networknt:json-schema-validator 2 on the class"
              + " path",
          e);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalStateException(
          "the schema cannot be used to check values, reason=" + e.getMessage(), e);
    }
  }

  private static JsonCheck made(
      ObjectMapper json, SchemaText text, Map<String, SchemaText> references)
      throws JsonProcessingException {
    JsonNode root = known(json.readTree(text.text()));
    URI base = URI.create(ROOT);
    String id = root.path("$id").asText("");
    base = id.isEmpty() || id.startsWith("#") ? base : base.resolve(id);
    Map<String, String> texts = new HashMap<>();
    for (Map.Entry<String, SchemaText> one : references.entrySet()) {
      String document = known(json.readTree(one.getValue().text())).toString();
      texts.put(base.resolve(one.getKey()).toString(), document);
    }
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, builder -> builder.schemas(texts));
    return new JsonCheck(registry.getSchema(SchemaLocation.of(ROOT), root));
  }

  /** A dialect that nobody knows is taken for the usual one. */
  private static JsonNode known(JsonNode document) {
    boolean isUnknown =
        document instanceof ObjectNode
            && document.path("$schema").isTextual()
            && SpecificationVersion.fromSchemaNode(document).isEmpty();
    return isUnknown ? ((ObjectNode) document).deepCopy().without("$schema") : document;
  }

  /** Why a document is not valid, with its place; null when it is. */
  @Nullable String violation(JsonNode document) {
    List<Error> errors = schema.validate(document);
    if (errors.isEmpty()) {
      return null;
    }
    Error first = errors.get(0);
    String where = String.valueOf(first.getInstanceLocation());
    return (where.isEmpty() ? "/" : where) + ": " + first.getMessage();
  }
}
