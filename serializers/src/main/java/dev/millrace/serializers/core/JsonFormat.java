package dev.millrace.serializers.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema: classes tell their schema by what Jackson writes of them; trees, maps and plain
 * values do not.
 */
final class JsonFormat implements Format {
  private final JsonMapper json;
  private final boolean checks;
  private final ClassSchemas schemas;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  JsonFormat(Settings settings) {
    String inclusion = settings.text("json.default.property.inclusion");
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .findAndAddModules()
            .configure(
                SerializationFeature.INDENT_OUTPUT, settings.flag("json.indent.output", false))
            .configure(
                SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                settings.flag("json.write.dates.iso8601", false) ? false : true)
            .configure(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                settings.flag("json.fail.unknown.properties", true));
    if (inclusion != null) {
      builder.defaultPropertyInclusion(
          JsonInclude.Value.construct(
              JsonInclude.Include.valueOf(inclusion), JsonInclude.Include.ALWAYS));
    }
    this.json = builder.build();
    this.checks = settings.flag("json.fail.invalid.schema", false);
    Class<?> type = settings.type(settings.key() ? "json.key.type" : "json.value.type");
    this.schemas = new ClassSchemas(json, settings.flag("json.oneof.for.nullables", true));
    this.writer = json.writer();
    this.reader = json.readerFor(type == null ? Object.class : type);
  }

  @Override
  public String type() {
    return "JSON";
  }

  @Override
  public Object shapeOf(Object value) {
    return value.getClass();
  }

  /** Trees, maps and lists may hold anything. */
  private static boolean untyped(Object value) {
    return value instanceof JsonNode || value instanceof Map<?, ?> || value instanceof List<?>;
  }

  @Override
  public @Nullable SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    return untyped(value) ? null : SchemaText.of(type(), schemas.of(value.getClass()));
  }

  @Override
  public @Nullable String nameOf(Object value) {
    return untyped(value) ? null : value.getClass().getSimpleName();
  }

  @Override
  public Encoder encoder(Object example, Registered schema, RegistryClient registry) {
    AtomicReference<@Nullable Sink> spare = new AtomicReference<>();
    JsonCheck check = checks ? check(schema, registry) : null;
    return (value, prefix) -> {
      Sink sink = spare.getAndSet(null);
      byte[] bytes = encoded(value, prefix, sink == null ? new Sink() : sink);
      if (check != null) {
        refuse(
            check.violation(tree(bytes, prefix.length, bytes.length - prefix.length)),
            "the value is not valid for its schema, class=" + value.getClass().getName(),
            schema);
      }
      if (sink != null && sink.small()) {
        spare.set(sink);
      }
      return bytes;
    };
  }

  private JsonCheck check(Registered schema, RegistryClient registry) {
    SchemaText text = schema.schema();
    return JsonCheck.of(json, text, References.inOrder(text, registry, textForm()));
  }

  private JsonNode tree(byte[] bytes, int offset, int length) {
    try {
      return json.readTree(bytes, offset, length);
    } catch (IOException e) {
      throw new IllegalStateException("the payload is no JSON, reason=" + e.getMessage(), e);
    }
  }

  private static void refuse(@Nullable String violation, String what, Registered schema) {
    if (violation != null) {
      throw new IllegalStateException(
          what
              + " id="
              + schema.id()
              + " reason="
              + violation
              + " (json.fail.invalid.schema=true)");
    }
  }

  private byte[] encoded(Object value, byte[] prefix, Sink sink) {
    try {
      sink.start(prefix);
      writer.writeValue(sink, value);
      return sink.taken();
    } catch (JsonProcessingException e) {
      throw unwritable(value, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw unwritable(value, String.valueOf(e.getMessage()), e);
    }
  }

  private static IllegalStateException unwritable(Object value, String reason, IOException cause) {
    return new IllegalStateException(
        "the value cannot be written as JSON, class="
            + value.getClass().getName()
            + " reason="
            + reason,
        cause);
  }

  /**
   * Only the registry can compare, and it does so the way the subject's compatibility asks for: a
   * level that looks forward answers whether readers of the latest version understand the value.
   * With another level the value itself is held against the latest version, where a validator is
   * there.
   */
  @Override
  public List<String> unreadable(
      Registered latest, Object value, String subject, RegistryClient registry) {
    SchemaText own = schemaOf(value, registry, false);
    if (own == null || own.text().equals(latest.schema().text())) {
      return List.of();
    }
    if (registry.looksForward(subject)) {
      return registry.incompatibilities(subject, own);
    }
    String violation =
        JsonCheck.isThere()
            ? check(latest, registry).violation(json.<JsonNode>valueToTree(value))
            : null;
    return violation == null ? List.of() : List.of(violation);
  }

  @Override
  public Decoder decoder(Registered schema, RegistryClient registry) {
    JsonCheck check = checks ? check(schema, registry) : null;
    return payload -> {
      if (check != null) {
        refuse(
            check.violation(tree(payload.bytes(), payload.offset(), payload.length())),
            "the payload is not valid for its schema, topic=" + payload.topic(),
            schema);
      }
      try {
        return reader.readValue(payload.bytes(), payload.offset(), payload.length());
      } catch (IOException e) {
        throw new IllegalStateException(
            "the payload cannot be read, topic="
                + payload.topic()
                + " id="
                + schema.id()
                + " class="
                + reader.getValueType()
                + " reason="
                + e.getMessage(),
            e);
      }
    };
  }
}
