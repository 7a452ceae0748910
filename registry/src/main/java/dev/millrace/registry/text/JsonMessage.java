package dev.millrace.registry.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * JSON as Protobuf messages: names in camel case or as in the file, numbers also as texts. Throws
 * {@link IllegalArgumentException} that names the field. Pure functions.
 */
final class JsonMessage {
  private static final int DEPTH_MAX = 100;
  private static final int BITS_32 = 32;
  private static final int BITS_64 = 64;

  private JsonMessage() {}

  static Message.Builder of(Descriptor type, JsonNode json) {
    return of(type, json, 0);
  }

  private static Message.Builder of(Descriptor type, JsonNode json, int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("nested too deep, max=" + DEPTH_MAX);
    }
    Message.Builder message = DynamicMessage.newBuilder(type);
    switch (type.getFullName()) {
      case "google.protobuf.Timestamp" ->
          set(message, WellKnownText.timestamp(text(json, "a timestamp")));
      case "google.protobuf.Duration" ->
          set(message, WellKnownText.duration(text(json, "a duration")));
      case "google.protobuf.FieldMask" ->
          WellKnownText.mask(text(json, "a mask"))
              .forEach(path -> message.addRepeatedField(at(type, 1), path));
      case "google.protobuf.Struct", "google.protobuf.ListValue" ->
          put(message, at(type, 1), json, depth);
      case "google.protobuf.Value" -> value(message, json, depth);
      case String name when WellKnownText.isWrapper(name) -> put(message, at(type, 1), json, depth);
      default -> fields(message, json, depth);
    }
    return message;
  }

  private static void set(Message.Builder message, WellKnownText.Seconds time) {
    var ignored =
        message
            .setField(at(message.getDescriptorForType(), 1), time.seconds())
            .setField(at(message.getDescriptorForType(), 2), time.nanos());
  }

  private static String text(JsonNode json, String wanted) {
    if (!json.isTextual()) {
      throw new IllegalArgumentException(wanted + " is a text, json=" + shown(json));
    }
    return json.asText();
  }

  private static void fields(Message.Builder message, JsonNode json, int depth) {
    Descriptor type = message.getDescriptorForType();
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          "an object is wanted, message=" + type.getFullName() + " json=" + shown(json));
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      FieldDescriptor field = named(type, entry.getKey());
      if (field == null) {
        throw new IllegalArgumentException(
            "no such field, message=" + type.getFullName() + " field=" + entry.getKey());
      }
      boolean isValue =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              && field.getMessageType().getFullName().equals("google.protobuf.Value");
      if (!entry.getValue().isNull() || isValue) {
        put(message, field, entry.getValue(), depth);
      }
    }
  }

  private static @Nullable FieldDescriptor named(Descriptor type, String name) {
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJsonName().equals(name) || field.getName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private static void value(Message.Builder message, JsonNode json, int depth) {
    Descriptor type = message.getDescriptorForType();
    if (json.isNull()) {
      var ignored = message.setField(at(type, 1), at(type, 1).getEnumType().findValueByNumber(0));
      return;
    }
    int kind =
        json.isNumber() ? 2 : json.isTextual() ? 3 : json.isBoolean() ? 4 : json.isObject() ? 5 : 6;
    put(message, at(type, kind), json, depth);
  }

  private static void put(
      Message.Builder message, FieldDescriptor field, JsonNode json, int depth) {
    if (field.isMapField()) {
      map(message, field, json, depth);
    } else if (field.isRepeated()) {
      if (!json.isArray()) {
        throw wrong(field, "a list", json);
      }
      json.forEach(item -> message.addRepeatedField(field, one(field, item, depth)));
    } else {
      var ignored = message.setField(field, one(field, json, depth));
    }
  }

  private static void map(
      Message.Builder message, FieldDescriptor field, JsonNode json, int depth) {
    if (!json.isObject()) {
      throw wrong(field, "an object", json);
    }
    Descriptor type = field.getMessageType();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      Message.Builder one = DynamicMessage.newBuilder(type);
      FieldDescriptor key = at(type, 1);
      Object keyValue =
          key.getJavaType() == FieldDescriptor.JavaType.BOOLEAN
              ? (Object) Boolean.parseBoolean(entry.getKey())
              : one(key, TextNode.valueOf(entry.getKey()), depth);
      message.addRepeatedField(
          field,
          one.setField(key, keyValue)
              .setField(at(type, 2), one(at(type, 2), entry.getValue(), depth))
              .build());
    }
  }

  private static Object one(FieldDescriptor field, JsonNode json, int depth) {
    return switch (field.getJavaType()) {
      case MESSAGE -> of(field.getMessageType(), json, depth + 1).build();
      case STRING -> json.isTextual() ? json.asText() : fail(field, "a text", json);
      case BOOLEAN -> json.isBoolean() ? json.asBoolean() : fail(field, "true or false", json);
      case BYTE_STRING -> bytes(field, json);
      case ENUM -> constant(field, json);
      case INT -> whole(field, json, BITS_32).intValue();
      case LONG -> whole(field, json, BITS_64).longValue();
      case FLOAT -> (float) real(field, json);
      case DOUBLE -> real(field, json);
    };
  }

  private static ByteString bytes(FieldDescriptor field, JsonNode json) {
    try {
      String text = json.asText().replace('-', '+').replace('_', '/');
      return ByteString.copyFrom(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw wrong(field, "base 64", json);
    }
  }

  private static EnumValueDescriptor constant(FieldDescriptor field, JsonNode json) {
    if (json.isInt()) {
      return field.getEnumType().findValueByNumberCreatingIfUnknown(json.asInt());
    }
    EnumValueDescriptor found = field.getEnumType().findValueByName(json.asText());
    if (found == null) {
      List<String> names =
          field.getEnumType().getValues().stream().map(EnumValueDescriptor::getName).toList();
      throw wrong(field, "one of " + names, json);
    }
    return found;
  }

  private static BigInteger whole(FieldDescriptor field, JsonNode json, int bits) {
    BigInteger number;
    try {
      number = new BigDecimal(checked(field, json)).toBigIntegerExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw wrong(field, "a whole number", json);
    }
    boolean isUnsigned =
        switch (field.getType()) {
          case UINT32, UINT64, FIXED32, FIXED64 -> true;
          default -> false;
        };
    boolean fits =
        isUnsigned ? number.signum() >= 0 && number.bitLength() <= bits : number.bitLength() < bits;
    if (!fits) {
      throw wrong(field, "a number of " + bits + " bits", json);
    }
    return number;
  }

  /** A number of billions of digits is not built only to be refused. */
  private static String checked(FieldDescriptor field, JsonNode json) {
    String text = json.asText();
    if (!(json.isNumber() || json.isTextual())
        || !text.matches("-?[0-9.]{1,40}([eE][+-]?\\d{1,2})?")) {
      throw wrong(field, "a whole number", json);
    }
    return text;
  }

  private static double real(FieldDescriptor field, JsonNode json) {
    if (json.isNumber()) {
      return json.asDouble();
    }
    try {
      return Double.parseDouble(json.asText());
    } catch (NumberFormatException e) {
      throw wrong(field, "a number", json);
    }
  }

  private static Object fail(FieldDescriptor field, String wanted, JsonNode json) {
    throw wrong(field, wanted, json);
  }

  private static IllegalArgumentException wrong(
      FieldDescriptor field, String wanted, JsonNode json) {
    return new IllegalArgumentException(
        wanted + " is wanted, field=" + field.getFullName() + " json=" + shown(json));
  }

  private static String shown(JsonNode json) {
    String text = json.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private static FieldDescriptor at(Descriptor type, int number) {
    return Objects.requireNonNull(type.findFieldByNumber(number));
  }
}
