package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one topic: set for the topic itself, then what the broker has for all
 * topics. Immutable.
 */
public final class TopicSettings implements SettingValues {
  private final BrokerSettings broker;
  private final Map<String, String> ofTopic;

  TopicSettings(BrokerSettings broker, Map<String, String> ofTopic) {
    this.broker = broker;
    this.ofTopic = ofTopic;
  }

  @Override
  public @Nullable Object value(String name) {
    Setting setting = SettingTable.topic().setting(name);
    String text = text(setting);
    return text == null ? null : setting.type().parse(text);
  }

  /** The topic setting as it is shown to people. */
  public ShownSetting shown(String name) {
    Setting setting = SettingTable.topic().setting(name);
    List<ShownSetting.Origin> origins = new ArrayList<>();
    String own = ofTopic.get(name);
    if (own != null) {
      origins.add(new ShownSetting.Origin(name, own, SettingSource.DYNAMIC_TOPIC));
    }
    for (BrokerSettings.Origin origin : broker.origins(setting.fallbacks())) {
      origins.add(origin.shown(setting.sensitive()));
    }
    return new ShownSetting(
        setting,
        text(setting),
        origins.isEmpty() ? SettingSource.DEFAULT : origins.getFirst().source(),
        false,
        origins);
  }

  /** Every topic setting that people see, by name in order. */
  public List<ShownSetting> shownAll() {
    return SettingTable.topic().all().stream()
        .filter(setting -> !setting.internal())
        .map(setting -> shown(setting.name()))
        .toList();
  }

  private @Nullable String text(Setting setting) {
    String own = ofTopic.get(setting.name());
    if (own != null) {
      return own;
    }
    String fallback = broker.firstOf(setting.fallbacks());
    return fallback != null ? fallback : setting.defaultValue();
  }
}
