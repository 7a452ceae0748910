package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.RegistryException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes become values by the schema they were written with. Safe for any thread; blocks while the
 * registry is asked, which is once a schema.
 */
public final class SchemaReader {
  private static final int CACHED_MAX = 1000;

  private final Format format;
  private final boolean key;
  private final boolean indexed;
  private final RegistryClient registry;
  private final Map<Object, Format.Decoder> decoders = new ConcurrentHashMap<>();
  private volatile @Nullable Last last;

  /** The schema of the record before, which is mostly that of the next one. */
  private record Last(int id, Format.Decoder decoder) {}

  private SchemaReader(Format format, Settings settings) {
    this.format = format;
    this.key = settings.key();
    this.indexed = format.type().equals("PROTOBUF");
    this.registry = settings.registry();
  }

  /**
   * Avro: generic records, specific ones with specific.avro.reader=true, classes with
   * schema.reflection=true.
   */
  public static SchemaReader avro(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaReader(new AvroFormat(known), known);
  }

  /** JSON Schema: maps and lists, or the class of json.value.type. */
  public static SchemaReader json(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaReader(new JsonFormat(known), known);
  }

  /** Protobuf: dynamic messages, or the class of specific.protobuf.value.type. */
  public static SchemaReader protobuf(Map<String, ?> settings, boolean key) {
    Settings known = new Settings(settings, key);
    return new SchemaReader(new ProtobufFormat(known), known);
  }

  /** The value of bytes in the classic form; null stays null. */
  public @Nullable Object read(String topic, byte @Nullable [] bytes) {
    return read(topic, null, bytes);
  }

  /**
   * The value; null stays null.
   *
   * @param header the record's header for the schema's id; null when it has none
   * @throws IllegalStateException when the schema cannot be had or does not fit; the message names
   *     topic, id and reason
   */
  public @Nullable Object read(String topic, byte @Nullable [] header, byte @Nullable [] bytes) {
    return bytes == null ? null : read(topic, header, bytes, 0, bytes.length);
  }

  /**
   * The value of a buffer's bytes, which stay as they are; null stays null.
   *
   * @throws IllegalStateException as {@link #read(String, byte[], byte[])}
   */
  public @Nullable Object read(
      String topic, byte @Nullable [] header, @Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    if (buffer.hasArray()) {
      int from = buffer.arrayOffset() + buffer.position();
      return read(topic, header, buffer.array(), from, buffer.remaining());
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return read(topic, header, bytes);
  }

  /**
   * The value of a range of bytes.
   *
   * @throws IllegalStateException as {@link #read(String, byte[], byte[])}
   */
  public Object read(String topic, byte @Nullable [] header, byte[] bytes, int from, int length) {
    Envelope envelope =
        header == null
            ? Envelope.read(bytes, from, length, indexed, topic)
            : Envelope.read(header, 0, header.length, indexed, topic);
    int offset = header == null ? envelope.payloadAt() : from;
    Format.Payload payload =
        new Format.Payload(topic, bytes, offset, from + length - offset, envelope.indexes());
    try {
      return decoder(envelope, topic).decoded(payload);
    } catch (RegistryException e) {
      throw new IllegalStateException(
          "the record's schema cannot be had, topic="
              + topic
              + " "
              + shown(envelope)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static String shown(Envelope envelope) {
    return envelope.guid() == null ? "id=" + envelope.id() : "guid=" + envelope.guid();
  }

  private Format.Decoder decoder(Envelope envelope, String topic) {
    UUID guid = envelope.guid();
    Last before = last;
    if (guid == null && before != null && before.id() == envelope.id()) {
      return before.decoder();
    }
    Object name = guid == null ? (Object) envelope.id() : guid;
    Format.Decoder known = decoders.get(name);
    if (known == null) {
      known = asked(envelope, topic);
      if (decoders.size() >= CACHED_MAX) {
        decoders.clear();
      }
      decoders.put(name, known);
    }
    if (guid == null) {
      last = new Last(envelope.id(), known);
    }
    return known;
  }

  private Format.Decoder asked(Envelope envelope, String topic) {
    UUID guid = envelope.guid();
    Registered schema =
        guid == null
            ? registry.byId(envelope.id(), topic + (key ? "-key" : "-value"), format.textForm())
            : registry.byGuid(guid.toString(), format.textForm());
    if (!schema.schema().type().equals(format.type())) {
      throw new IllegalStateException(
          "the record was written with a schema of another type, topic="
              + topic
              + " "
              + shown(envelope)
              + " type="
              + schema.schema().type()
              + " expected="
              + format.type()
              + "; use the deserializer of that type");
    }
    RuleCheck.read(schema, "topic=" + topic);
    return format.decoder(schema, registry);
  }

  /** The name of the header that {@link #read(String, byte[], byte[])} wants. */
  public String headerName() {
    return Envelope.header(key);
  }
}
