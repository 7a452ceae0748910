package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wrote in the file and on the command line, checked name by name. Values keep
 * their text.
 *
 * @param values by name, only what was written and means something
 * @param features levels asked for by {@code feature:NAME=LEVEL}, for the first start of a cluster
 * @param warnings lines to show once: accepted names that have no effect
 */
public record StaticSettings(
    Map<String, String> values, Map<String, Short> features, List<String> warnings) {
  /** Nothing written: all defaults. */
  public static final StaticSettings EMPTY = new StaticSettings(Map.of(), Map.of(), List.of());

  private static final String FEATURE = "feature:";
  private static final String LISTENER = "listener.name.";

  /**
   * Checks what was written.
   *
   * @throws SettingException for the first (by name) that is unknown, wrong, or promises what
   *     Millrace does not give, or does not fit another one
   */
  public static StaticSettings read(Map<String, String> written) {
    Reader reader = new Reader();
    new TreeMap<>(written).forEach(reader::take);
    StaticSettings settings =
        new StaticSettings(
            Collections.unmodifiableMap(reader.values),
            Collections.unmodifiableMap(reader.features),
            List.copyOf(reader.warnings));
    Consistency.check(BrokerSettings.of(settings));
    return settings;
  }

  private static final class Reader {
    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, Short> features = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    void take(String name, String value) {
      Setting setting = SettingTable.broker().find(name);
      if (setting != null) {
        takeKnown(setting, value);
      } else if (name.startsWith(FEATURE)) {
        features.put(name.substring(FEATURE.length()), level(name, value));
      } else if (name.startsWith(LISTENER)) {
        takeOfListener(name, value);
      } else {
        takeUnknown(name);
      }
    }

    private void takeKnown(Setting setting, String value) {
      String name = setting.name();
      if (setting.defaultValue() == null && value.isEmpty()) {
        return; // an empty text says the same as leaving it out
      }
      setting.parse(value);
      switch (setting.support()) {
        case HONOURED -> values.put(name, value.strip());
        case LATER, MOOT -> {
          warnings.add(name + " has no effect: " + setting.remark());
          values.put(name, value.strip());
        }
        case REFUSED -> {
          if (!setting.isDefault(value)) {
            throw new SettingException(
                name, name + "=" + setting.shown(value) + " is refused: " + setting.remark());
          }
        }
      }
    }

    private void takeOfListener(String name, String value) {
      Setting inner = innerOfListener(name);
      if (inner != null && inner.support() == Support.REFUSED && inner.isDefault(value)) {
        return;
      }
      String remark =
          inner != null && inner.support() == Support.REFUSED
              ? inner.remark()
              : "a listener has no settings of its own yet, set it for all of them";
      throw new SettingException(name, name + " is refused: " + remark);
    }

    /** {@code listener.name.NAME.[mechanism.]SETTING}. */
    private static @Nullable Setting innerOfListener(String name) {
      int dot = name.indexOf('.', LISTENER.length());
      while (dot > 0) {
        Setting inner = SettingTable.broker().find(name.substring(dot + 1));
        if (inner != null) {
          return inner;
        }
        dot = name.indexOf('.', dot + 1);
      }
      return null;
    }

    private void takeUnknown(String name) {
      String removed = RemovedNames.remark(name);
      if (removed == null) {
        Setting topic = SettingTable.topic().find(name);
        throw new SettingException(
            name,
            topic == null || topic.fallbacks().isEmpty()
                ? SettingTable.broker().unknown(name)
                : name
                    + " is a setting of topics, the broker's default for it is "
                    + topic.fallbacks().getFirst().name());
      }
      warnings.add(name + " has no effect: " + removed);
    }

    private static short level(String name, String value) {
      try {
        return Short.parseShort(value.strip());
      } catch (NumberFormatException wrong) {
        throw new SettingException(
            name, name + "=" + value + " is wrong, allowed: a level, 0 or more");
      }
    }
  }
}
