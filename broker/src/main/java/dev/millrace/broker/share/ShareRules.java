package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.broker.Node;
import dev.millrace.broker.deadletter.DeadLetterRules;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.replica.share.ShareLimits;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is set for share groups: for the group itself, else for the broker. A value outside of what
 * the broker allows counts as the nearest one inside. Safe for any thread.
 */
final class ShareRules {
  /** Most groups whose settings are remembered. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Node node;
  private volatile @Nullable Read last;

  /**
   * The settings of one group.
   *
   * @param committedOnly {@code share.isolation.level} is {@code read_committed}
   * @param renewable {@code share.renew.acknowledge.enable}
   */
  record Rules(ShareLimits limits, StartingPoint start, boolean committedOnly, boolean renewable) {}

  /** What was read from one image. */
  private record Read(
      ClusterImage image, BrokerSettings broker, ConcurrentHashMap<String, Rules> ofGroups) {}

  ShareRules(Node node) {
    this.node = node;
  }

  Rules of(String groupId) {
    ClusterImage image = node.image();
    Read read = last;
    if (read == null || read.image() != image) {
      read = new Read(image, node.settings(image), new ConcurrentHashMap<>());
      last = read;
    }
    Rules known = read.ofGroups().get(groupId);
    if (known != null) {
      return known;
    }
    Rules rules =
        rules(image, read.broker(), image.configs(new ConfigResource(ConfigScope.GROUP, groupId)));
    if (read.ofGroups().size() < REMEMBERED_MAX) {
      read.ofGroups().put(groupId, rules);
    }
    return rules;
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
