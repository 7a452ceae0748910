package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a topic or a group has: set for itself, then what the broker has for all of them. Immutable.
 *
 * @param source where what is set for itself comes from
 */
record OwnSettings(
    SettingTable table, SettingSource source, Map<String, String> own, BrokerSettings broker) {
  @Nullable Object value(String name) {
    Setting setting = table.setting(name);
    String text = text(setting);
    return text == null ? null : setting.type().parse(text);
  }

  ShownSetting shown(String name) {
    Setting setting = table.setting(name);
    List<ShownSetting.Origin> origins = new ArrayList<>();
    String value = own.get(name);
    if (value != null) {
      origins.add(new ShownSetting.Origin(name, value, source));
    }
    for (BrokerSettings.Origin origin : broker.origins(setting.fallbacks())) {
      if (!origins.isEmpty() || speaksFor(setting, origin)) {
        origins.add(origin.shown(setting.sensitive()));
      }
    }
    return new ShownSetting(
        setting,
        text(setting),
        origins.isEmpty() ? SettingSource.DEFAULT : origins.getFirst().source(),
        false,
        origins);
  }

  /**
   * Whether a place is told first: the built-in value of the broker's setting of the same unit, or
   * anything that somebody set. The built-in hours behind {@code retention.ms} are nobody's wish.
   */
  private static boolean speaksFor(Setting setting, BrokerSettings.Origin origin) {
    return origin.source() != SettingSource.DEFAULT
        || origin.fallback().equals(setting.fallbacks().getFirst());
  }

  List<ShownSetting> shownAll() {
    return table.all().stream()
        .filter(setting -> !setting.internal() || own.containsKey(setting.name()))
        .map(setting -> shown(setting.name()))
        .toList();
  }

  private @Nullable String text(Setting setting) {
    String value = own.get(setting.name());
    if (value != null) {
      return value;
    }
    String fallback = broker.firstOf(setting.fallbacks());
    return fallback != null ? fallback : setting.defaultValue();
  }
}
