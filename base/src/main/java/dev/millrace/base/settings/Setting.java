package dev.millrace.base.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one setting.
 *
 * @param defaultValue null when there is none
 * @param remark why it is not honoured; empty when it is
 * @param internal not shown to people who list settings
 * @param fallbacks broker settings that speak for this one when it is not set itself, most telling
 *     first; for a broker setting the first is the setting itself
 */
public record Setting(
    String name,
    SettingType type,
    @Nullable String defaultValue,
    Allowed allowed,
    UpdateMode mode,
    Support support,
    String remark,
    boolean internal,
    List<Fallback> fallbacks) {

  /** Whether its value is never shown. */
  public boolean sensitive() {
    return type == SettingType.PASSWORD;
  }

  /**
   * The value that {@code text} means: Boolean, String, Integer, Short, Long, Double or a list of
   * String, as the type says.
   *
   * @throws SettingException when it is none of this type or not allowed
   */
  public Object parse(String text) {
    Object value;
    try {
      value = type.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new SettingException(
          name, name + "=" + shown(text) + " is wrong, allowed: " + typeAndLimits());
    }
    if (!allowed.allows(value)) {
      throw new SettingException(
          name, name + "=" + shown(text) + " is not allowed, allowed: " + allowed.description());
    }
    return value;
  }

  /** Whether {@code text} means the same as the default. */
  public boolean isDefault(String text) {
    if (defaultValue == null) {
      return text.isBlank();
    }
    return parse(text).equals(type.parse(defaultValue));
  }

  /** The value as it may be shown to people. */
  public @Nullable String shown(@Nullable String text) {
    return text != null && sensitive() ? "[hidden]" : text;
  }

  private String typeAndLimits() {
    return allowed instanceof Allowed.Anything
        ? type.description()
        : type.description() + ", " + allowed.description();
  }
}
