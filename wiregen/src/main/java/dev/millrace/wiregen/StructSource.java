package dev.millrace.wiregen;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes one struct as a record with its reading, measuring, writing and building. */
final class StructSource {
  private final Source out;
  private final Struct struct;
  private final Codec codec;
  private final List<Field> tagged;
  private final Set<String> recordHolders;

  /**
   * @param recordHolders names of the structs that hold record bytes, themselves or in structs
   *     inside
   */
  StructSource(Source out, Struct struct, Codec codec, Set<String> recordHolders) {
    this.out = out;
    this.struct = struct;
    this.codec = codec;
    this.recordHolders = recordHolders;
    this.tagged = struct.fields().stream().filter(Field::isTagged).toList();
  }

  /** Opens the record and writes all that a struct has; the caller closes the brace. */
  void write(String implemented) {
    String components =
        struct.fields().stream()
            .map(f -> declared(f) + " " + f.name())
            .collect(Collectors.joining(", "));
    out.line("public record %s(%s)%s {", struct.name(), components, implemented);
    out.line("/** All fields at their defaults. */");
    out.line("public static final %s DEFAULT = builder().build();", struct.name());
    out.line("");
    read();
    bytesMin();
    size();
    if (recordHolders.contains(struct.name())) {
      externalBytes();
    }
    writeBody();
    builder();
  }

  private static String declared(Field field) {
    String java = field.type().java();
    return field.isNullable() && !field.isPrimitive() ? "@Nullable " + java : java;
  }

  private void read() {
    out.line("public static %s read(WireReader in, short version) {", struct.name());
    for (Field field : struct.fields()) {
      out.line("%s %s = %s;", declared(field), field.name(), field.fallbackExpression());
    }
    for (Field field : struct.fields()) {
      guarded(codec.presence(field), () -> codec.read(out, field, false));
    }
    guarded(codec.flexibleCondition(), this::readTagged);
    out.line(
        "return new %s(%s);",
        struct.name(), struct.fields().stream().map(Field::name).collect(Collectors.joining(", ")));
    out.line("}");
    out.line("");
  }

  private void readTagged() {
    if (tagged.isEmpty()) {
      out.line("in.skipTagged();");
      return;
    }
    out.line("int taggedFields = in.taggedFields();");
    out.line("for (int f = 0; f < taggedFields; f++) {");
    out.line("int tag = in.unsignedVarint();");
    out.line("int bytes = in.unsignedVarint();");
    for (Field field : tagged) {
      String presence = codec.taggedPresence(field);
      out.line("if (tag == %d%s) {", field.tag(), presence.equals("true") ? "" : " && " + presence);
      out.line("int end = in.beginTagged(bytes);");
      codec.read(out, field, true);
      out.line("in.endTagged(tag, end);");
      out.line("continue;");
      out.line("}");
    }
    out.line("in.skip(bytes);");
    out.line("}");
  }

  private void bytesMin() {
    out.line("/** Fewest bytes that this struct can take. */");
    out.line("static int bytesMin(short version) {");
    out.line("int bytes = 0;");
    for (Field field : struct.fields()) {
      guarded(codec.presence(field), () -> out.line("bytes += %s;", codec.bytesMin(field)));
    }
    guarded(codec.flexibleCondition(), () -> out.line("bytes += 1;"));
    out.line("return Math.max(bytes, 1);");
    out.line("}");
    out.line("");
  }

  private void size() {
    out.line("public int size(short version) {");
    out.line("int bytes = 0;");
    for (Field field : struct.fields()) {
      String presence = codec.presence(field);
      if (!presence.equals("false")) {
        guarded(
            presence,
            () -> {
              codec.refuseNull(out, field);
              codec.size(out, field, "bytes", false);
            });
      }
      refuseUnsupported(field, presence);
    }
    guarded(codec.flexibleCondition(), this::sizeTagged);
    out.line("return bytes;");
    out.line("}");
    out.line("");
  }

  private void refuseUnsupported(Field field, String presence) {
    if (field.ignorable() || presence.equals("true")) {
      return;
    }
    String there = presence;
    if (field.isTagged()) {
      String taggedPresence = codec.taggedPresence(field);
      there =
          presence.equals("false")
              ? taggedPresence
              : "(" + presence + ") || (" + taggedPresence + ")";
    }
    if (there.equals("true")) {
      return;
    }
    out.line("if (!(%s)) {", there);
    out.line(
        "WireWriter.refuseUnsupported(%s, \"%s\", version);",
        field.isFallback(field.name()), field.name());
    out.line("}");
  }

