package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.RegistryException;
import dev.millrace.serializers.registry.SchemaText;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Values become bytes behind the id of their schema, which is registered first where that is
 * allowed. Safe for any thread; blocks while the registry is asked, which is once a schema.
 */
public final class SchemaWriter {
  private static final int CACHED_MAX = 1000;
  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final byte[] NOTHING = new byte[0];

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
  private final int latestSeconds;
  private final Map<Place, Target> targets = new ConcurrentHashMap<>();
  private volatile @Nullable Target last;

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
    this.latestSeconds = settings.number("latest.cache.ttl.sec", -1);
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

  /** Shapes are compared as objects: that they are equal costs a walk through both. */
  private record Place(String topic, Object shape) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Place place && place.shape == shape && place.topic.equals(topic);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(shape) * 31 + topic.hashCode();
    }
  }

  /** How values of one shape are written to one topic. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Target(
      String topic,
      Object shape,
      Format.Encoder encoder,
      byte[] prefix,
      byte @Nullable [] header,
      long untilNanos) {
    @SuppressWarnings("ReferenceEquality") // as in Place
    boolean fits(String otherTopic, Object otherShape) {
      return shape == otherShape
          && topic.equals(otherTopic)
          && (untilNanos == FOR_EVER || System.nanoTime() - untilNanos < 0);
    }
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
   * @throws IllegalStateException when the schema cannot be used; the message names subject and
   *     reason
   */
  public byte @Nullable [] write(String topic, @Nullable Headers headers, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    Target target = target(topic, value);
    byte[] header = target.header();
    if (header != null) {
      if (headers == null) {
        throw new IllegalStateException(
            "the schema's id is to be in a header, and this client gives none, topic=" + topic);
      }
      headers.put(Envelope.header(settings.key()), header.clone());
    }
    return target.encoder().encoded(value, target.prefix());
  }

  private Target target(String topic, Object value) {
    Object shape = format.shapeOf(value);
    Target known = last;
    if (known == null || !known.fits(topic, shape)) {
      Place place = new Place(topic, shape);
      known = targets.get(place);
      if (known == null || !known.fits(topic, shape)) {
        known = found(topic, shape, value);
        if (targets.size() >= CACHED_MAX) {
          targets.clear();
        }
        targets.put(place, known);
      }
      last = known;
    }
    return known;
  }

  private Target found(String topic, Object shape, Object value) {
    String subject =
        names.subject(topic, settings.key(), names.byRecord() ? format.nameOf(value) : null);
    try {
      Registered schema = schema(subject, value);
      if (!schema.schema().type().equals(format.type())) {
        throw new IllegalStateException(
            "the schema is of another type, subject="
                + subject
                + " id="
                + schema.id()
                + " type="
                + schema.schema().type()
                + " expected="
                + format.type()
                + "; use the serializer of that type, or another subject");
      }
      RuleCheck.write(schema, "subject=" + subject);
      Format.Encoder encoder = format.encoder(value, schema, registry);
      byte[] header = headerForm ? Envelope.inHeader(guid(schema), encoder.indexes()) : null;
      byte[] prefix = headerForm ? NOTHING : Envelope.classic(schema.id(), encoder.indexes());
      long until =
          useLatest && latestSeconds >= 0
              ? System.nanoTime() + latestSeconds * 1_000_000_000L
              : FOR_EVER;
      return new Target(topic, shape, encoder, prefix, header, until);
    } catch (RegistryException e) {
      throw new IllegalStateException(told(subject, e), e);
    }
  }

  private UUID guid(Registered schema) {
    String guid =
        schema.guid() == null
            ? registry.byId(schema.id(), "", format.textForm()).guid()
            : schema.guid();
    if (guid == null) {
      throw new IllegalStateException(
          "the registry gives no GUIDs, so they cannot stand in headers, id=" + schema.id());
    }
    return UUID.fromString(guid);
  }

  private Registered schema(String subject, Object value) {
    if (fixedId >= 0) {
      return registry.byId(fixedId, subject, format.textForm());
    }
    if (useLatest) {
      return latest(subject, value);
    }
    SchemaText own = format.schemaOf(value, registry, register);
    if (own == null) {
      throw new IllegalStateException(
          "the value does not tell its schema, subject="
              + subject
              + " class="
              + value.getClass().getName()
              + "; set use.latest.version=true and auto.register.schemas=false, or use.schema.id");
    }
    return register
        ? registry.register(subject, own, normalize)
        : registry.lookup(subject, own, normalize);
  }

  private Registered latest(String subject, Object value) {
    Registered latest = registry.latest(subject, format.textForm());
    if (strict && latest.schema().type().equals(format.type())) {
      List<String> reasons = format.unreadable(latest, value, subject, registry);
      if (!reasons.isEmpty()) {
        throw new IllegalStateException(
            "the value's schema does not fit the latest version of its subject, subject="
                + subject
                + " version="
                + latest.version()
                + " id="
                + latest.id()
                + ": "
                + String.join("; ", reasons)
                + "; change the value, or set latest.compatibility.strict=false");
      }
    }
    return latest;
  }

  private String told(String subject, RegistryException refusal) {
    String advice =
        switch (refusal.code()) {
          case 40401, 40403 ->
              register ? "" : "; register the schema first, or set auto.register.schemas=true";
          case 40901, 409 ->
              "; change the schema so that it is compatible, or the compatibility of the subject";
          default -> "";
        };
    return "the schema cannot be used, subject=" + subject + ": " + refusal.getMessage() + advice;
  }
}
