package dev.millrace.compat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which fields of generated records had another value than their default. */
final class SeenFields {
  private final Set<String> seen = new HashSet<>();

  /** Notes the fields of a message and of all structs in it. */
  void add(@Nullable Object value) {
    if (value instanceof List<?> list) {
      list.forEach(this::add);
    } else if (value != null && isGenerated(value.getClass())) {
      Object defaults = defaults(value.getClass());
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        Object field = field(component, value);
        if (!Objects.equals(field, field(component, defaults))) {
          seen.add(name(component));
        }
        add(field);
      }
    }
  }

  boolean hasAll(Class<?> type) {
    return missing(type).isEmpty();
  }

  /** The fields of a message and of all structs in it that were never seen. */
  Set<String> missing(Class<?> type) {
    Set<String> missing = new TreeSet<>();
    collect(type, missing);
    missing.removeAll(seen);
    return missing;
  }

  private static void collect(Class<?> type, Set<String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      names.add(name(component));
      Class<?> element =
          component.getGenericType() instanceof ParameterizedType list
              ? (Class<?>) list.getActualTypeArguments()[0]
              : component.getType();
      if (isGenerated(element)) {
        collect(element, names);
      }
    }
  }

  private static boolean isGenerated(Class<?> type) {
    return type.isRecord()
        && java.util.Arrays.stream(type.getFields()).anyMatch(f -> f.getName().equals("DEFAULT"));
  }

  private static String name(RecordComponent component) {
    return component.getDeclaringRecord().getSimpleName() + "." + component.getName();
  }

  private static Object defaults(Class<?> type) {
    try {
      return type.getField("DEFAULT").get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a generated record", e);
    }
  }

  private static @Nullable Object field(RecordComponent component, Object of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a generated record", e);
    }
  }
}
