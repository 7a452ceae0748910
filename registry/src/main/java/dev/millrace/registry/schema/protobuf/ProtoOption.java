package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.UninterpretedOption;
import com.google.protobuf.DescriptorProtos.UninterpretedOption.NamePart;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One {@code name = value} of an option. The language's own options become fields of the options
 * message, those in parentheses stay as they are written: what they extend may not be here.
 *
 * @param name its parts
 * @param kind of the value; null: an aggregate in braces
 * @param value as written, strings as one char a byte, a minus before negative numbers
 */
record ProtoOption(Token at, List<NamePart> name, Token.@Nullable Kind kind, String value) {
  private static final int DEPTH_MAX = 60;
  private static final int PARTS_MAX = 50;

  /** Reads name, equals sign and value. */
  static ProtoOption read(Tokens tokens) throws InvalidSchemaException {
    Token at = tokens.peek();
    List<NamePart> name = new ArrayList<>();
    do {
      boolean extension = tokens.take("(");
      name.add(
          NamePart.newBuilder()
              .setNamePart(
                  extension ? tokens.path("an option's name") : tokens.name("an option's name"))
              .setIsExtension(extension)
              .build());
      if (extension) {
        tokens.expect(")");
      }
      if (name.size() > PARTS_MAX) {
        throw Tokens.wrong(at, "the option's name has too many parts");
      }
    } while (tokens.take("."));
    tokens.expect("=");
    if (tokens.take("{")) {
      return new ProtoOption(at, name, null, aggregate(tokens, at));
    }
    if (tokens.peek().kind() == Token.Kind.STRING) {
      return new ProtoOption(at, name, Token.Kind.STRING, tokens.string("a value"));
    }
    String sign = tokens.take("-") ? "-" : "";
    Token value = tokens.next();
    if (value.kind() == Token.Kind.SIGN || value.kind() == Token.Kind.END) {
      throw Tokens.wrong(value, "expected the option's value but found " + value.shown());
    }
    return new ProtoOption(at, name, value.kind(), sign + value.text());
  }

  /** The text up to the closing brace, one space between pieces that need it. */
  private static String aggregate(Tokens tokens, Token start) throws InvalidSchemaException {
    StringBuilder text = new StringBuilder();
    int depth = 1;
    while (true) {
      Token token = tokens.next();
      if (token.kind() == Token.Kind.END) {
        throw Tokens.wrong(start, "the option's value is not closed by '}'");
      }
      depth +=
          token.is("{") || token.is("[") || token.is("<")
              ? 1
              : token.is("}") || token.is("]") || token.is(">") ? -1 : 0;
      if (depth == 0) {
        return text.toString().strip();
      }
      if (depth > DEPTH_MAX) {
        throw Tokens.wrong(token, "the option's value is nested too deep");
      }
      boolean close = token.kind() == Token.Kind.SIGN && ".:,;]".contains(token.text());
      if (!close && !text.isEmpty() && ".[-".indexOf(text.charAt(text.length() - 1)) < 0) {
        text.append(' ');
      }
      text.append(token.kind() == Token.Kind.STRING ? quoted(token.text()) : token.text());
    }
  }

  /** The string in double quotes; {@code bytes} has one char a byte. */
  static String quoted(String bytes) {
    return "\"" + TextFormat.escapeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1)) + "\"";
  }

  boolean is(String simple) {
    return name.size() == 1
        && !name.getFirst().getIsExtension()
        && name.getFirst().getNamePart().equals(simple);
  }

  /** Puts it into the options message. */
  void into(Message.Builder options) throws InvalidSchemaException {
    if (name.stream().anyMatch(NamePart::getIsExtension)) {
      uninterpreted(options);
      return;
    }
    Message.Builder target = options;
    for (NamePart part : name.subList(0, name.size() - 1)) {
      FieldDescriptor field = field(target, part);
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || field.isRepeated()) {
        throw Tokens.wrong(at, "the option " + part.getNamePart() + " has no parts");
      }
      target = target.getFieldBuilder(field);
    }
    set(target, field(target, name.getLast()));
  }

  private FieldDescriptor field(Message.Builder target, NamePart part)
      throws InvalidSchemaException {
    FieldDescriptor field = target.getDescriptorForType().findFieldByName(part.getNamePart());
    if (field == null || part.getNamePart().equals("uninterpreted_option")) {
      throw Tokens.wrong(
          at,
          "there is no option "
              + part.getNamePart()
              + " here; custom options are written in parentheses");
    }
    return field;
  }

  private void set(Message.Builder target, FieldDescriptor field) throws InvalidSchemaException {
    if (kind == null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      merge(target, field);
      return;
    }
    Object converted = converted(field);
    if (converted == null) {
      throw Tokens.wrong(
          at,
          "the value does not fit the option "
              + field.getName()
              + ", expected="
              + field.getType().name().toLowerCase(Locale.ROOT));
    }
    if (field.isRepeated()) {
      target.addRepeatedField(field, converted);
    } else {
      target.setField(field, converted);
    }
  }

  private void merge(Message.Builder target, FieldDescriptor field) throws InvalidSchemaException {
    Message.Builder part = target.newBuilderForField(field);
    try {
      TextFormat.getParser().merge(value, part);
    } catch (TextFormat.ParseException e) {
      throw Tokens.wrong(
          at,
          "the value does not fit the option " + field.getName() + ", reason=" + e.getMessage());
    }
    if (field.isRepeated()) {
      target.addRepeatedField(field, part.build());
    } else {
      target.setField(field, part.build());
    }
  }

  private @Nullable Object converted(FieldDescriptor field) throws InvalidSchemaException {
    return switch (field.getJavaType()) {
      case BOOLEAN ->
          kind != Token.Kind.NAME
              ? null
              : value.equals("true") ? Boolean.TRUE : value.equals("false") ? Boolean.FALSE : null;
      case STRING ->
          kind != Token.Kind.STRING
              ? null
              : new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      case ENUM -> {
        EnumValueDescriptor constant =
            kind == Token.Kind.NAME ? field.getEnumType().findValueByName(value) : null;
        yield constant;
      }
      case INT -> kind == Token.Kind.WHOLE ? (Object) (int) number() : null;
      case LONG -> kind == Token.Kind.WHOLE ? (Object) number() : null;
      default -> null;
    };
  }

  private long number() throws InvalidSchemaException {
    boolean negative = value.startsWith("-");
    long whole =
        Tokens.whole(
            new Token(
                Token.Kind.WHOLE, negative ? value.substring(1) : value, at.line(), at.column()),
            "value");
    return negative ? -whole : whole;
  }

  private void uninterpreted(Message.Builder options) throws InvalidSchemaException {
    UninterpretedOption.Builder option = UninterpretedOption.newBuilder().addAllName(name);
    if (kind == null) {
      option.setAggregateValue(value);
    } else {
      switch (kind) {
        case STRING ->
            option.setStringValue(ByteString.copyFrom(value, StandardCharsets.ISO_8859_1));
        case WHOLE -> {
          if (value.startsWith("-")) {
            option.setNegativeIntValue(number());
          } else {
            option.setPositiveIntValue(number());
          }
        }
        case FRACTION -> option.setDoubleValue(fraction());
        default -> option.setIdentifierValue(value);
      }
    }
    FieldDescriptor list = options.getDescriptorForType().findFieldByName("uninterpreted_option");
    options.addRepeatedField(list, option.build());
  }

  private double fraction() throws InvalidSchemaException {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new InvalidSchemaException(
          "line=" + at.line() + ": the option's value is no number, text=" + value, e);
    }
  }
}
