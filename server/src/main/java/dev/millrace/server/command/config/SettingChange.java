package dev.millrace.server.command.config;

import dev.millrace.server.command.terminal.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings as they are typed: {@code name=value}. */
public final class SettingChange {
  private SettingChange() {}

  /**
   * Settings by name; a later one wins.
   *
   * @throws UserException when one has no {@code =}
   */
  public static Map<String, String> parse(List<String> pairs) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw UserException.usage("a setting is written name=value, got=" + pair);
      }
      settings.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return settings;
  }
}
