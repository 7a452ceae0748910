package dev.millrace.quorum.control;

import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.base.settings.Support;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.wire.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operator about dynamic settings that were accepted and have no effect, once for each
 * name. Belongs to the controller's owner.
 */
final class Effects {
  private static final System.Logger LOG = System.getLogger(Effects.class.getName());
  private static final int NAMES_MAX = 1000;

  private final Set<String> told = new HashSet<>();

  void tell(List<Message> records) {
    for (Message record : records) {
      if (record instanceof ConfigRecord config) {
        String remark = remark(config);
        if (remark != null && told.size() < NAMES_MAX && told.add(config.name())) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} has no effect: {1}, resource={2}",
              config.name(),
              remark,
              config.resourceName());
        }
      }
    }
  }

  /** Why the setting has no effect, or null when it has one. */
  private static @Nullable String remark(ConfigRecord config) {
    String value = config.value();
    SettingTable table = table(config);
    if (value == null || table == null) {
      return null;
    }
    Setting setting = table.find(config.name());
    if (setting == null) {
      return "there is no such setting, it is only kept";
    }
    boolean hasEffect = setting.support() == Support.HONOURED || setting.isDefault(value);
    return hasEffect ? null : setting.remark();
  }

  private static @Nullable SettingTable table(ConfigRecord config) {
    ConfigScope scope = ConfigScope.ofNumber(config.resourceType());
    if (scope == null) {
      return null;
    }
    return switch (scope) {
      case TOPIC -> SettingTable.topic();
      case GROUP -> SettingTable.group();
      case BROKER -> SettingTable.broker();
      case CLIENT_METRICS -> SettingTable.clientMetrics();
      case BROKER_LOGGER -> null;
    };
  }
}
