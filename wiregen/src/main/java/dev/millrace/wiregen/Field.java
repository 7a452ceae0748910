package dev.millrace.wiregen;

import org.jspecify.annotations.Nullable;

/**
 * A field of a struct.
 *
 * @param name as a Java identifier
 * @param versions those that have the field
 * @param nullable those in which it may be null
 * @param tagged those in which it is a tagged field
 * @param flexible those in which its length is compact, or null to follow the message
 * @param fallback the specification's default, or null when it has none
 */
record Field(
    String name,
    FieldType type,
    Versions versions,
    Versions nullable,
    Versions tagged,
    int tag,
    @Nullable Versions flexible,
    boolean ignorable,
    @Nullable String fallback) {

  boolean isPrimitive() {
    return type instanceof FieldType.Primitive primitive
        && primitive.isFixed()
        && primitive != FieldType.Primitive.UUID;
  }

  boolean isNullable() {
    return !nullable.isEmpty() || (!isPrimitive() && fallbackIsNull());
  }

  boolean isTagged() {
    return !tagged.isEmpty();
  }

  boolean fallbackIsNull() {
    return "null".equals(fallback);
  }

  /** The Java expression of the default. */
  String fallbackExpression() {
    return switch (type) {
      case FieldType.Primitive primitive -> primitiveFallback(primitive);
      case FieldType.Array _ -> fallbackIsNull() ? "null" : "List.of()";
      case FieldType.Struct struct -> fallbackIsNull() ? "null" : struct.name() + ".DEFAULT";
    };
  }

  /**
   * The Java condition that the value of {@code expression} is the default. Structs that nobody set
   * are the default itself: that spares comparing their fields.
   */
  String isFallback(String expression) {
    String fallbackValue = fallbackExpression();
    if (isPrimitive()) {
      return expression + " == " + fallbackValue;
    }
    if (fallbackValue.equals("null")) {
      return expression + " == null";
    }
    String equal =
        type instanceof FieldType.Array
            ? expression + ".isEmpty()"
            : isDefault(fallbackValue, expression);
    return type instanceof FieldType.Array && isNullable()
        ? "(" + expression + " != null && " + equal + ")"
        : equal;
  }

  private String isDefault(String value, String expression) {
    String equal = value + ".equals(" + expression + ")";
    return type instanceof FieldType.Struct
        ? "(" + value + " == " + expression + " || " + equal + ")"
        : equal;
  }

  private String primitiveFallback(FieldType.Primitive primitive) {
    String text = fallback == null ? "" : fallback;
    String number = text.isEmpty() ? "0" : text;
    return switch (primitive) {
      case BOOL -> text.equals("true") ? "true" : "false";
      case INT8 -> "(byte) " + number;
      case INT16 -> "(short) " + number;
      case INT32, UINT16 -> number;
      case INT64, UINT32 -> number + "L";
      case FLOAT64 -> number + "d";
      case UUID -> "Uuid.ZERO";
      case STRING -> fallbackIsNull() ? "null" : '"' + text + '"';
      case BYTES -> fallbackIsNull() ? "null" : "Bytes.EMPTY";
      case RECORDS -> isNullable() ? "null" : "RecordBytes.EMPTY";
    };
  }
}
