package dev.millrace.base.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Effective values by name. Asking for a name that the table does not have, or for another type
 * than it has, is a programmer fault.
 */
public sealed interface SettingValues permits BrokerSettings, GroupSettings, TopicSettings {
  /** The effective value, parsed; null when there is none. */
  @Nullable Object value(String name);

  default boolean booleanValue(String name) {
    return (Boolean) present(name);
  }

  default int intValue(String name) {
    return (Integer) present(name);
  }

  default short shortValue(String name) {
    return (Short) present(name);
  }

  /** A LONG, or an INT made wider. */
  default long longValue(String name) {
    return ((Number) present(name)).longValue();
  }

  default double doubleValue(String name) {
    return (Double) present(name);
  }

  default String stringValue(String name) {
    return (String) present(name);
  }

  default @Nullable String stringOrNull(String name) {
    return (String) value(name);
  }

  /** The elements of a LIST; none when there is no value. */
  default List<String> listValue(String name) {
    return value(name) instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of();
  }

  private Object present(String name) {
    Object value = value(name);
    if (value == null) {
      throw new IllegalStateException("setting has no value, name=" + name);
    }
    return value;
  }
}
