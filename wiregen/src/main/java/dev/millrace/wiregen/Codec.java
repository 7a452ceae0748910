package dev.millrace.wiregen;

import dev.millrace.wiregen.FieldType.Array;
import dev.millrace.wiregen.FieldType.Primitive;
import dev.millrace.wiregen.FieldType.Struct;

/** The Java expressions that read, write and measure one field of a message. */
final class Codec {
  private final Versions valid;
  private final Versions flexible;

  Codec(Specification specification) {
    this.valid = specification.valid();
    this.flexible = specification.flexible();
  }

  /** The condition under which the message is flexible. */
  String flexibleCondition() {
    return flexible.condition(valid);
  }

  /** The condition under which the untagged field is there. */
  String presence(Field field) {
    Versions here = field.versions();
    if (field.isTagged()) {
      if (field.versions().and(valid).equals(field.tagged().and(valid))) {
        return "false";
      }
      here = new Versions(here.lowest(), field.tagged().lowest() - 1);
    }
    return here.condition(valid);
  }

  String taggedPresence(Field field) {
    return field.tagged().condition(valid);
  }

  /** Statements that read the field into the local variable of its name. */
  void read(Source out, Field field, boolean tagged) {
    switch (field.type()) {
      case Primitive primitive ->
          out.line("%s = %s;", field.name(), readPrimitive(field, primitive, tagged));
      case Struct struct -> readStruct(out, field, struct, tagged);
      case Array array -> readArray(out, field, array, tagged);
    }
  }

  private String readPrimitive(Field field, Primitive primitive, boolean tagged) {
    if (primitive.isFixed()) {
      return "in." + primitive.method() + "()";
    }
    String compact = "in." + primitive.method() + "Compact()";
    String classic = "in." + primitive.method() + "()";
    return notNull(field, choose(field, tagged, compact, classic));
  }

  private String notNull(Field field, String value) {
    String nullable = nullableCondition(field);
    if (nullable.equals("true")) {
      return value;
    }
    String checked = "WireReader.notNull(" + value + ", \"" + field.name() + "\")";
    return nullable.equals("false") ? checked : "(" + nullable + ") ? " + value + " : " + checked;
  }

  private String nullableCondition(Field field) {
    return field.nullable().condition(valid);
  }

  private void readStruct(Source out, Field field, Struct struct, boolean tagged) {
    String read = struct.name() + ".read(in, version)";
    String nullable = nullableCondition(field);
    if (nullable.equals("false")) {
      out.line("%s = %s;", field.name(), read);
    } else if (nullable.equals("true")) {
      out.line("%s = %s ? null : %s;", field.name(), isNull(tagged), read);
    } else {
      out.line("%s = (%s) && %s ? null : %s;", field.name(), nullable, isNull(tagged), read);
    }
  }

  /** The mark of a struct that is null: -1 as a rule, 0 in a tagged field; 1 when it is there. */
  private static String isNull(boolean tagged) {
    return tagged ? "in.unsignedVarint() == 0" : "in.int8() < 0";
  }

  private void readArray(Source out, Field field, Array array, boolean tagged) {
    String least = elementBytesMin(field, array.element(), tagged);
    String count =
        choose(field, tagged, "in.countCompact(" + least + ")", "in.count(" + least + ")");
    out.line("int %sCount = %s;", field.name(), count);
    out.line("if (%sCount == WireReader.NULL) {", field.name());
    String nullable = nullableCondition(field);
    if (nullable.equals("true")) {
      out.line("%s = null;", field.name());
    } else if (nullable.equals("false")) {
      out.line("throw new WireException(\"array must not be null, field=%s\");", field.name());
    } else {
      out.line("if (!(%s)) {", nullable);
      out.line("throw new WireException(\"array must not be null, field=%s\");", field.name());
      out.line("}");
      out.line("%s = null;", field.name());
    }
    out.line("} else if (%sCount > 0) {", field.name());
    out.line("%s %sElements = new ArrayList<>(%sCount);", array.java(), field.name(), field.name());
    out.line("for (int i = 0; i < %sCount; i++) {", field.name());
    out.line("%sElements.add(%s);", field.name(), readElement(field, array.element(), tagged));
    out.line("}");
    out.line("%s = Collections.unmodifiableList(%sElements);", field.name(), field.name());
    out.line("} else {");
    out.line("%s = List.of();", field.name());
    out.line("}");
  }

