package dev.millrace.registry.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** Protobuf messages as JSON. Fields that are not set are left out. Pure functions. */
final class MessageJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String NULL_VALUE = "google.protobuf.NullValue";

  private MessageJson() {}

  static JsonNode of(Message message) {
    return switch (message.getDescriptorForType().getFullName()) {
      case "google.protobuf.Timestamp" ->
          NODES.textNode(WellKnownText.timestamp(number(message, 1), (int) number(message, 2)));
      case "google.protobuf.Duration" ->
          NODES.textNode(WellKnownText.duration(number(message, 1), (int) number(message, 2)));
      case "google.protobuf.FieldMask" -> NODES.textNode(WellKnownText.mask(list(message, 1)));
      case "google.protobuf.Struct" -> field(message, at(message, 1));
      case "google.protobuf.ListValue" -> field(message, at(message, 1));
      case "google.protobuf.Value" -> value(message);
      case String name when WellKnownText.isWrapper(name) ->
          one(at(message, 1), message.getField(at(message, 1)));
      default -> object(message);
    };
  }

  private static ObjectNode object(Message message) {
    ObjectNode object = NODES.objectNode();
    message
        .getAllFields()
        .keySet()
        .forEach(field -> object.set(name(field), field(message, field)));
    return object;
  }

  private static String name(FieldDescriptor field) {
    return field.isExtension() ? "[" + field.getFullName() + "]" : field.getJsonName();
  }

  private static JsonNode value(Message message) {
    var set = message.getAllFields().entrySet().iterator();
    if (!set.hasNext()) {
      return NODES.nullNode();
    }
    var kind = set.next();
    return kind.getKey().getNumber() == 1 ? NODES.nullNode() : field(message, kind.getKey());
  }

  private static JsonNode field(Message message, FieldDescriptor field) {
    if (field.isMapField()) {
      return map(message, field);
    }
    if (!field.isRepeated()) {
      return one(field, message.getField(field));
    }
    ArrayNode array = NODES.arrayNode();
    list(message, field.getNumber()).forEach(item -> array.add(one(field, item)));
    return array;
  }

  private static ObjectNode map(Message message, FieldDescriptor field) {
    FieldDescriptor value = Objects.requireNonNull(field.getMessageType().findFieldByNumber(2));
    ObjectNode map = NODES.objectNode();
    for (Object item : list(message, field.getNumber())) {
      Message entry = (Message) item;
      map.set(
          String.valueOf(entry.getField(at(entry, 1))), one(value, entry.getField(at(entry, 2))));
    }
    return map;
  }

  private static JsonNode one(FieldDescriptor field, Object value) {
    return switch (value) {
      case Message message -> of(message);
      case EnumValueDescriptor constant ->
          constant.getType().getFullName().equals(NULL_VALUE)
              ? NODES.nullNode()
              : constant.getIndex() < 0
                  ? NODES.numberNode(constant.getNumber())
                  : NODES.textNode(constant.getName());
      case ByteString bytes ->
          NODES.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case Integer number ->
          NODES.numberNode(isUnsigned(field) ? Integer.toUnsignedLong(number) : (long) number);
      case Long number ->
          NODES.textNode(isUnsigned(field) ? Long.toUnsignedString(number) : Long.toString(number));
      case Boolean flag -> NODES.booleanNode(flag);
      case Double number ->
          Double.isFinite(number) ? NODES.numberNode(number) : NODES.textNode(number.toString());
      case Float number ->
          Float.isFinite(number) ? NODES.numberNode(number) : NODES.textNode(number.toString());
      default -> NODES.textNode(value.toString());
    };
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  private static FieldDescriptor at(Message message, int number) {
    return Objects.requireNonNull(message.getDescriptorForType().findFieldByNumber(number));
  }

  private static long number(Message message, int field) {
    return ((Number) message.getField(at(message, field))).longValue();
  }

  private static List<?> list(Message message, int field) {
    return (List<?>) message.getField(at(message, field));
  }
}
