package dev.millrace.base.settings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one topic: set for the topic itself, then what the broker has for all
 * topics. Immutable.
 */
public final class TopicSettings implements SettingValues {
  private final OwnSettings settings;

  TopicSettings(BrokerSettings broker, Map<String, String> ofTopic) {
    settings = new OwnSettings(SettingTable.topic(), SettingSource.DYNAMIC_TOPIC, ofTopic, broker);
  }

  @Override
  public @Nullable Object value(String name) {
    return settings.value(name);
  }

  /** The topic setting as it is shown to people. */
  public ShownSetting shown(String name) {
    return settings.shown(name);
  }

  /** Every topic setting that people see, by name in order. */
  public List<ShownSetting> shownAll() {
    return settings.shownAll();
  }
}