  private String readElement(Field field, FieldType element, boolean tagged) {
    return switch (element) {
      case Primitive primitive when primitive.isFixed() -> "in." + primitive.method() + "()";
      case Primitive primitive ->
          "WireReader.notNull("
              + choose(
                  field,
                  tagged,
                  "in." + primitive.method() + "Compact()",
                  "in." + primitive.method() + "()")
              + ", \""
              + field.name()
              + "\")";
      case Struct struct -> struct.name() + ".read(in, version)";
      case Array _ -> throw new IllegalArgumentException("array of arrays, field=" + field.name());
    };
  }

  private String elementBytesMin(Field field, FieldType element, boolean tagged) {
    return switch (element) {
      case Primitive primitive when primitive.isFixed() -> Integer.toString(primitive.width());
      case Primitive primitive ->
          choose(field, tagged, "1", primitive == Primitive.STRING ? "2" : "4");
      case Struct struct -> struct.name() + ".bytesMin(version)";
      case Array _ -> throw new IllegalArgumentException("array of arrays, field=" + field.name());
    };
  }

  /** The fewest bytes that the untagged field takes where it is there. */
  String bytesMin(Field field) {
    return switch (field.type()) {
      case Primitive primitive when primitive.isFixed() -> Integer.toString(primitive.width());
      case Primitive primitive ->
          choose(field, false, "1", primitive == Primitive.STRING ? "2" : "4");
      case Struct struct -> field.isNullable() ? "1" : struct.name() + ".bytesMin(version)";
      case Array _ -> choose(field, false, "1", "4");
    };
  }

  /** Statements that add the field's bytes to the variable {@code sum}. */
  void size(Source out, Field field, String sum, boolean tagged) {
    switch (field.type()) {
      case Primitive primitive -> {
        if (primitive.isFixed() && !primitive.isUnsigned()) {
          out.line("%s += %d;", sum, primitive.width());
        } else {
          out.line("%s += %s;", sum, sizeOf(field, primitive, field.name(), tagged));
        }
      }
      case Struct struct -> {
        if (field.isNullable()) {
          out.line("%s += %s == null ? 1 : 1 + %s.size(version);", sum, field.name(), field.name());
          refusePartlyNullable(field);
        } else {
          out.line("%s += %s.size(version);", sum, field.name());
        }
      }
      case Array array -> sizeArray(out, field, array, sum, tagged);
    }
  }

  private void refusePartlyNullable(Field field) {
    if (!nullableCondition(field).equals("true")
        && !field.versions().and(valid).equals(field.nullable().and(valid))) {
      throw new IllegalArgumentException(
          "struct is nullable in some versions only, field=" + field.name());
    }
  }

  private String sizeOf(Field field, Primitive primitive, String value, boolean tagged) {
    String method = "WireWriter.sizeOf" + primitive.title();
    return primitive.isFixed()
        ? method + "(" + value + ")"
        : choose(field, tagged, method + "Compact(" + value + ")", method + "(" + value + ")");
  }

