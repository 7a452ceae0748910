package dev.millrace.registry.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Scoped;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.SchemaType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of {@code _schemas} in JSON. Fields of a key stand in a fixed order, because
 * compaction compares bytes.
 *
 * <pre>
 *   {"keytype":"SCHEMA","subject":S,"version":V,"magic":1}
 *      {"subject":S,"version":V,"id":I,"md5":..,"schemaType":..,"references":[..],"metadata":..,
 *       "ruleSet":..,"schema":..,"deleted":false}        nothing: gone for good
 *   {"keytype":"DELETE_SUBJECT","subject":S,"magic":0}   {"subject":S,"version":up to}
 *   {"keytype":"CLEAR_SUBJECT","subject":S,"magic":0}    {"subject":S}
 *   {"keytype":"CONFIG","subject":S,"magic":0}           {"subject":S,"compatibilityLevel":..}
 *   {"keytype":"MODE","subject":S,"magic":0}             {"subject":S,"mode":..}
 *   {"keytype":"CONTEXT","tenant":"default","context":C,"magic":0}
 *                                                        {"tenant":"default","context":C}
 *   {"keytype":"NOOP","magic":0}                         nothing or {"maxIds":{context:id}}
 * </pre>
 *
 * What is for all has no subject. Other programs spell keys otherwise: fields in another order, a
 * subject that is null; {@link dev.millrace.registry.topic.Spellings} knows how to be rid of them.
 */
