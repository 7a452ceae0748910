package dev.millrace.wiregen;

import java.util.Locale;

/** The type of a field: a primitive of the protocol, a struct, or an array of either. */
sealed interface FieldType {
  static FieldType parse(String text) {
    if (text.startsWith("[]")) {
      return new Array(parse(text.substring(2)));
    }
    for (Primitive primitive : Primitive.values()) {
      if (primitive.name().toLowerCase(Locale.ROOT).equals(text)) {
        return primitive;
      }
    }
    return new Struct(text);
  }

  /** The Java type of a value. */
  String java();

  /** The Java type inside a generic. */
  default String boxed() {
    return java();
  }

  enum Primitive implements FieldType {
    BOOL("boolean", "Boolean", 1),
    INT8("byte", "Byte", 1),
    INT16("short", "Short", 2),
    UINT16("int", "Integer", 2),
    INT32("int", "Integer", 4),
    UINT32("long", "Long", 4),
    INT64("long", "Long", 8),
    FLOAT64("double", "Double", 8),
    UUID("Uuid", "Uuid", 16),
    STRING("String", "String", 0),
    BYTES("Bytes", "Bytes", 0),
    RECORDS("RecordBytes", "RecordBytes", 0);

    private final String java;
    private final String boxed;
    private final int width;

    Primitive(String java, String boxed, int width) {
      this.java = java;
      this.boxed = boxed;
      this.width = width;
    }

    @Override
    public String java() {
      return java;
    }

    @Override
    public String boxed() {
      return boxed;
    }

    /** Bytes on the wire, or zero when the length varies. */
    int width() {
      return width;
    }

    boolean isUnsigned() {
      return this == UINT16 || this == UINT32;
    }

    boolean isFixed() {
      return width > 0;
    }

    /** Name of the reader's and writer's method. */
    String method() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Name of the type within names of methods: {@code sizeOfString}. */
    String title() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  record Struct(String name) implements FieldType {
    @Override
    public String java() {
      return name;
    }
  }

  record Array(FieldType element) implements FieldType {
    @Override
    public String java() {
      return "List<" + element.boxed() + ">";
    }
  }
}
