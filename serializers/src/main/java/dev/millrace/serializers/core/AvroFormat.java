package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Avro: generic records, generated classes, any class by reflection, and plain values. */
final class AvroFormat implements Format {
  private static final int CACHED_MAX = 1000;

  private final boolean reflection;
  private final boolean specific;
  private final boolean latest;
  private final boolean key;
  private final boolean plainStrings;
  private final @Nullable Class<?> readerType;
  private final GenericData generic = new GenericData();
  private final Map<SchemaText, Schema> parsed = new ConcurrentHashMap<>();

  AvroFormat(Settings settings) {
    this.reflection = settings.flag("schema.reflection", false);
    this.specific = settings.flag("specific.avro.reader", false);
    this.latest = settings.flag("use.latest.version", false);
    this.key = settings.key();
    this.plainStrings = settings.flag("avro.remove.java.properties", false);
    this.readerType = settings.type(key ? "specific.avro.key.type" : "specific.avro.value.type");
  }

  @Override
  public String type() {
    return "AVRO";
  }

  @Override
  public SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    Schema schema = schema(value);
    String text = schema.toString();
    return SchemaText.of(type(), plainStrings ? text.replace(",\"avro.java.string\":\"String\"", "") : text);
  }

  @Override
  public @Nullable String nameOf(Object value) {
    Schema schema = schema(value);
    return schema.getType() == Schema.Type.UNION ? null : schema.getFullName();
  }

  private Schema schema(Object value) {
    if (value instanceof GenericContainer container) {
      return container.getSchema();
    }
    Schema.Type plain = value instanceof CharSequence ? Schema.Type.STRING
        : value instanceof Integer ? Schema.Type.INT
        : value instanceof Long ? Schema.Type.LONG
        : value instanceof Float ? Schema.Type.FLOAT
        : value instanceof Double ? Schema.Type.DOUBLE
        : value instanceof Boolean ? Schema.Type.BOOLEAN
        : value instanceof byte[] || value instanceof ByteBuffer ? Schema.Type.BYTES : null;
    if (plain != null) {
      return Schema.create(plain);
    }
    if (reflection) {
      try {
        return ReflectData.get().getSchema(value.getClass());
      } catch (SecurityException e) {
        throw untrusted("class=" + value.getClass().getName(), e);
      }
    }
    throw new IllegalArgumentException("avro does not know this class, class=" + value.getClass().getName()
        + "; use generic or generated records, or set schema.reflection=true");
  }

  @Override
  public byte[] encoded(Object value, Registered registered, RegistryClient registry) {
    Schema own = schema(value);
    Schema target = parsed(registered.schema(), registry);
    try {
      byte[] bytes = bytes(value, own);
      if (own.equals(target) || registered.version() == 0 && own.toString().equals(registered.schema().text())) {
        return bytes;
      }
      DatumReader<?> mover = generic.createDatumReader(own, target);
      Object moved = mover.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
      return bytes(moved, target);
    } catch (SecurityException e) {
      throw untrusted("schema=" + own.getFullName(), e);
    } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
      throw new IllegalStateException("the value does not fit its schema, id=" + registered.id() + " schema=" + own.getFullName() + " reason=" + e.getMessage(), e);
    }
  }

  private byte[] bytes(Object value, Schema schema) throws IOException {
    Object datum = value instanceof byte[] plain ? ByteBuffer.wrap(plain) : value;
    GenericData data = value instanceof SpecificRecord ? SpecificData.getForClass(value.getClass())
        : reflection && !(value instanceof GenericContainer) ? ReflectData.get() : generic;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    writer(data, schema).write(datum, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  @SuppressWarnings("unchecked") // a writer of a data model takes every datum of it
  private static org.apache.avro.io.DatumWriter<Object> writer(GenericData data, Schema schema) {
    return (org.apache.avro.io.DatumWriter<Object>) data.createDatumWriter(schema);
  }

  @Override
  public List<String> unreadable(Registered registered, SchemaText own, String subject, RegistryClient registry) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(parsed(registered.schema(), registry), parsed(own, registry)).getResult();
    return result.getIncompatibilities().stream().map(reason -> reason.getType() + " at " + reason.getLocation() + " " + reason.getMessage()).toList();
  }

  @Override
  public Object decoded(Payload payload, Registered registered, RegistryClient registry) {
    Schema written = parsed(registered.schema(), registry);
    GenericData data = reflection ? ReflectData.get() : specific || readerType != null ? SpecificData.get() : generic;
    Schema reader = written;
    try {
      reader = reader(written, payload, registry);
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(payload.bytes(), payload.offset(), payload.length(), null);
      DatumReader<?> datums = data.createDatumReader(written, reader);
      Object value = datums.read(null, decoder);
      return reader.getType() == Schema.Type.STRING ? value.toString()
          : reader.getType() == Schema.Type.BYTES && value instanceof ByteBuffer buffer ? array(buffer) : value;
    } catch (SecurityException e) {
      throw untrusted("topic=" + payload.topic() + " id=" + registered.id(), e);
    } catch (IOException | AvroRuntimeException | ClassCastException | IndexOutOfBoundsException e) {
      throw new IllegalStateException("the payload cannot be read, topic=" + payload.topic() + " id=" + registered.id() + " schema=" + written.getFullName()
          + differs(reader, written) + " reason=" + e.getMessage(), e);
    }
  }

  private static IllegalStateException untrusted(String where, SecurityException refusal) {
    return new IllegalStateException("avro does not trust a class that the schema names, " + where
        + "; name its package in the system property org.apache.avro.SERIALIZABLE_PACKAGES, reason=" + refusal.getMessage(), refusal);
  }

  /** What keeps the reader's schema from reading, when they differ. */
  private static String differs(Schema reader, Schema written) {
    if (reader.equals(written)) {
      return "";
    }
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, written).getResult();
    return " differences=" + result.getIncompatibilities().stream().map(reason -> reason.getType() + " at " + reason.getLocation() + " " + reason.getMessage()).toList();
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private Schema reader(Schema written, Payload payload, RegistryClient registry) {
    if (latest) {
      return parsed(registry.latest(payload.topic() + (key ? "-key" : "-value")).schema(), registry);
    }
    if (readerType != null) {
      return reflection ? ReflectData.get().getSchema(readerType) : SpecificData.get().getSchema(readerType);
    }
    if (specific && written.getType() == Schema.Type.RECORD) {
      Class<?> type = SpecificData.get().getClass(written);
      if (type == null) {
        throw new IllegalStateException("specific.avro.reader=true, but there is no class for the schema, schema=" + written.getFullName()
            + "; generate it, or name another by specific.avro." + (key ? "key" : "value") + ".type");
      }
      return SpecificData.get().getSchema(type);
    }
    if (reflection && written.getType() == Schema.Type.RECORD) {
      Class<?> type = ReflectData.get().getClass(written);
      return type == null || type == Object.class ? written : ReflectData.get().getSchema(type);
    }
    return written;
  }

  private Schema parsed(SchemaText text, RegistryClient registry) {
    Schema known = parsed.get(text);
    if (known == null) {
      Schema.Parser parser = new Schema.Parser();
      parser.setValidateDefaults(false);
      References.inOrder(text, registry, "").forEach((name, reference) -> parser.parse(reference.text()));
      known = parser.parse(text.text());
      if (parsed.size() >= CACHED_MAX) {
        parsed.clear();
      }
      parsed.put(text, known);
    }
    return known;
  }
}
