package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.RegistryException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bytes become values by the schema they were written with. Safe for any thread; blocks while the registry is asked, which is once a schema. */
public final class SchemaReader {
  private final Format format;
  private final boolean key;
  private final RegistryClient registry;

  private SchemaReader(Format format, Settings settings) {
    this.format = format;
    this.key = settings.key();
    this.registry = settings.registry();
  }

  /** Avro: generic records, specific ones with specific.avro.reader=true, classes with schema.reflection=true. */
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
   * The value.
   *
   * @param header the record's header for the schema's id; null when it has none
   * @throws IllegalStateException when the schema cannot be had or does not fit; the message names topic, id and reason
   */
  public @Nullable Object read(String topic, byte @Nullable [] header, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    boolean indexed = format.type().equals("PROTOBUF");
    Envelope envelope = Envelope.read(header == null ? bytes : header, indexed, topic);
    int offset = header == null ? envelope.payloadAt() : 0;
    String shown = envelope.guid() == null ? "id=" + envelope.id() : "guid=" + envelope.guid();
    try {
      Registered schema = envelope.guid() == null ? registry.byId(envelope.id(), topic + (key ? "-key" : "-value"), format.textForm())
          : registry.byGuid(envelope.guid().toString(), format.textForm());
      if (!schema.schema().type().equals(format.type())) {
        throw new IllegalStateException("the record was written with a schema of another type, topic=" + topic + " " + shown + " type=" + schema.schema().type()
            + " expected=" + format.type() + "; use the deserializer of that type");
      }
      return format.decoded(new Format.Payload(topic, bytes, offset, bytes.length - offset, envelope.indexes()), schema, registry);
    } catch (RegistryException e) {
      throw new IllegalStateException("the record's schema cannot be had, topic=" + topic + " " + shown + ": " + e.getMessage(), e);
    }
  }

  /** The name of the header that {@link #read(String, byte[], byte[])} wants. */
  public String headerName() {
    return Envelope.header(key);
  }
}
