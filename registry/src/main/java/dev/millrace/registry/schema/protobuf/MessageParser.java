package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Messages of a {@code .proto} text: fields, maps, oneofs, groups, and what is declared inside. */
final class MessageParser {
  private static final int NUMBER_MAX = 536_870_911;

  private final Tokens tokens;
  private final ProtoParser parser;

  MessageParser(Tokens tokens, ProtoParser parser) {
    this.tokens = tokens;
    this.parser = parser;
  }

  /** Behind the word {@code message}. */
  DescriptorProto message(int depth) throws InvalidSchemaException {
    DescriptorProto.Builder message =
        DescriptorProto.newBuilder().setName(tokens.name("the name of a message"));
    body(message, depth);
    return message.build();
  }

  private void body(DescriptorProto.Builder message, int depth) throws InvalidSchemaException {
    if (depth > ProtoParser.NESTING_MAX) {
      throw Tokens.wrong(
          tokens.peek(), "messages are nested too deep, levels>" + ProtoParser.NESTING_MAX);
    }
    tokens.expect("{");
    while (!tokens.take("}")) {
      statement(message, depth);
    }
    syntheticOneofs(message);
  }

  private void statement(DescriptorProto.Builder message, int depth) throws InvalidSchemaException {
    Token first = tokens.peek();
    switch (first.kind() == Token.Kind.STRING ? "" : first.text()) {
      case ";" -> tokens.next();
      case "message" -> {
        tokens.next();
        message.addNestedType(message(depth + 1));
      }
      case "enum" -> {
        tokens.next();
        message.addEnumType(parser.enumeration());
      }
      case "extend" -> {
        tokens.next();
        extend(depth, message::addExtension, message::addNestedType);
      }
      case "oneof" -> {
        tokens.next();
        oneof(message, depth);
      }
      case "option" -> {
        tokens.next();
        ProtoOption.read(tokens).into(message.getOptionsBuilder());
        tokens.expect(";");
      }
      case "reserved" -> {
        tokens.next();
        Ranges.reservedIn(tokens, message);
        tokens.expect(";");
      }
      case "extensions" -> {
        tokens.next();
        Ranges.extensionsIn(tokens, message, parser);
        tokens.expect(";");
      }
      default -> field(depth, message::addField, message::addNestedType, -1);
    }
  }

  /** Behind the word {@code extend}. */
  void extend(int depth, Consumer<FieldDescriptorProto> fields, Consumer<DescriptorProto> groups)
      throws InvalidSchemaException {
    String extendee = tokens.path("a message");
    tokens.expect("{");
    while (!tokens.take("}")) {
      if (!tokens.take(";")) {
        field(
            depth,
            field -> fields.accept(field.toBuilder().setExtendee(extendee).build()),
            groups,
            -1);
      }
    }
  }

  private void oneof(DescriptorProto.Builder message, int depth) throws InvalidSchemaException {
    Token at = tokens.peek();
    OneofDescriptorProto.Builder oneof =
        OneofDescriptorProto.newBuilder().setName(tokens.name("the name of a oneof"));
    int index = message.getOneofDeclCount();
    int fields = message.getFieldCount();
    tokens.expect("{");
    while (!tokens.take("}")) {
      if (tokens.take(";")) {
        continue;
      }
      if (tokens.take("option")) {
        ProtoOption.read(tokens).into(oneof.getOptionsBuilder());
        tokens.expect(";");
      } else {
        field(depth, message::addField, message::addNestedType, index);
      }
    }
    if (message.getFieldCount() == fields) {
      throw Tokens.wrong(at, "a oneof needs a field, oneof=" + oneof.getName());
    }
    message.addOneofDecl(oneof);
  }

  private void field(
      int depth, Consumer<FieldDescriptorProto> fields, Consumer<DescriptorProto> nested, int oneof)
      throws InvalidSchemaException {
    Token at = tokens.peek();
    FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
    boolean optional = label(field, oneof >= 0);
    String type = tokens.path("a field's type");
    if (type.equals("map") && tokens.take("<")) {
      map(field, at, nested, optional || oneof >= 0 || field.hasLabel());
    } else if (type.equals("group")) {
      group(field, depth, nested);
    } else {
      typed(field, type);
      field.setName(tokens.name("a field's name"));
      tokens.expect("=");
      number(field);
      parser.fieldOptions(field);
      tokens.expect(";");
    }
    finish(field, at, optional, oneof);
    fields.accept(field.build());
  }

  private void finish(FieldDescriptorProto.Builder field, Token at, boolean optional, int oneof)
      throws InvalidSchemaException {
    if (!field.hasLabel()) {
      if (parser.proto2() && oneof < 0) {
        throw Tokens.wrong(
            at,
            "a field of proto2 needs optional, required or repeated before its type, field="
                + field.getName()
                + "; or does the file lack its line syntax = \"proto3\"; ?");
      }
      field.setLabel(Label.LABEL_OPTIONAL);
    }
    if (optional && parser.proto3()) {
      field.setProto3Optional(true);
    }
    if (oneof >= 0) {
      field.setOneofIndex(oneof);
    }
  }

