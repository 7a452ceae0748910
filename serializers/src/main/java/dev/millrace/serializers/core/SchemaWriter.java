package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.RegistryException;
import dev.millrace.serializers.registry.SchemaText;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values become bytes behind the id of their schema, which is registered first where that is allowed. Safe for any thread; blocks while the registry is asked,
 * which is once a schema.
 */
public final class SchemaWriter {
  private final Format format;
  private final Settings settings;
  private final RegistryClient registry;
  private final SubjectNames names;
  private final boolean register;
  private final boolean useLatest;
  private final boolean strict;
  private final boolean normalize;
  private final int fixedId;
  private final boolean headerForm;

  private SchemaWriter(Format format, Settings settings) {
    this.format = format;
    this.settings = settings;
    this.registry = settings.registry();
    this.names = SubjectNames.of(settings);
    this.register = settings.flag("auto.register.schemas", true);
    this.useLatest = settings.flag("use.latest.version", false);
    this.strict = settings.flag("latest.compatibility.strict", true);
    this.normalize = settings.flag("normalize.schemas", false);
    this.fixedId = settings.number("use.schema.id", -1);
    this.headerForm = settings.headerForm();
  }

  /** Avro: generic, specific and, with schema.reflection=true, any class. */
  public static SchemaWriter avro(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaWriter(new AvroFormat(known), known);
  }

  /** JSON Schema: classes, trees and maps. */
  public static SchemaWriter json(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaWriter(new JsonFormat(known), known);
  }

  /** Protobuf messages, generated or dynamic. */
  public static SchemaWriter protobuf(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaWriter(new ProtobufFormat(known), known);
  }

  /** Where headers of a record go. */
  @FunctionalInterface
  public interface Headers {
    /** Sets one. */
    void put(String name, byte[] value);
  }

  /** The bytes in the classic form; null stays null. */
  public byte @Nullable [] write(String topic, @Nullable Object value) {
    return write(topic, null, value);
  }

  /**
   * The bytes, with the schema's GUID in a header if settings say so.
   *
   * @throws IllegalStateException when the schema cannot be used; the message names subject and reason
   */
  public byte @Nullable [] write(String topic, @Nullable Headers headers, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    String subject = names.subject(topic, settings.key(), format.nameOf(value));
    Registered schema = schema(subject, value);
    byte[] payload = format.encoded(value, schema, registry);
    if (!headerForm) {
      return Envelope.classic(schema.id(), format.indexes(value), payload);
    }
    if (headers == null) {
      throw new IllegalStateException("the schema's id is to be in a header, and this client gives none, topic=" + topic);
    }
    headers.put(Envelope.header(settings.key()), Envelope.inHeader(guid(schema), format.indexes(value)));
    return payload;
  }

  private UUID guid(Registered schema) {
    String guid = schema.guid() == null ? registry.byId(schema.id(), "", "").guid() : schema.guid();
    if (guid == null) {
      throw new IllegalStateException("the registry gives no GUIDs, so they cannot stand in headers, id=" + schema.id());
    }
    return UUID.fromString(guid);
  }

  private Registered schema(String subject, Object value) {
    try {
      if (fixedId >= 0) {
        return registry.byId(fixedId, subject, format.textForm());
      }
      SchemaText own = format.schemaOf(value, registry, register);
      if (own != null && register && !useLatest) {
        return registry.register(subject, own, normalize);
      }
      if (useLatest) {
        return latest(subject, own);
      }
      if (own == null) {
        throw new IllegalStateException("the value does not tell its schema, subject=" + subject + " class=" + value.getClass().getName()
            + "; set use.latest.version=true and auto.register.schemas=false, or use.schema.id");
      }
      return registry.lookup(subject, own, normalize);
    } catch (RegistryException e) {
      throw new IllegalStateException(told(subject, e), e);
    }
  }

  private Registered latest(String subject, @Nullable SchemaText own) {
    Registered latest = registry.latest(subject);
    if (strict && own != null && !own.text().equals(latest.schema().text())) {
      List<String> reasons = format.unreadable(latest, own, subject, registry);
      if (!reasons.isEmpty()) {
        throw new IllegalStateException("the value's schema does not fit the latest version of its subject, subject=" + subject + " version=" + latest.version() + " id="
            + latest.id() + ": " + String.join("; ", reasons) + "; change the value, or set latest.compatibility.strict=false");
      }
    }
    return latest;
  }

  private String told(String subject, RegistryException refusal) {
    String advice = switch (refusal.code()) {
      case 40401, 40403 -> register ? "" : "; register the schema first, or set auto.register.schemas=true";
      case 40901, 409 -> "; change the schema so that it is compatible, or the compatibility of the subject";
      default -> "";
    };
    return "the schema cannot be used, subject=" + subject + ": " + refusal.getMessage() + advice;
  }
}
