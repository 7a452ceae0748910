package dev.millrace.serializers.core;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Protobuf messages, generated or dynamic. Files go to the registry in their compiled form; what they import is registered before, under the path it is imported by. */
final class ProtobufFormat implements Format {
  private static final String SERIALIZED = "serialized";

  private final @Nullable Class<?> readerType;
  private final boolean derive;
  private final boolean normalize;
  private final Map<FileDescriptor, SchemaText> written = new ConcurrentHashMap<>();
  private final Map<SchemaText, FileDescriptor> read = new ConcurrentHashMap<>();

  ProtobufFormat(Settings settings) {
    this.readerType = settings.type(settings.key() ? "specific.protobuf.key.type" : "specific.protobuf.value.type");
    this.derive = settings.flag("derive.type", false);
    this.normalize = settings.flag("normalize.schemas", false);
  }

  @Override
  public String type() {
    return "PROTOBUF";
  }

  @Override
  public String textForm() {
    return SERIALIZED;
  }

  @Override
  public SchemaText schemaOf(Object value, RegistryClient registry, boolean register) {
    FileDescriptor file = message(value).getDescriptorForType().getFile();
    SchemaText known = written.get(file);
    if (known == null) {
      known = text(file, registry, register);
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
        Registered known = register ? registry.register(path, text, normalize) : registry.lookup(path, text, normalize);
        int version = known.version() > 0 ? known.version() : registry.lookup(path, text, normalize).version();
        references.add(new SchemaText.Reference(path, path, version));
      }
    }
    return new SchemaText(type(), Base64.getEncoder().encodeToString(file.toProto().toByteArray()), references);
  }

  private static Message message(Object value) {
    if (value instanceof Message message) {
      return message;
    }
    throw new IllegalArgumentException("the value is no protobuf message, class=" + value.getClass().getName());
  }

  @Override
  public String nameOf(Object value) {
    return message(value).getDescriptorForType().getFullName();
  }

  @Override
  public List<Integer> indexes(Object value) {
    LinkedList<Integer> indexes = new LinkedList<>();
    for (Descriptor message = message(value).getDescriptorForType(); message != null; message = message.getContainingType()) {
      indexes.addFirst(message.getIndex());
    }
    return List.copyOf(indexes);
  }

  @Override
  public byte[] encoded(Object value, Registered schema, RegistryClient registry) {
    return message(value).toByteArray();
  }

  @Override
  public List<String> unreadable(Registered latest, SchemaText own, String subject, RegistryClient registry) {
    return registry.incompatibilities(subject, own);
  }

  @Override
  public Object decoded(Payload payload, Registered schema, RegistryClient registry) {
    try {
      Class<?> type = readerType;
      Descriptor message = type == null ? message(payload, schema, registry) : null;
      if (message != null && derive) {
        type = generated(message);
      }
      return type == null && message != null ? DynamicMessage.parseFrom(message, com.google.protobuf.ByteString.copyFrom(payload.bytes(), payload.offset(), payload.length()))
          : parsed(java.util.Objects.requireNonNull(type), payload);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the payload cannot be read, topic=" + payload.topic() + " id=" + schema.id() + " reason=" + e.getMessage(), e);
    }
  }

  private static Object parsed(Class<?> type, Payload payload) throws InvalidProtocolBufferException {
    try {
      Message instance = (Message) type.getMethod("getDefaultInstance").invoke(null);
      return instance.getParserForType().parseFrom(payload.bytes(), payload.offset(), payload.length());
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException | ClassCastException e) {
      throw new IllegalStateException("the class is no generated protobuf message, class=" + type.getName(), e);
    }
  }

  private static Class<?> generated(Descriptor message) {
    FileDescriptor file = message.getFile();
    String pack = file.getOptions().hasJavaPackage() ? file.getOptions().getJavaPackage() : file.getPackage();
    String outer = file.getOptions().hasJavaOuterClassname() && !file.getOptions().getJavaMultipleFiles() ? file.getOptions().getJavaOuterClassname() + "$" : "";
    String own = message.getFullName().substring(file.getPackage().isEmpty() ? 0 : file.getPackage().length() + 1).replace('.', '$');
    String name = (pack.isEmpty() ? "" : pack + ".") + outer + own;
    try {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      return Class.forName(name, true, context == null ? ProtobufFormat.class.getClassLoader() : context);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("derive.type=true, but there is no class of the message, class=" + name + "; set specific.protobuf.value.type", e);
    }
  }

  private Descriptor message(Payload payload, Registered schema, RegistryClient registry) {
    List<Descriptor> messages = file(schema.schema(), registry).getMessageTypes();
    Descriptor message = null;
    for (int index : payload.indexes()) {
      if (index < 0 || index >= messages.size()) {
        throw new IllegalStateException("the schema has no message of this index, topic=" + payload.topic() + " id=" + schema.id() + " index=" + index);
      }
      message = messages.get(index);
      messages = message.getNestedTypes();
    }
    return java.util.Objects.requireNonNull(message);
  }

  private FileDescriptor file(SchemaText text, RegistryClient registry) {
    FileDescriptor known = read.get(text);
    if (known == null) {
      Map<String, FileDescriptor> files = new HashMap<>();
      References.inOrder(text, registry, SERIALIZED).forEach((name, reference) -> files.put(name, linked(name, reference, files)));
      known = linked("schema.proto", text, files);
      read.put(text, known);
    }
    return known;
  }

  private static FileDescriptor linked(String name, SchemaText text, Map<String, FileDescriptor> files) {
    try {
      FileDescriptorProto proto = FileDescriptorProto.parseFrom(Base64.getDecoder().decode(text.text())).toBuilder().setName(name).build();
      List<FileDescriptor> imports = new ArrayList<>();
      for (String path : proto.getDependencyList()) {
        FileDescriptor imported = files.containsKey(path) ? files.get(path) : OwnFiles.of(path);
        if (imported == null) {
          throw new IllegalStateException("a file that the schema imports is not among its references, import=" + path);
        }
        imports.add(imported);
      }
      return FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
    } catch (InvalidProtocolBufferException | DescriptorValidationException | IllegalArgumentException e) {
      throw new IllegalStateException("the registry's schema is no compiled protobuf file, file=" + name + " reason=" + e.getMessage(), e);
    }
  }
}
