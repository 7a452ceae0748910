package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.broker.GroupRules;
import dev.millrace.broker.Node;
import dev.millrace.broker.deadletter.DeadLetterRules;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.replica.share.ShareLimits;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What is set for share groups: for the group itself, else for the broker. A value outside of what
 * the broker allows counts as the nearest one inside. Safe for any thread.
 */
final class ShareRules {
  private final GroupRules<Rules> groups;

  /**
   * The settings of one group.
   *
   * @param committedOnly {@code share.isolation.level} is {@code read_committed}
   * @param renewable {@code share.renew.acknowledge.enable}
   */
  record Rules(ShareLimits limits, StartingPoint start, boolean committedOnly, boolean renewable) {}

  ShareRules(Node node) {
    groups = new GroupRules<>(node, ShareRules::rules);
  }

  Rules of(String groupId) {
    return groups.of(groupId);
  }

  private static Rules rules(
      ClusterImage image, BrokerSettings broker, Map<String, String> ofGroup) {
    ShareLimits limits =
        new ShareLimits(
            limit(broker, ofGroup, "partition.max.record.locks"),
            limit(broker, ofGroup, "record.lock.duration.ms"),
            limit(broker, ofGroup, "delivery.count.limit"),
            DeadLetterRules.isOn(image, ofGroup));
    StartingPoint start = StartingPoint.parse(text(ofGroup, "share.auto.offset.reset"));
    return new Rules(
        limits,
        start == null ? new StartingPoint(true, null) : start,
        text(ofGroup, "share.isolation.level").equalsIgnoreCase("read_committed"),
        !text(ofGroup, "share.renew.acknowledge.enable").equalsIgnoreCase("false"));
  }

  /** A number that the broker has bounds for. */
  static int limit(BrokerSettings broker, Map<String, String> ofGroup, String name) {
    String own = ofGroup.get("share." + name);
    int value =
        own == null ? broker.intValue("group.share." + name) : Integer.parseInt(own.strip());
    return Math.clamp(
        value,
        Math.min(broker.intValue("group.share.min." + name), value(broker, name)),
        Math.max(broker.intValue("group.share.max." + name), value(broker, name)));
  }

  private static int value(BrokerSettings broker, String name) {
    return broker.intValue("group.share." + name);
  }

  private static String text(Map<String, String> ofGroup, String name) {
    String own = ofGroup.get(name);
    String text =
        own == null
            ? Objects.requireNonNull(SettingTable.group().setting(name).defaultValue())
            : own;
    return text.strip().toLowerCase(Locale.ROOT);
  }
}
