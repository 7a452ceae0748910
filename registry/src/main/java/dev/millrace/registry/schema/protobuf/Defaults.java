package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.TextFormat;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.nio.charset.StandardCharsets;

/** Defaults of fields, from what is written in brackets to what a descriptor holds, and back. */
final class Defaults {
  private Defaults() {}

  static String text(FieldDescriptorProto.Builder field, ProtoOption option, boolean proto3)
      throws InvalidSchemaException {
    if (proto3) {
      throw Tokens.wrong(option.at(), "proto3 has no defaults, field=" + field.getName());
    }
    if (field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED) {
      throw Tokens.wrong(option.at(), "a repeated field has no default, field=" + field.getName());
    }
    byte[] bytes = option.value().getBytes(StandardCharsets.ISO_8859_1);
    return switch (field.getType()) {
      case TYPE_STRING -> new String(bytes, StandardCharsets.UTF_8);
      case TYPE_BYTES -> TextFormat.escapeBytes(bytes);
      default -> whole(option.value());
    };
  }

  /** Descriptors write whole numbers in decimal. */
  private static String whole(String value) {
    String digits = value.startsWith("-") ? value.substring(1) : value;
    String sign = value.startsWith("-") ? "-" : "";
    try {
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        return sign + Long.toUnsignedString(Long.parseUnsignedLong(digits.substring(2), 16));
      }
      if (digits.length() > 1
          && digits.startsWith("0")
          && digits.chars().allMatch(Character::isDigit)) {
        return sign + Long.toUnsignedString(Long.parseUnsignedLong(digits, 8));
      }
    } catch (NumberFormatException e) {
      return value; // the descriptor's own check names the field
    }
    return value;
  }

  /** What stands behind {@code default =}. */
  static String written(FieldDescriptorProto field) {
    return switch (field.getType()) {
      case TYPE_STRING ->
          ProtoOption.quoted(
              new String(
                  field.getDefaultValue().getBytes(StandardCharsets.UTF_8),
                  StandardCharsets.ISO_8859_1));
      case TYPE_BYTES -> "\"" + field.getDefaultValue() + "\"";
      default -> field.getDefaultValue();
    };
  }

  /** The type of a word that stands before a field's name; null for names of messages and enums. */
  static @org.jspecify.annotations.Nullable Type scalar(String word) {
    return switch (word) {
      case "double" -> Type.TYPE_DOUBLE;
      case "float" -> Type.TYPE_FLOAT;
      case "int64" -> Type.TYPE_INT64;
      case "uint64" -> Type.TYPE_UINT64;
      case "int32" -> Type.TYPE_INT32;
      case "fixed64" -> Type.TYPE_FIXED64;
      case "fixed32" -> Type.TYPE_FIXED32;
      case "bool" -> Type.TYPE_BOOL;
      case "string" -> Type.TYPE_STRING;
      case "bytes" -> Type.TYPE_BYTES;
      case "uint32" -> Type.TYPE_UINT32;
      case "sfixed32" -> Type.TYPE_SFIXED32;
      case "sfixed64" -> Type.TYPE_SFIXED64;
      case "sint32" -> Type.TYPE_SINT32;
      case "sint64" -> Type.TYPE_SINT64;
      default -> null;
    };
  }
}