  private void sizeArray(Source out, Field field, Array array, String sum, boolean tagged) {
    String name = field.name();
    String count =
        field.isNullable() ? "(" + name + " == null ? -1 : " + name + ".size())" : name + ".size()";
    out.line(
        "%s += %s;", sum, choose(field, tagged, "Varint.sizeOfUnsigned(" + count + " + 1)", "4"));
    if (field.isNullable()) {
      out.line("if (%s != null) {", name);
    }
    if (array.element() instanceof Primitive primitive
        && primitive.isFixed()
        && !primitive.isUnsigned()) {
      out.line("%s += %s.size() * %d;", sum, name, primitive.width());
    } else {
      out.line("for (%s element : %s) {", array.element().java(), name);
      out.line(
          "%s += %s;",
          sum,
          array.element() instanceof Primitive primitive
              ? sizeOf(field, primitive, "element", tagged)
              : "element.size(version)");
      out.line("}");
    }
    if (field.isNullable()) {
      out.line("}");
    }
  }

  /** Statements that write the field. */
  void write(Source out, Field field, boolean tagged) {
    String name = field.name();
    switch (field.type()) {
      case Primitive primitive -> writePrimitive(out, field, primitive, name, tagged);
      case Struct _ -> {
        if (field.isNullable()) {
          out.line("out.int8((byte) (%s == null ? %d : 1));", name, tagged ? 0 : -1);
          out.line("if (%s != null) {", name);
          out.line("%s.write(out, version);", name);
          out.line("}");
        } else {
          out.line("%s.write(out, version);", name);
        }
      }
      case Array array -> writeArray(out, field, array, tagged);
    }
  }

  private void writePrimitive(
      Source out, Field field, Primitive primitive, String value, boolean tagged) {
    if (primitive.isFixed()) {
      out.line("out.%s(%s);", primitive.method(), value);
      return;
    }
    switch (compactness(field, tagged)) {
      case "true" -> out.line("out.%sCompact(%s);", primitive.method(), value);
      case "false" -> out.line("out.%s(%s);", primitive.method(), value);
      default -> {
        out.line("if (%s) {", compactness(field, tagged));
        out.line("out.%sCompact(%s);", primitive.method(), value);
        out.line("} else {");
        out.line("out.%s(%s);", primitive.method(), value);
        out.line("}");
      }
    }
  }

  private void writeArray(Source out, Field field, Array array, boolean tagged) {
    String name = field.name();
    String count =
        field.isNullable() ? name + " == null ? -1 : " + name + ".size()" : name + ".size()";
    switch (compactness(field, tagged)) {
      case "true" -> out.line("out.countCompact(%s);", count);
      case "false" -> out.line("out.count(%s);", count);
      default -> {
        out.line("if (%s) {", compactness(field, tagged));
        out.line("out.countCompact(%s);", count);
        out.line("} else {");
        out.line("out.count(%s);", count);
        out.line("}");
      }
    }
    if (field.isNullable()) {
      out.line("if (%s != null) {", name);
    }
    out.line("for (%s element : %s) {", array.element().java(), name);
    if (array.element() instanceof Primitive primitive) {
      writePrimitive(out, field, primitive, "element", tagged);
    } else {
      out.line("element.write(out, version);");
    }
    out.line("}");
    if (field.isNullable()) {
      out.line("}");
    }
  }

  /** A statement that refuses null in versions that do not have it, or nothing. */
  void refuseNull(Source out, Field field) {
    String nullable = nullableCondition(field);
    if (field.isPrimitive() || !field.isNullable() || nullable.equals("true")) {
      return;
    }
    String never = nullable.equals("false") ? "" : " && !(" + nullable + ")";
    out.line("if (%s == null%s) {", field.name(), never);
    out.line(
        "throw new WireException(\"field must not be null, field=%s version=\" + version);",
        field.name());
    out.line("}");
  }

  private String compactness(Field field, boolean tagged) {
    if (tagged) {
      return "true";
    }
    Versions own = field.flexible();
    return (own == null ? flexible : own).condition(valid);
  }

  private String choose(Field field, boolean tagged, String compact, String classic) {
    String condition = compactness(field, tagged);
    return switch (condition) {
      case "true" -> compact;
      case "false" -> classic;
      default ->
          compact.equals(classic)
              ? classic
              : "(" + condition + " ? " + compact + " : " + classic + ")";
    };
  }
}
