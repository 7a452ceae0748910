package dev.millrace.server.dump;

import dev.millrace.base.bytes.Bytes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns protocol structures into maps, lists, text and numbers. */
final class Fields {
  private Fields() {}

  /** The fields of a structure by name; anything else is itself. */
  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Record structure -> map(structure);
      case List<?> list -> list.stream().map(Fields::of).toList();
      case Bytes bytes -> bytes.utf8();
      case Short number -> number.intValue();
      case Byte number -> number.intValue();
      default -> value;
    };
  }

  private static Object map(Record structure) {
    if (structure.getClass().getPackageName().startsWith("dev.millrace.base")) {
      return structure.toString();
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : structure.getClass().getRecordComponents()) {
      try {
        fields.put(component.getName(), of(component.getAccessor().invoke(structure)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(
            "structure cannot be looked into, structure=" + structure, e);
      }
    }
    return fields;
  }
}
