package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.GroupSettings;
import dev.millrace.base.settings.SettingSource;

/**
 * The settings that a protocol of groups has twice: {@code PROTOCOL.NAME} for one group and {@code
 * group.PROTOCOL.NAME} for all of them. What is set for one group goes before.
 *
 * @param protocol {@code consumer} or {@code streams}
 */
record ProtocolSettings(String protocol, BrokerSettings broker, GroupSettings group) {

  /** A group's value, which the broker may have come to allow no longer. */
  int bounded(String name) {
    String own = protocol + "." + name;
    int value = group.intValue(own);
    int least = broker.intValue("group." + protocol + ".min." + name);
    int most = broker.intValue("group." + protocol + ".max." + name);
    return group.isOwn(own) && least <= most ? Math.clamp(value, least, most) : value;
  }

  /** Whether somebody has set it, for the group or for all. */
  boolean isChosen(String name) {
    return group.isOwn(protocol + "." + name)
        || broker.shown("group." + protocol + "." + name).source() != SettingSource.DEFAULT;
  }
}
