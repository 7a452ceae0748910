package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a type is called inside a file: without the file's package where that means the same type,
 * otherwise by its whole name, with a dot before it where a nested name could be meant.
 */
final class TypeNames {
  private final String prefix;
  private final boolean whole;
  private final Set<String> nested = new HashSet<>();
  private final List<String> packageParts;

  TypeNames(FileDescriptorProto file, boolean whole) {
    this.prefix = file.hasPackage() ? "." + file.getPackage() + "." : ".";
    this.whole = whole;
    this.packageParts =
        file.hasPackage() ? Arrays.asList(file.getPackage().split("\\.")) : List.of();
    file.getMessageTypeList().forEach(this::collect);
  }

  private void collect(DescriptorProto message) {
    for (DescriptorProto inner : message.getNestedTypeList()) {
      nested.add(inner.getName());
      collect(inner);
    }
    for (EnumDescriptorProto inner : message.getEnumTypeList()) {
      nested.add(inner.getName());
    }
  }

  String type(FieldDescriptorProto field) {
    return switch (field.getType()) {
      case TYPE_MESSAGE, TYPE_ENUM, TYPE_GROUP -> shortened(field.getTypeName());
      default -> field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
    };
  }

  /** The name for a type of this whole name, which starts with a dot. */
  String shortened(String name) {
    if (whole) {
      return name;
    }
    if (name.startsWith(prefix)) {
      String inside = name.substring(prefix.length());
      return clear(first(inside)) ? inside : name;
    }
    String first = first(name.substring(1));
    boolean hidden = packageParts.lastIndexOf(first) > 0 || !clear(first);
    return hidden ? name : name.substring(1);
  }

  private boolean clear(String first) {
    return !nested.contains(first);
  }

  private static String first(String path) {
    int dot = path.indexOf('.');
    return dot < 0 ? path : path.substring(0, dot);
  }

  /** The name in JSON that a field has when none is said. */
  static String jsonName(String name) {
    StringBuilder json = new StringBuilder();
    boolean capital = false;
    for (char letter : name.toCharArray()) {
      if (letter == '_') {
        capital = true;
      } else {
        json.append(capital ? Character.toUpperCase(letter) : letter);
        capital = false;
      }
    }
    return json.toString();
  }
}
