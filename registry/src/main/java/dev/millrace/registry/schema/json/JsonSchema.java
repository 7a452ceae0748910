package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.schema.rules.Bounds;
import dev.millrace.registry.schema.rules.Comparison;
import dev.millrace.registry.schema.rules.Nesting;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema of draft 4, 6, 7, 2019-09 or 2020-12; draft 7 where {@code $schema} says nothing.
 */
public final class JsonSchema implements Schema {
  static final JsonMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(Bounds.TEXT_CHARS_MAX)
                          .build())
                  .build())
          .enable(
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final JsonNode root;
  private final Documents documents;
  private final String canonical;
  private volatile @Nullable JsonPayload payload;

  private JsonSchema(JsonNode root, Documents documents) {
    this.root = root;
    this.documents = documents;
    this.canonical = root.toString();
  }

  /** Reads a schema; a reference's name is what {@code $ref} says, relative or whole. */
  public static JsonSchema parse(String text, List<Named> references)
      throws InvalidSchemaException {
    JsonNode root = json(text, "");
    Documents documents = new Documents();
    URI base = URI.create(Documents.ROOT);
    JsonNode id = root.path(root.path("$id").isTextual() ? "$id" : "id");
    URI own = id.isTextual() ? Documents.resolved(base, id.textValue(), "/$id") : base;
    documents.add(base, root);
    for (Named reference : references) {
      JsonNode document = json(reference.text(), "reference name=" + reference.name() + ": ");
      documents.add(Documents.resolved(own, reference.name(), "reference"), document);
    }
    documents.link();
    documents.refuseEndless();
    return new JsonSchema(root, documents);
  }

  private static JsonNode json(String text, String where) throws InvalidSchemaException {
    Nesting.ofJson(text, Bounds.DEPTH_MAX);
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      var location = e.getLocation();
      throw new InvalidSchemaException(
          where
              + "the text is no JSON: "
              + e.getOriginalMessage()
              + (location == null
                  ? ""
                  : ", line=" + location.getLineNr() + " column=" + location.getColumnNr()),
          e);
    }
    if (!Keywords.isSchema(root)) {
      throw new InvalidSchemaException(where + "a JSON schema is an object, true or false");
    }
    return root;
  }

  @Override
  public SchemaType type() {
    return SchemaType.JSON;
  }

  @Override
  public String name() {
    return root.path("title").asText("");
  }

  @Override
  public String canonical() {
    return canonical;
  }

  @Override
  public String normal() {
    return byName(root).toString();
  }

  /** Objects sorted by name, all the way down. */
  private static JsonNode byName(JsonNode node) {
    return switch (node) {
      case ArrayNode array -> {
        ArrayNode sorted = array.arrayNode(array.size());
        array.forEach(item -> sorted.add(byName(item)));
        yield sorted;
      }
      case ObjectNode object -> {
        TreeMap<String, JsonNode> entries = new TreeMap<>();
        object.properties().forEach(entry -> entries.put(entry.getKey(), byName(entry.getValue())));
        ObjectNode sorted = object.objectNode();
        entries.forEach(sorted::set);
        yield sorted;
      }
      default -> node;
    };
  }

  @Override
  public String formatted(String format) {
    return canonical;
  }

  @Override
  public List<Difference> readerOf(Schema written) {
    JsonSchema writer = (JsonSchema) written;
    Shape read = new Shapes(documents).shape(root);
    Shape wrote = new Shapes(writer.documents).shape(writer.root);
    List<Difference> differences;
    try {
      differences = Comparison.of(new ShapePair(read, wrote), ShapeRules::findings);
    } catch (Regex.Exhausted e) {
      return List.of(new Difference(Comparison.TOO_COMPLEX, "#/", String.valueOf(e.getMessage())));
    }
    return differences.stream()
        .map(difference ->
            new Difference(difference.rule(), "#" + difference.path(), difference.message()))
        .toList();
  }

  @Override
  public Optional<String> violation(byte[] bytes, int offset, int length) {
    JsonPayload known = payload;
    if (known == null) {
      known = new JsonPayload(root, documents);
      payload = known;
    }
    return known.violation(bytes, offset, length);
  }
}