public final class RecordFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY_TYPE = "keytype";
  private static final String SUBJECT = "subject";
  private static final String VERSION = "version";
  private static final String MAGIC = "magic";
  private static final String MAX_IDS = "maxIds";
  private static final String CONTEXT = "context";
  private static final String TENANT = "tenant";

  /** What Confluent's registry writes where nobody divides it among tenants. */
  private static final String ONLY_TENANT = "default";

  private RecordFormat() {}

  /** A record as it is written. */
  public record Written(Bytes key, @Nullable Bytes value) {}

  /** How a record is written. */
  public static Written write(SchemaRecord record) {
    return new Written(key(record), value(record));
  }

  /** The key of a record. */
  public static Bytes key(SchemaRecord record) {
    return bytes(
        switch (record) {
          case SchemaRecord.SchemaSet set -> schemaKey(set.version().place());
          case SchemaRecord.SchemaGone gone ->
              schemaKey(new Version.Place(gone.subject(), gone.version()));
          case SchemaRecord.SubjectDeleted deleted -> scopeKey("DELETE_SUBJECT", deleted.subject());
          case SchemaRecord.SubjectCleared cleared -> scopeKey("CLEAR_SUBJECT", cleared.subject());
          case SchemaRecord.ConfigSet set -> scopeKey("CONFIG", set.scope());
          case SchemaRecord.ModeSet set -> scopeKey("MODE", set.scope());
          case SchemaRecord.ContextSet set -> contextKey(set.context());
          case SchemaRecord.ContextGone gone -> contextKey(gone.context());
          case SchemaRecord.Noop noop -> object().put(KEY_TYPE, "NOOP").put(MAGIC, 0);
          case SchemaRecord.Other other ->
              throw new IllegalArgumentException("only known records are written: " + other.why());
        });
  }

  private static @Nullable Bytes value(SchemaRecord record) {
    ObjectNode value =
        switch (record) {
          case SchemaRecord.SchemaSet set -> value(set.version());
          case SchemaRecord.SubjectDeleted deleted ->
              scoped(deleted.subject()).put(VERSION, deleted.upTo());
          case SchemaRecord.SubjectCleared cleared -> scoped(cleared.subject());
          case SchemaRecord.ConfigSet set -> value(set.scope(), set.config());
          case SchemaRecord.ModeSet set -> value(set.scope(), set.mode());
          case SchemaRecord.ContextSet set ->
              object().put(TENANT, ONLY_TENANT).put(CONTEXT, set.context());
          case SchemaRecord.Noop noop -> maxIds(noop.maxIds());
          case SchemaRecord.SchemaGone gone -> null;
          case SchemaRecord.ContextGone gone -> null;
          case SchemaRecord.Other other -> null;
        };
    return value == null ? null : bytes(value);
  }

  /**
   * What a record says; {@link SchemaRecord.Other} for whatever is not understood.
   *
   * @param timestampMs of the record
   */
  public static SchemaRecord read(@Nullable Bytes key, @Nullable Bytes value, long timestampMs) {
    if (key == null) {
      return new SchemaRecord.Other("record has no key");
    }
    try {
      JsonNode keyNode = JSON.readTree(key.toArray());
      JsonNode valueNode = value == null ? null : JSON.readTree(value.toArray());
      return read(keyNode, valueNode == null || valueNode.isNull() ? null : valueNode, timestampMs);
    } catch (IOException | IllegalArgumentException e) {
      return new SchemaRecord.Other("record is not understood: " + e.getMessage());
    }
  }

  private static SchemaRecord read(JsonNode key, @Nullable JsonNode value, long timestampMs) {
    String subject = key.path(SUBJECT).asText("");
    return switch (key.path(KEY_TYPE).asText("")) {
      case "SCHEMA" ->
          value == null
              ? new SchemaRecord.SchemaGone(subject, key.path(VERSION).asInt())
              : new SchemaRecord.SchemaSet(
                  version(
                      new Version.Place(subject, key.path(VERSION).asInt()), value, timestampMs));
      case "DELETE_SUBJECT" ->
          value == null
              ? new SchemaRecord.Other("deletion without a version")
              : new SchemaRecord.SubjectDeleted(subject, value.path(VERSION).asInt(), timestampMs);
      case "CLEAR_SUBJECT" -> new SchemaRecord.SubjectCleared(subject);
      case "CONFIG" -> new SchemaRecord.ConfigSet(scope(key), config(value));
      case "MODE" -> new SchemaRecord.ModeSet(scope(key), mode(value));
      case "CONTEXT" -> context(key.path(CONTEXT).asText(""), value == null);
      case "NOOP" -> new SchemaRecord.Noop(readMaxIds(value));
      default -> new SchemaRecord.Other("kind of record is not known, key=" + key);
    };
  }

  private static SchemaRecord context(String context, boolean isGone) {
    if (!context.startsWith(SubjectName.DEFAULT_CONTEXT)) {
      return new SchemaRecord.Other("a context begins with a dot, context=" + context);
    }
    return isGone ? new SchemaRecord.ContextGone(context) : new SchemaRecord.ContextSet(context);
  }

  private static Version version(Version.Place place, JsonNode value, long timestampMs) {
    String text = value.path("schema").asText("");
    String typeName = value.path("schemaType").asText("");
    SchemaType type = typeName.isEmpty() ? SchemaType.AVRO : SchemaType.valueOf(typeName);
    Definition definition =
        Definition.of(
            type,
            text,
            references(value.path("references")),
            object(value.get("metadata")),
            object(value.get("ruleSet")));
    return new Version(
        place.subject(),
        place.version(),
        value.path("id").asInt(),
        definition,
        value.path("deleted").asBoolean(),
        timestampMs);
  }

  /** References of a schema; none when there is no array. */
  public static List<Reference> references(JsonNode array) {
    List<Reference> references = new ArrayList<>(array.size());
    for (JsonNode one : array) {
      references.add(
          new Reference(
              one.path("name").asText(""),
              one.path(SUBJECT).asText(""),
              one.path(VERSION).asInt(Reference.LATEST)));
    }
    return references;
  }

  /** References as they are written. */
  public static ArrayNode references(List<Reference> references) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Reference reference : references) {
      array
          .addObject()
          .put("name", reference.name())
          .put(SUBJECT, reference.subject())
          .put(VERSION, reference.version());
    }
    return array;
  }

  private static @Nullable JsonNode object(@Nullable JsonNode node) {
    return node == null || !node.isObject() || node.isEmpty() ? null : node;
  }

  private static String scope(JsonNode key) {
    JsonNode subject = key.get(SUBJECT);
    return subject == null || subject.isNull() ? Scoped.GLOBAL : subject.asText();
  }

  private static @Nullable Config config(@Nullable JsonNode value) {
    if (value == null) {
      return null;
    }
    ObjectNode fields = object();
    for (String name : Config.NAMES) {
      JsonNode field = value.get(name);
      if (field != null && !field.isNull()) {
        fields.set(name, field);
      }
    }
    return new Config(fields);
  }

  private static @Nullable Mode mode(@Nullable JsonNode value) {
    return value == null ? null : Mode.named(value.path("mode").asText(""));
  }

  private static Map<String, Integer> readMaxIds(@Nullable JsonNode value) {
    Map<String, Integer> maxIds = new TreeMap<>();
    if (value != null) {
      value
          .path(MAX_IDS)
          .properties()
          .forEach(entry -> maxIds.put(entry.getKey(), entry.getValue().asInt()));
    }
    return maxIds;
  }

  private static ObjectNode schemaKey(Version.Place place) {
    return object()
        .put(KEY_TYPE, "SCHEMA")
        .put(SUBJECT, place.subject())
        .put(VERSION, place.version())
        .put(MAGIC, 1);
  }

  private static ObjectNode scopeKey(String type, String scope) {
    ObjectNode key = object().put(KEY_TYPE, type);
    if (!scope.equals(Scoped.GLOBAL)) {
      key.put(SUBJECT, scope);
    }
    return key.put(MAGIC, 0);
  }

  private static ObjectNode contextKey(String context) {
    return object()
        .put(KEY_TYPE, "CONTEXT")
        .put(TENANT, ONLY_TENANT)
        .put(CONTEXT, context)
        .put(MAGIC, 0);
  }

  private static ObjectNode value(Version version) {
    Definition definition = version.definition();
    ObjectNode value =
        object()
            .put(SUBJECT, version.subject())
            .put(VERSION, version.version())
            .put("id", version.id())
            .put("md5", md5(definition));
    if (definition.type() != SchemaType.AVRO) {
      value.put("schemaType", definition.type().name());
    }
    if (!definition.references().isEmpty()) {
      value.set("references", references(definition.references()));
    }
    if (definition.metadata() != null) {
      value.set("metadata", definition.metadata());
    }
    if (definition.ruleSet() != null) {
      value.set("ruleSet", definition.ruleSet());
    }
    return value.put("schema", definition.text()).put("deleted", version.deleted());
  }

  private static String md5(Definition definition) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.BIG_ENDIAN);
    bytes.putLong(definition.guid().getMostSignificantBits());
    bytes.putLong(definition.guid().getLeastSignificantBits());
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static @Nullable ObjectNode value(String scope, @Nullable Config config) {
    if (config == null) {
      return null;
    }
    ObjectNode value = scoped(scope);
    for (String name : Config.NAMES) {
      JsonNode field = config.field(name);
      if (field != null) {
        value.set(name, field);
      }
    }
    return value;
  }

  private static @Nullable ObjectNode value(String scope, @Nullable Mode mode) {
    return mode == null ? null : scoped(scope).put("mode", mode.name());
  }

  private static ObjectNode scoped(String scope) {
    ObjectNode value = object();
    return scope.equals(Scoped.GLOBAL) ? value : value.put(SUBJECT, scope);
  }

  private static @Nullable ObjectNode maxIds(Map<String, Integer> maxIds) {
    if (maxIds.isEmpty()) {
      return null;
    }
    ObjectNode value = object();
    ObjectNode byContext = value.putObject(MAX_IDS);
    maxIds.forEach(byContext::put);
    return value;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Bytes bytes(ObjectNode node) {
    try {
      return Bytes.copyOf(JSON.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }
}
