package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.millrace.registry.schema.rules.Findings;
import java.util.Locale;

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

  private final Findings<ProtoPair> findings;
  private final FieldDescriptor reader;
  private final FieldDescriptor writer;
  private final String path;

  private ProtoFields(
      Findings<ProtoPair> findings, FieldDescriptor reader, FieldDescriptor writer, String path) {
    this.findings = findings;
    this.reader = reader;
    this.writer = writer;
    this.path = path;
  }

  static void compare(
      Findings<ProtoPair> findings, FieldDescriptor reader, FieldDescriptor writer, String path) {
    new ProtoFields(findings, reader, writer, path).compare();
  }

  private void compare() {
    Family read = family(reader);
    Family written = family(writer);
    if (composite(read) != composite(written) || (composite(read) && read != written)) {
      changed("FIELD_KIND_CHANGED", "which has other bytes");
    } else if (read != written) {
      changed("FIELD_SCALAR_KIND_CHANGED", "which has other bytes");
    } else if (read == Family.MAP) {
      entries(1);
      entries(2);
    } else if (composite(read)) {
      messages();
    } else if (read != Family.STRING_OR_BYTES && reader.isRepeated() != writer.isRepeated()) {
      changed("FIELD_NUMERIC_LABEL_CHANGED", "and repeated numbers are packed");
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

  private void changed(String rule, String why) {
    findings.difference(
        rule,
        path,
        "the field '"
            + reader.getName()
            + "' changes from "
            + shown(writer)
            + " to "
            + shown(reader)
            + ", "
            + why
            + "; add a field with a new number instead");
  }

  /** Keys of maps have the number 1 in their entries, values 2. */
  private void entries(int number) {
    compare(
        findings,
        reader.getMessageType().findFieldByNumber(number),
        writer.getMessageType().findFieldByNumber(number),
        path);
  }

  private void messages() {
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
          default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
  }
}
