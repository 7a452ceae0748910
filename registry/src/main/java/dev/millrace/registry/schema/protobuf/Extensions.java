package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The options that a file and what it imports define, so that they can be read from a compiled
 * file.
 */
final class Extensions {
  private Extensions() {}

  static ExtensionRegistry of(FileDescriptor root) {
    ExtensionRegistry registry = ExtensionRegistry.newInstance();
    Set<FileDescriptor> seen = new HashSet<>();
    ArrayDeque<FileDescriptor> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      FileDescriptor file = open.remove();
      if (seen.add(file)) {
        open.addAll(file.getDependencies());
        file.getExtensions().forEach(extension -> add(registry, extension));
        file.getMessageTypes().forEach(message -> addWithin(registry, message));
      }
    }
    return registry;
  }

  private static void addWithin(ExtensionRegistry registry, Descriptor message) {
    message.getExtensions().forEach(extension -> add(registry, extension));
    message.getNestedTypes().forEach(nested -> addWithin(registry, nested));
  }

  private static void add(ExtensionRegistry registry, FieldDescriptor extension) {
    if (extension.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      registry.add(extension, DynamicMessage.getDefaultInstance(extension.getMessageType()));
    } else {
      registry.add(extension);
    }
  }
}
