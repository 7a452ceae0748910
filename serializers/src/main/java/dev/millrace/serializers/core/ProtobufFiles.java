package dev.millrace.serializers.core;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Compiled files from the registry become descriptors, with what they import. Any thread. */
final class ProtobufFiles {
  static final String SERIALIZED = "serialized";
  private static final int CACHED_MAX = 1000;

  private final Map<SchemaText, FileDescriptor> read = new ConcurrentHashMap<>();

  FileDescriptor file(SchemaText text, RegistryClient registry) {
    FileDescriptor known = read.get(text);
    if (known == null) {
      Map<String, FileDescriptor> files = new HashMap<>();
      References.inOrder(text, registry, SERIALIZED)
          .forEach((name, reference) -> files.put(name, linked(name, reference, files)));
      known = linked("schema.proto", text, files);
      if (read.size() >= CACHED_MAX) {
        read.clear();
      }
      read.put(text, known);
    }
    return known;
  }

  private static FileDescriptor linked(
      String name, SchemaText text, Map<String, FileDescriptor> files) {
    try {
      FileDescriptorProto proto =
          FileDescriptorProto.parseFrom(Base64.getDecoder().decode(text.text())).toBuilder()
              .setName(name)
              .build();
      List<FileDescriptor> imports = new ArrayList<>();
      for (String path : proto.getDependencyList()) {
        FileDescriptor imported = files.containsKey(path) ? files.get(path) : OwnFiles.of(path);
        if (imported == null) {
          throw new IllegalStateException(
              "a file that the schema imports is not among its references, import=" + path);
        }
        imports.add(imported);
      }
      return FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
    } catch (InvalidProtocolBufferException
        | DescriptorValidationException
        | IllegalArgumentException e) {
      throw new IllegalStateException(
          "the registry's schema is no compiled protobuf file, file="
              + name
              + " reason="
              + e.getMessage(),
          e);
    }
  }

  /** The message of a path of indexes; null when there is none. */
  static @Nullable Descriptor message(FileDescriptor file, List<Integer> indexes) {
    List<Descriptor> messages = file.getMessageTypes();
    Descriptor message = null;
    for (int index : indexes) {
      if (index < 0 || index >= messages.size()) {
        return null;
      }
      message = messages.get(index);
      messages = inside(message);
    }
    return message;
  }

  /**
   * The messages that are written within another one. Entries of maps are none: where a compiler
   * puts them is its own affair, so they do not count for indexes.
   */
  private static List<Descriptor> inside(Descriptor message) {
    return message.getNestedTypes().stream()
        .filter(inner -> !inner.getOptions().getMapEntry())
        .toList();
  }

  /** The message of the same full name; null when there is none. */
  static @Nullable Descriptor alike(FileDescriptor file, Descriptor message) {
    Descriptor outer = message.getContainingType();
    if (outer == null) {
      for (Descriptor candidate : file.getMessageTypes()) {
        if (candidate.getFullName().equals(message.getFullName())) {
          return candidate;
        }
      }
      return null;
    }
    Descriptor found = alike(file, outer);
    return found == null ? null : found.findNestedTypeByName(message.getName());
  }

  /** Where a message stands within its file. */
  static List<Integer> indexes(Descriptor message) {
    ArrayDeque<Integer> indexes = new ArrayDeque<>();
    for (Descriptor at = message; at != null; at = at.getContainingType()) {
      Descriptor outer = at.getContainingType();
      indexes.addFirst(outer == null ? at.getIndex() : inside(outer).indexOf(at));
    }
    return List.copyOf(indexes);
  }
}
