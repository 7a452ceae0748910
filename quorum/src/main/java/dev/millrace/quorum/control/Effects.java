package dev.millrace.quorum.control;

import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.base.settings.Support;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.wire.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the operator about dynamic settings that were accepted and have no effect. */
final class Effects {
  private static final System.Logger LOG = System.getLogger(Effects.class.getName());

  private Effects() {}

  static void tell(List<Message> records) {
    for (Message record : records) {
      if (record instanceof ConfigRecord config) {
        String value = config.value();
        Setting setting = setting(config);
        if (value != null && setting != null && !hasEffect(setting, value)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} has no effect: {1}, resource={2}",
              setting.name(),
              setting.remark(),
              config.resourceName());
        }
      }
    }
  }

  private static boolean hasEffect(Setting setting, String value) {
    return setting.support() == Support.HONOURED || setting.isDefault(value);
  }

  private static @Nullable Setting setting(ConfigRecord config) {
    ConfigScope scope = ConfigScope.ofNumber(config.resourceType());
    if (scope == null) {
      return null;
    }
    return switch (scope) {
      case TOPIC -> SettingTable.topic().find(config.name());
      case GROUP -> SettingTable.group().find(config.name());
      case BROKER -> SettingTable.broker().find(config.name());
      case BROKER_LOGGER, CLIENT_METRICS -> null;
    };
  }
}
