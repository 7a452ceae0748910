package dev.millrace.base.settings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one group: set for the group itself, then what the broker has for all
 * groups. Immutable.
 */
public final class GroupSettings implements SettingValues {
  private final OwnSettings settings;
  private final Map<String, String> ofGroup;

  GroupSettings(BrokerSettings broker, Map<String, String> ofGroup) {
    this.settings =
        new OwnSettings(SettingTable.group(), SettingSource.DYNAMIC_GROUP, ofGroup, broker);
    this.ofGroup = ofGroup;
  }

  @Override
  public @Nullable Object value(String name) {
    return settings.value(name);
  }

  /** Whether a setting is set for the group itself. */
  public boolean isOwn(String name) {
    return ofGroup.containsKey(name);
  }

  /** Every group setting that people see, by name in order. */
  public List<ShownSetting> shownAll() {
    return settings.shownAll();
  }
}