  /** Reads the word before the type; true for the word optional. */
  private boolean label(FieldDescriptorProto.Builder field, boolean inOneof)
      throws InvalidSchemaException {
    Token at = tokens.peek();
    Label label =
        at.is("optional")
            ? Label.LABEL_OPTIONAL
            : at.is("required")
                ? Label.LABEL_REQUIRED
                : at.is("repeated") ? Label.LABEL_REPEATED : null;
    if (label == null) {
      return false;
    }
    tokens.next();
    if (inOneof) {
      throw Tokens.wrong(at, "a field of a oneof has no label, found " + at.shown());
    }
    if (label == Label.LABEL_REQUIRED && !parser.proto2()
        || label == Label.LABEL_OPTIONAL && !parser.proto2() && !parser.proto3()) {
      throw Tokens.wrong(at, "this syntax has no label " + at.shown());
    }
    field.setLabel(label);
    return label == Label.LABEL_OPTIONAL;
  }

  private static void typed(FieldDescriptorProto.Builder field, String type) {
    Type scalar = Defaults.scalar(type);
    if (scalar == null) {
      field.setTypeName(type);
    } else {
      field.setType(scalar);
    }
  }

  private void number(FieldDescriptorProto.Builder field) throws InvalidSchemaException {
    Token at = tokens.peek();
    int number = tokens.number("field number");
    if (number < 1 || number > NUMBER_MAX || number >= 19_000 && number <= 19_999) {
      throw Tokens.wrong(
          at,
          "field numbers go from 1 to "
              + NUMBER_MAX
              + " without 19000 to 19999, field="
              + field.getName()
              + " number="
              + number);
    }
    field.setNumber(number);
  }

  private void map(
      FieldDescriptorProto.Builder field,
      Token at,
      Consumer<DescriptorProto> nested,
      boolean labelled)
      throws InvalidSchemaException {
    if (labelled) {
      throw Tokens.wrong(at, "a map has no label and stands in no oneof");
    }
    FieldDescriptorProto.Builder key =
        FieldDescriptorProto.newBuilder()
            .setName("key")
            .setNumber(1)
            .setLabel(Label.LABEL_OPTIONAL);
    FieldDescriptorProto.Builder value =
        FieldDescriptorProto.newBuilder()
            .setName("value")
            .setNumber(2)
            .setLabel(Label.LABEL_OPTIONAL);
    Token keyAt = tokens.peek();
    typed(key, tokens.path("the type of a map's keys"));
    switch (key.hasTypeName() ? Type.TYPE_MESSAGE : key.getType()) {
      case TYPE_MESSAGE, TYPE_DOUBLE, TYPE_FLOAT, TYPE_BYTES ->
          throw Tokens.wrong(
              keyAt, "a map's keys are whole numbers, bool or string, found " + keyAt.shown());
      default -> {}
    }
    tokens.expect(",");
    typed(value, tokens.path("the type of a map's values"));
    tokens.expect(">");
    field.setName(tokens.name("a field's name"));
    tokens.expect("=");
    number(field);
    parser.fieldOptions(field);
    tokens.expect(";");
    String entry = camel(field.getName()) + "Entry";
    field.setLabel(Label.LABEL_REPEATED).setTypeName(entry);
    DescriptorProto.Builder message =
        DescriptorProto.newBuilder().setName(entry).addField(key).addField(value);
    message.getOptionsBuilder().setMapEntry(true);
    nested.accept(message.build());
  }

  private void group(
      FieldDescriptorProto.Builder field, int depth, Consumer<DescriptorProto> nested)
      throws InvalidSchemaException {
    Token at = tokens.peek();
    String name = tokens.name("the name of a group");
    if (!parser.proto2() || !Character.isUpperCase(name.charAt(0))) {
      throw Tokens.wrong(
          at,
          "groups are there in proto2 only, and their names start with a capital letter, group="
              + name);
    }
    field.setName(name.toLowerCase(Locale.ROOT)).setType(Type.TYPE_GROUP).setTypeName(name);
    tokens.expect("=");
    number(field);
    parser.fieldOptions(field);
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    body(message, depth + 1);
    nested.accept(message.build());
  }

  /** Each field that proto3 calls optional is alone in a oneof of its own, behind the others. */
  private static void syntheticOneofs(DescriptorProto.Builder message) {
    for (int index = 0; index < message.getFieldCount(); index++) {
      FieldDescriptorProto.Builder field = message.getFieldBuilder(index);
      if (field.getProto3Optional() && !field.hasOneofIndex()) {
        field.setOneofIndex(message.getOneofDeclCount());
        message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
      }
    }
  }

  static String camel(@Nullable String name) {
    StringBuilder camel = new StringBuilder();
    boolean capital = true;
    for (char letter : String.valueOf(name).toCharArray()) {
      if (letter == '_') {
        capital = true;
      } else {
        camel.append(capital ? Character.toUpperCase(letter) : letter);
        capital = false;
      }
    }
    return camel.toString();
  }
}