  private void sizeTagged() {
    if (tagged.isEmpty()) {
      out.line("bytes += 1;");
      return;
    }
    out.line("int taggedFields = 0;");
    for (Field field : tagged) {
      whenTagged(
          field,
          () -> {
            codec.refuseNull(out, field);
            out.line("int %sBytes = 0;", field.name());
            codec.size(out, field, field.name() + "Bytes", true);
            out.line("bytes += WireWriter.sizeOfTagged(%d, %sBytes);", field.tag(), field.name());
            out.line("taggedFields++;");
          });
    }
    out.line("bytes += Varint.sizeOfUnsigned(taggedFields);");
  }

  private void externalBytes() {
    out.line("/** How many of the bytes are record bytes that stay where they lie. */");
    out.line("public int externalBytes() {");
    out.line("int bytes = 0;");
    for (Field field : struct.fields()) {
      if (field.type() == FieldType.Primitive.RECORDS) {
        out.line("bytes += WireWriter.externalBytes(%s);", field.name());
      } else if (field.type() instanceof FieldType.Array(FieldType.Struct element)
          && recordHolders.contains(element.name())) {
        out.line("for (%s element : %s) {", element.name(), field.name());
        out.line("bytes += element.externalBytes();");
        out.line("}");
      }
    }
    out.line("return bytes;");
    out.line("}");
    out.line("");
  }

  private void writeBody() {
    out.line("public void write(WireWriter out, short version) {");
    for (Field field : struct.fields()) {
      guarded(codec.presence(field), () -> codec.write(out, field, false));
    }
    guarded(codec.flexibleCondition(), this::writeTagged);
    out.line("}");
    out.line("");
  }

  private void writeTagged() {
    if (tagged.isEmpty()) {
      out.line("out.unsignedVarint(0);");
      return;
    }
    out.line("int taggedFields = 0;");
    for (Field field : tagged) {
      whenTagged(field, () -> out.line("taggedFields++;"));
    }
    out.line("out.unsignedVarint(taggedFields);");
    tagged.stream()
        .sorted(Comparator.comparingInt(Field::tag))
        .forEach(field ->
            whenTagged(
                field,
                () -> {
                  out.line("int %sBytes = 0;", field.name());
                  codec.size(out, field, field.name() + "Bytes", true);
                  out.line("out.unsignedVarint(%d);", field.tag());
                  out.line("out.unsignedVarint(%sBytes);", field.name());
                  codec.write(out, field, true);
                }));
  }

  private void whenTagged(Field field, Runnable body) {
    String presence = codec.taggedPresence(field);
    String filled = "!(" + field.isFallback(field.name()) + ")";
    out.line("if (%s) {", presence.equals("true") ? filled : presence + " && " + filled);
    body.run();
    out.line("}");
  }

  private void guarded(String condition, Runnable body) {
    if (condition.equals("false")) {
      return;
    }
    if (condition.equals("true")) {
      body.run();
      return;
    }
    out.line("if (%s) {", condition);
    body.run();
    out.line("}");
  }

  private void builder() {
    out.line("public static Builder builder() {");
    out.line("return new Builder();");
    out.line("}");
    out.line("");
    out.line("/** A builder that starts with the fields of this one. */");
    out.line("public Builder toBuilder() {");
    out.line("Builder builder = new Builder();");
    for (Field field : struct.fields()) {
      out.line("builder.%s = %s;", field.name(), field.name());
    }
    out.line("return builder;");
    out.line("}");
    out.line("");
    out.line(
        "/** Fields start at the specification's defaults; lists are taken over, not copied. */");
    out.line("public static final class Builder {");
    for (Field field : struct.fields()) {
      out.line("private %s %s = %s;", declared(field), field.name(), field.fallbackExpression());
    }
    out.line("");
    out.line("private Builder() {}");
    for (Field field : struct.fields()) {
      setter(field);
    }
    out.line("");
    out.line("public %s build() {", struct.name());
    out.line(
        "return new %s(%s);",
        struct.name(), struct.fields().stream().map(Field::name).collect(Collectors.joining(", ")));
    out.line("}");
    out.line("}");
  }

  private void setter(Field field) {
    out.line("");
    out.line("public Builder %s(%s value) {", field.name(), declared(field));
    out.line("this.%s = value;", field.name());
    out.line("return this;");
    out.line("}");
    if (field.type() == FieldType.Primitive.INT16
        && field.name().toLowerCase(java.util.Locale.ROOT).endsWith("errorcode")) {
      out.line("");
      out.line("public Builder %s(ErrorCode value) {", field.name());
      out.line("this.%s = value.code();", field.name());
      out.line("return this;");
      out.line("}");
    }
  }
}
