package dev.millrace.serializers.core;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf messages, generated or dynamic. Files go to the registry in their compiled form; what
 * they import is registered before, under the path it is imported by.
 */
final class ProtobufFormat implements Format {
  private static final int CACHED_MAX = 1000;

  private final @Nullable Parser<?> reader;
  private final boolean derive;
  private final boolean normalize;
  private final Map<FileDescriptor, SchemaText> written = new ConcurrentHashMap<>();
  private final ProtobufFiles files = new ProtobufFiles();

  ProtobufFormat(Settings settings) {
    Class<?> type =
        settings.type(
            settings.key() ? "specific.protobuf.key.type" : "specific.protobuf.value.type");
    this.reader = type == null ? null : parser(type);
    this.derive = settings.flag("derive.type", false);
    this.normalize = settings.flag("normalize.schemas", false);
  }

  @Override
  public String type() {
    return "PROTOBUF";
  }

  @Override
  public String textForm() {
    return ProtobufFiles.SERIALIZED;
  }

  @Override
  public Object shapeOf(Object value) {
    return message(value).getDescriptorForType();
  }

  private static Message message(Object value) {
    if (value instanceof Message message) {
      return message;
    }
    throw new IllegalArgumentException(
        "the value is no protobuf message, class="
            + value.getClass().getName()
            + "; give this serializer generated or dynamic messages");
  }

  @Override
  public SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    FileDescriptor file = message(value).getDescriptorForType().getFile();
    SchemaText known = written.get(file);
    if (known == null) {
      known = text(file, registry, register);
      if (written.size() >= CACHED_MAX) {
        written.clear();
      }
      written.put(file, known);
    }
    return known;
  }

  private SchemaText text(FileDescriptor file, RegistryClient registry, boolean register) {
    List<SchemaText.Reference> references = new ArrayList<>();
    for (FileDescriptor imported : file.getDependencies()) {
      String path = imported.getName();
      if (!path.startsWith("google/protobuf/") && !path.startsWith("confluent/")) {
        SchemaText text = text(imported, registry, register);
        Registered known =
            register
                ? registry.register(path, text, normalize)
                : registry.lookup(path, text, normalize);
        int version =
            known.version() > 0
                ? known.version()
                : registry.lookup(path, text, normalize).version();
        references.add(new SchemaText.Reference(path, path, version));
      }
    }
    return new SchemaText(
        type(), Base64.getEncoder().encodeToString(file.toProto().toByteArray()), references);
  }

  @Override
  public String nameOf(Object value) {
    return message(value).getDescriptorForType().getFullName();
  }

  @Override
  public Encoder encoder(Object example, Registered schema, RegistryClient registry) {
    Descriptor own = message(example).getDescriptorForType();
    SchemaText text = written.get(own.getFile());
    boolean same = text != null && text.text().equals(schema.schema().text());
    Descriptor message = same ? own : registered(own, schema, registry);
    return new Writing(ProtobufFiles.indexes(message));
  }

  /** The message of the value's name in a schema that is not the value's own. */
  private Descriptor registered(Descriptor own, Registered schema, RegistryClient registry) {
    Descriptor found = ProtobufFiles.alike(files.file(schema.schema(), registry), own);
    if (found == null) {
      throw new IllegalStateException(
          "the schema has no message of the value's name, id="
              + schema.id()
              + " message="
              + own.getFullName());
    }
    return found;
  }

  private record Writing(List<Integer> indexes) implements Encoder {
    @Override
    public byte[] encoded(Object value, byte[] prefix) {
      Message message = message(value);
      int size = message.getSerializedSize();
      byte[] bytes = new byte[prefix.length + size];
      System.arraycopy(prefix, 0, bytes, 0, prefix.length);
      try {
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, prefix.length, size);
        message.writeTo(out);
        out.checkNoSpaceLeft();
      } catch (IOException e) {
        throw new UncheckedIOException("an array takes all bytes of a message", e);
      }
      return bytes;
    }
  }

  @Override
  public List<String> unreadable(
      Registered latest, Object value, String subject, RegistryClient registry) {
    Descriptor own = message(value).getDescriptorForType();
    return ProtobufDifferences.of(registered(own, latest, registry), own);
  }

  @Override
  public Decoder decoder(Registered schema, RegistryClient registry) {
    Map<List<Integer>, Parser<?>> parsers = new ConcurrentHashMap<>();
    return payload -> {
      Parser<?> parser =
          reader != null
              ? reader
              : parsers.computeIfAbsent(
                  payload.indexes(), indexes -> parser(payload, schema, registry));
      try {
        CodedInputStream in =
            CodedInputStream.newInstance(payload.bytes(), payload.offset(), payload.length());
        Object value = parser.parseFrom(in);
        in.checkLastTagWas(0);
        return value;
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(
            "the payload cannot be read, topic="
                + payload.topic()
                + " id="
                + schema.id()
                + " reason="
                + e.getMessage(),
            e);
      }
    };
  }

  private Parser<?> parser(Payload payload, Registered schema, RegistryClient registry) {
    Descriptor message =
        ProtobufFiles.message(files.file(schema.schema(), registry), payload.indexes());
    if (message == null) {
      throw new IllegalStateException(
          "the schema has no message of these indexes, topic="
              + payload.topic()
              + " id="
              + schema.id()
              + " indexes="
              + payload.indexes());
    }
    return derive
        ? parser(generated(message))
        : DynamicMessage.getDefaultInstance(message).getParserForType();
  }

  private static Parser<?> parser(Class<?> type) {
    try {
      return ((Message) type.getMethod("getDefaultInstance").invoke(null)).getParserForType();
    } catch (NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException
        | ClassCastException e) {
      throw new IllegalArgumentException(
          "the class is no generated protobuf message, class=" + type.getName(), e);
    }
  }

  private static Class<?> generated(Descriptor message) {
    FileDescriptor file = message.getFile();
    String pack =
        file.getOptions().hasJavaPackage() ? file.getOptions().getJavaPackage() : file.getPackage();
    String outer =
        file.getOptions().hasJavaOuterClassname() && !file.getOptions().getJavaMultipleFiles()
            ? file.getOptions().getJavaOuterClassname() + "$"
            : "";
    String own =
        message
            .getFullName()
            .substring(file.getPackage().isEmpty() ? 0 : file.getPackage().length() + 1)
            .replace('.', '$');
    String name = (pack.isEmpty() ? "" : pack + ".") + outer + own;
    try {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      return Class.forName(
          name, true, context == null ? ProtobufFormat.class.getClassLoader() : context);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "derive.type=true, but there is no class of the message, class="
              + name
              + "; set specific.protobuf.value.type",
          e);
    }
  }
}
