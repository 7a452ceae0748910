package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.millrace.registry.schema.rules.Findings;

/**
 * Whether a field reads what another of its number wrote. Types of one family share their bytes:
 * whole numbers, bool and enums; zig-zag numbers; strings and bytes; fixed numbers of one width.
 */
final class ProtoFields {
  /** Types whose bytes can be read as each other. */
  private enum Family {
    GENERAL_NUMBER,
    SIGNED_NUMBER,
    FIXED32,
    FIXED64,
    FLOAT,
    DOUBLE,
    STRING_OR_BYTES,
    MESSAGE,
    GROUP,
    MAP
  }

  private ProtoFields() {}

  static void compare(
      Findings<ProtoPair> findings, FieldDescriptor reader, FieldDescriptor writer, String path) {
    Family read = family(reader);
    Family written = family(writer);
    String change =
        "the field '"
            + reader.getName()
            + "' changes from "
            + shown(writer)
            + " to "
            + shown(reader);
    if (composite(read) != composite(written) || composite(read) && read != written) {
      findings.difference(
          "FIELD_KIND_CHANGED",
          path,
          change + ", which has other bytes; add a field with a new number instead");
    } else if (read != written) {
      findings.difference(
          "FIELD_SCALAR_KIND_CHANGED",
          path,
          change + ", which has other bytes; add a field with a new number instead");
    } else if (read == Family.MAP) {
      compare(
          findings,
          reader.getMessageType().findFieldByNumber(1),
          writer.getMessageType().findFieldByNumber(1),
          path);
      compare(
          findings,
          reader.getMessageType().findFieldByNumber(2),
          writer.getMessageType().findFieldByNumber(2),
          path);
    } else if (composite(read)) {
      messages(findings, reader, writer, path);
    } else if (read != Family.STRING_OR_BYTES && reader.isRepeated() != writer.isRepeated()) {
      findings.difference(
          "FIELD_NUMERIC_LABEL_CHANGED",
          path,
          change + ", and repeated numbers are packed; add a field with a new number instead");
    }
    if (reader.isRequired() && !writer.isRequired()) {
      findings.difference(
          "REQUIRED_FIELD_ADDED",
          path,
          "the field '"
              + reader.getName()
              + "' becomes required, and what was written may lack it; keep it optional");
    }
  }

  private static void messages(
      Findings<ProtoPair> findings, FieldDescriptor reader, FieldDescriptor writer, String path) {
    Descriptor read = reader.getMessageType();
    Descriptor written = writer.getMessageType();
    if (!local(read).equals(local(written))) {
      findings.difference(
          "FIELD_NAMED_TYPE_CHANGED",
          path,
          "the field '"
              + reader.getName()
              + "' changes from message "
              + written.getFullName()
              + " to "
              + read.getFullName()
              + "; add a field with a new number instead");
    } else {
      findings.need(path, new ProtoPair.Messages(read, written));
    }
  }

  /** The name without the package. */
  private static String local(Descriptor message) {
    String prefix = message.getFile().getPackage();
    return prefix.isEmpty()
        ? message.getFullName()
        : message.getFullName().substring(prefix.length() + 1);
  }

  private static boolean composite(Family family) {
    return family.compareTo(Family.MESSAGE) >= 0;
  }

  private static Family family(FieldDescriptor field) {
    return switch (field.getType()) {
      case INT32, INT64, UINT32, UINT64, BOOL, ENUM -> Family.GENERAL_NUMBER;
      case SINT32, SINT64 -> Family.SIGNED_NUMBER;
      case FIXED32, SFIXED32 -> Family.FIXED32;
      case FIXED64, SFIXED64 -> Family.FIXED64;
      case FLOAT -> Family.FLOAT;
      case DOUBLE -> Family.DOUBLE;
      case STRING, BYTES -> Family.STRING_OR_BYTES;
      case GROUP -> Family.GROUP;
      case MESSAGE -> field.isMapField() ? Family.MAP : Family.MESSAGE;
    };
  }

  private static String shown(FieldDescriptor field) {
    String label =
        field.isMapField()
            ? ""
            : field.isRepeated() ? "repeated " : field.isRequired() ? "required " : "";
    return label
        + switch (field.getType()) {
          case ENUM -> "enum " + field.getEnumType().getName();
          case MESSAGE, GROUP ->
              field.isMapField() ? "a map" : "message " + field.getMessageType().getName();
          default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
  }
}
