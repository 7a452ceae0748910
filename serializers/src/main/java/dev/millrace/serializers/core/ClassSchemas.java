package dev.millrace.serializers.core;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.Temporal;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The JSON Schema (draft 7) of a class, by the properties that Jackson writes. Classes within are
 * definitions, so that they may hold each other.
 */
final class ClassSchemas {
  private final ObjectMapper json;
  private final boolean nullables;

  ClassSchemas(ObjectMapper json, boolean nullables) {
    this.json = json;
    this.nullables = nullables;
  }

  String of(Class<?> type) {
    ObjectNode root =
        json.createObjectNode()
            .put("$schema", "http://json-schema.org/draft-07/schema#")
            .put("title", type.getSimpleName());
    Names names = new Names();
    JavaType start = json.constructType(type);
    names.byType.put(start.getRawClass(), "");
    fill(root, start, names);
    ObjectNode definitions = json.createObjectNode();
    for (JavaType inner = names.open.poll(); inner != null; inner = names.open.poll()) {
      String name = names.byType.get(inner.getRawClass());
      ObjectNode definition = json.createObjectNode();
      fill(definition, inner, names);
      definitions.set(name, definition);
    }
    if (!definitions.isEmpty()) {
      root.set("definitions", definitions);
    }
    return root.toString();
  }

  private static final class Names {
    private final Map<Class<?>, String> byType = new HashMap<>();
    private final ArrayDeque<JavaType> open = new ArrayDeque<>();
  }

  private void fill(ObjectNode schema, JavaType type, Names names) {
    if (!bean(type)) {
      schema.setAll(typed(type, names));
      return;
    }
    schema.put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = json.createArrayNode();
    for (BeanPropertyDefinition property :
        json.getSerializationConfig().introspect(type).findProperties()) {
      if (!property.couldSerialize()) {
        continue;
      }
      JavaType inner = property.getPrimaryType();
      if (inner.isPrimitive() || property.isRequired()) {
        required.add(property.getName());
        properties.set(property.getName(), typed(inner, names));
      } else {
        properties.set(property.getName(), nullable(typed(inner, names)));
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
  }

  private ObjectNode nullable(ObjectNode schema) {
    if (!nullables) {
      return schema;
    }
    ObjectNode either = json.createObjectNode();
    either
        .putArray("oneOf")
        .add(json.createObjectNode().put("type", "null").put("title", "Not included"))
        .add(schema);
    return either;
  }

  private ObjectNode typed(JavaType type, Names names) {
    ObjectNode schema = json.createObjectNode();
    Class<?> raw = type.getRawClass();
    if (type.isEnumType()) {
      ArrayNode values = schema.put("type", "string").putArray("enum");
      for (Object constant : raw.getEnumConstants()) {
        values.add(json.convertValue(constant, String.class));
      }
    } else if (raw == byte[].class
        || CharSequence.class.isAssignableFrom(raw)
        || raw == Character.class
        || raw == char.class
        || raw == UUID.class) {
      schema.put("type", "string");
    } else if (raw == boolean.class || raw == Boolean.class) {
      schema.put("type", "boolean");
    } else if (List.of(
            int.class,
            long.class,
            short.class,
            byte.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            java.math.BigInteger.class)
        .contains(raw)) {
      schema.put("type", "integer");
    } else if (raw == float.class || raw == double.class || Number.class.isAssignableFrom(raw)) {
      schema.put("type", "number");
    } else if (type.isCollectionLikeType() || type.isArrayType()) {
      schema.put("type", "array").set("items", typed(type.getContentType(), names));
    } else if (type.isMapLikeType()) {
      schema.put("type", "object").set("additionalProperties", typed(type.getContentType(), names));
    } else if (Optional.class.isAssignableFrom(raw) && type.containedTypeCount() == 1) {
      return nullable(typed(type.containedType(0), names));
    } else if (bean(type)) {
      schema.put("$ref", reference(type, names));
    }
    return schema;
  }

  private static String reference(JavaType type, Names names) {
    String known = names.byType.get(type.getRawClass());
    if (known == null) {
      String simple = type.getRawClass().getSimpleName();
      known = names.byType.containsValue(simple) ? type.getRawClass().getName() : simple;
      names.byType.put(type.getRawClass(), known);
      names.open.add(type);
    }
    return known.isEmpty() ? "#" : "#/definitions/" + known;
  }

  /**
   * Whether its properties are written; dates and what Java itself defines are left to say
   * anything.
   */
  private static boolean bean(JavaType type) {
    Class<?> raw = type.getRawClass();
    return !type.isEnumType()
        && !type.isContainerType()
        && !raw.isPrimitive()
        && !raw.isArray()
        && !raw.getName().startsWith("java.")
        && !Temporal.class.isAssignableFrom(raw);
  }
}
