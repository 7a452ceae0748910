package dev.millrace.serializers.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** JSON Schema: classes tell their schema by what Jackson writes of them; trees, maps and plain values do not. */
final class JsonFormat implements Format {
  private final ObjectMapper json;
  private final ClassSchemas schemas;
  private final @Nullable Class<?> readerType;
  private final Map<Class<?>, SchemaText> known = new ConcurrentHashMap<>();

  JsonFormat(Settings settings) {
    if (settings.flag("json.fail.invalid.schema", false)) {
      throw new IllegalArgumentException("json.fail.invalid.schema=true is not done by this serializer; the broker checks records by content when the topic asks for it");
    }
    String inclusion = settings.text("json.default.property.inclusion");
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .findAndAddModules()
            .configure(SerializationFeature.INDENT_OUTPUT, settings.flag("json.indent.output", false))
            .configure(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, settings.flag("json.write.dates.iso8601", false) ? false : true)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, settings.flag("json.fail.unknown.properties", true));
    if (inclusion != null) {
      builder.defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.valueOf(inclusion), JsonInclude.Include.ALWAYS));
    }
    this.json = builder.build();
    this.schemas = new ClassSchemas(json, settings.flag("json.oneof.for.nullables", true));
    this.readerType = settings.type(settings.key() ? "json.key.type" : "json.value.type");
  }

  @Override
  public String type() {
    return "JSON";
  }

  @Override
  public @Nullable SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    if (value instanceof JsonNode || value instanceof Map<?, ?> || value instanceof List<?>) {
      return null;
    }
    return known.computeIfAbsent(value.getClass(), type -> SchemaText.of(type(), schemas.of(type)));
  }

  @Override
  public @Nullable String nameOf(Object value) {
    return value instanceof JsonNode || value instanceof Map<?, ?> || value instanceof List<?> ? null : value.getClass().getSimpleName();
  }

  @Override
  public byte[] encoded(Object value, Registered schema, RegistryClient registry) {
    try {
      return json.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the value cannot be written as JSON, class=" + value.getClass().getName() + " reason=" + e.getOriginalMessage(), e);
    }
  }

  @Override
  public List<String> unreadable(Registered latest, SchemaText own, String subject, RegistryClient registry) {
    return registry.incompatibilities(subject, own);
  }

  @Override
  public Object decoded(Payload payload, Registered schema, RegistryClient registry) {
    Class<?> type = readerType == null ? Object.class : readerType;
    try {
      return json.readValue(payload.bytes(), payload.offset(), payload.length(), type);
    } catch (IOException e) {
      throw new IllegalStateException("the payload cannot be read, topic=" + payload.topic() + " id=" + schema.id() + " class=" + type.getName() + " reason=" + e.getMessage(), e);
    }
  }
}
