package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Avro: generic records, generated classes, any class by reflection, and plain values. */
final class AvroFormat implements Format {
  private static final int CACHED_MAX = 1000;
  private static final Map<Schema.Type, Schema> PLAIN = plain();

  private final boolean reflection;
  private final boolean specific;
  private final boolean latest;
  private final boolean plainStrings;
  private final boolean key;
  private final @Nullable Class<?> readerType;
  private final SubjectNames names;
  private final GenericData generic = new GenericData();
  private final ReflectData reflect;
  private final Map<SchemaText, Schema> parsed = new ConcurrentHashMap<>();

  AvroFormat(Settings settings) {
    this.reflection = settings.flag("schema.reflection", false);
    this.specific = settings.flag("specific.avro.reader", false);
    this.latest = settings.flag("use.latest.version", false);
    this.plainStrings = settings.flag("avro.remove.java.properties", false);
    this.key = settings.key();
    this.readerType = settings.type(key ? "specific.avro.key.type" : "specific.avro.value.type");
    this.names = SubjectNames.of(settings);
    this.reflect =
        settings.flag("avro.reflection.allow.null", false)
            ? ReflectData.AllowNull.get()
            : ReflectData.get();
    if (settings.flag("avro.use.logical.type.converters", false)) {
      convert(generic);
    }
  }

  private static Map<Schema.Type, Schema> plain() {
    Map<Schema.Type, Schema> plain = new HashMap<>();
    for (Schema.Type type :
        List.of(
            Schema.Type.STRING,
            Schema.Type.INT,
            Schema.Type.LONG,
            Schema.Type.FLOAT,
            Schema.Type.DOUBLE,
            Schema.Type.BOOLEAN,
            Schema.Type.BYTES)) {
      plain.put(type, Schema.create(type));
    }
    return plain;
  }

  private static void convert(GenericData data) {
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    data.addLogicalTypeConversion(new Conversions.UUIDConversion());
    data.addLogicalTypeConversion(new TimeConversions.DateConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimeMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimeMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampNanosConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampNanosConversion());
  }

  @Override
  public String type() {
    return "AVRO";
  }

  @Override
  public Object shapeOf(Object value) {
    if (value instanceof GenericContainer container) {
      return container.getSchema();
    }
    Schema.Type plain = plainType(value);
    if (plain != null) {
      return Objects.requireNonNull(PLAIN.get(plain));
    }
    if (reflection) {
      return value.getClass();
    }
    throw new IllegalArgumentException(
        "avro does not know this class, class="
            + value.getClass().getName()
            + "; use generic or generated records, or set schema.reflection=true");
  }

  private static Schema.@Nullable Type plainType(Object value) {
    return value instanceof CharSequence
        ? Schema.Type.STRING
        : value instanceof Integer
            ? Schema.Type.INT
            : value instanceof Long
                ? Schema.Type.LONG
                : value instanceof Float
                    ? Schema.Type.FLOAT
                    : value instanceof Double
                        ? Schema.Type.DOUBLE
                        : value instanceof Boolean
                            ? Schema.Type.BOOLEAN
                            : value instanceof byte[] || value instanceof ByteBuffer
                                ? Schema.Type.BYTES
                                : null;
  }

  private Schema schema(Object value) {
    Object shape = shapeOf(value);
    if (shape instanceof Schema schema) {
      return schema;
    }
    try {
      return reflect.getSchema((Class<?>) shape);
    } catch (SecurityException e) {
      throw untrusted("class=" + value.getClass().getName(), e);
    }
  }

  @Override
  public SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    String text = schema(value).toString();
    return SchemaText.of(
        type(), plainStrings ? text.replace(",\"avro.java.string\":\"String\"", "") : text);
  }

  @Override
  public @Nullable String nameOf(Object value) {
    return name(schema(value));
  }

  private static @Nullable String name(Schema schema) {
    return schema.getType() == Schema.Type.UNION ? null : schema.getFullName();
  }

  @Override
  public Encoder encoder(Object example, Registered registered, RegistryClient registry) {
    Schema own = schema(example);
    Schema target = parsed(registered.schema(), registry);
    GenericData data =
        example instanceof SpecificRecord
            ? SpecificData.getForClass(example.getClass())
            : reflection && !(example instanceof GenericContainer) ? reflect : generic;
    return new AvroWriting(own, sameBytes(own, target) ? null : target, data, registered.id());
  }

  /** Whether they differ in nothing, or in what does not reach the bytes. */
  private static boolean sameBytes(Schema one, Schema other) {
    return one.equals(other)
        || SchemaNormalization.toParsingForm(one).equals(SchemaNormalization.toParsingForm(other));
  }

  @Override
  public List<String> unreadable(
      Registered latest, Object value, String subject, RegistryClient registry) {
    return AvroDifferences.of(parsed(latest.schema(), registry), schema(value));
  }

  @Override
  public Decoder decoder(Registered registered, RegistryClient registry) {
    Schema written = parsed(registered.schema(), registry);
    GenericData data =
        reflection ? reflect : specific || readerType != null ? SpecificData.get() : generic;
    if (latest) {
      Function<String, Schema> newest =
          topic -> {
            Registered last = registry.latest(names.subject(topic, key, name(written)));
            if (!last.schema().equals(registered.schema())) {
              RuleCheck.migrate(last, "topic=" + topic);
            }
            return parsed(last.schema(), registry);
          };
      return new AvroReading(written, newest, data, registered.id());
    }
    try {
      Schema reader = reader(written);
      return new AvroReading(written, topic -> reader, data, registered.id());
    } catch (SecurityException e) {
      throw untrusted("id=" + registered.id(), e);
    } catch (AvroRuntimeException e) {
      throw new IllegalStateException(
          "the reader's class has no schema, id=" + registered.id() + " reason=" + e.getMessage(),
          e);
    }
  }

  private Schema reader(Schema written) {
    if (readerType != null) {
      return reflection ? reflect.getSchema(readerType) : SpecificData.get().getSchema(readerType);
    }
    if (specific && written.getType() == Schema.Type.RECORD) {
      Class<?> type = SpecificData.get().getClass(written);
      if (type == null) {
        throw new IllegalStateException(
            "specific.avro.reader=true, but there is no class for the schema, schema="
                + written.getFullName()
                + "; generate it, or name another by specific.avro."
                + (key ? "key" : "value")
                + ".type");
      }
      return SpecificData.get().getSchema(type);
    }
    if (reflection && written.getType() == Schema.Type.RECORD) {
      Class<?> type = reflect.getClass(written);
      return type == null || type == Object.class ? written : reflect.getSchema(type);
    }
    return written;
  }

  static IllegalStateException untrusted(String where, SecurityException refusal) {
    return new IllegalStateException(
        "avro does not trust a class that the schema names, "
            + where
            + "; name its package in the system property org.apache.avro.SERIALIZABLE_PACKAGES, reason="
            + refusal.getMessage(),
        refusal);
  }

  private Schema parsed(SchemaText text, RegistryClient registry) {
    Schema known = parsed.get(text);
    if (known == null) {
      Schema.Parser parser = new Schema.Parser();
      parser.setValidateDefaults(false);
      References.inOrder(text, registry, "").values().stream()
          .map(SchemaText::text)
          .distinct()
          .forEach(parser::parse);
      known = parser.parse(text.text());
      if (parsed.size() >= CACHED_MAX) {
        parsed.clear();
      }
      parsed.put(text, known);
    }
    return known;
  }
}
