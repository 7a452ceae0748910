package dev.millrace.quorum.control;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.GroupSettings;
import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingException;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.base.settings.Support;
import dev.millrace.base.settings.TopicSettings;
import dev.millrace.base.settings.UpdateMode;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Which dynamic settings a resource may have. */
final class ConfigRules {
  /** By what a client can be told from others (KIP-714). */
  private static final List<String> CLIENT_TRAITS =
      List.of(
          "client_id",
          "client_instance_id",
          "client_software_name",
          "client_software_version",
          "client_source_address",
          "client_source_port");

  private ConfigRules() {}

  /** Whether settings may be kept for {@code resource} at all. */
  static void checkResource(ConfigResource resource, ClusterImage image) {
    switch (resource.scope()) {
      case TOPIC -> checkTopicExists(resource.name(), image);
      case BROKER -> checkBrokerExists(resource.name(), image);
      case GROUP -> {
        if (resource.name().isEmpty()) {
          throw new RefusedException(ErrorCode.INVALID_REQUEST, "group name is empty");
        }
      }
      case CLIENT_METRICS -> {
        if (resource.name().isEmpty()) {
          throw new RefusedException(ErrorCode.INVALID_REQUEST, "subscription name is empty");
        }
      }
      case BROKER_LOGGER ->
          throw new RefusedException(
              ErrorCode.INVALID_REQUEST, "log levels are changed by the broker itself");
    }
  }

  private static void checkTopicExists(String name, ClusterImage image) {
    String problem = TopicNames.problem(name);
    if (problem != null) {
      throw new RefusedException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
    }
    if (image.topic(name) == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic, topic=" + name);
    }
  }

  private static void checkBrokerExists(String name, ClusterImage image) {
    if (name.isEmpty()) {
      return;
    }
    int id;
    try {
      id = Integer.parseInt(name);
    } catch (NumberFormatException wrong) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "a broker is named by its id, or by nothing, name=" + name);
    }
    if (image.broker(id) == null) {
      throw new RefusedException(
          ErrorCode.BROKER_ID_NOT_REGISTERED, "broker is not registered, broker=" + id);
    }
  }

  /** Whether {@code configs}, all that the resource would have, are right. */
  static void checkAll(
      ConfigResource resource, Map<String, String> configs, BrokerSettings settings) {
    switch (resource.scope()) {
      case TOPIC -> checkTopic(configs, settings);
      case BROKER -> configs.forEach((name, value) -> checkBroker(resource, name, value));
      case CLIENT_METRICS -> configs.forEach(ConfigRules::checkClientMetrics);
      default -> checkGroup(configs, settings);
    }
  }

  private static void checkGroup(Map<String, String> configs, BrokerSettings settings) {
    configs.forEach((name, value) -> check(SettingTable.group(), name, value));
    GroupSettings group = settings.group(configs);
    for (String kind : List.of("consumer.", "streams.")) {
      checkBounds(group, settings, kind + "session.timeout.ms");
      checkBounds(group, settings, kind + "heartbeat.interval.ms");
      checkBounds(group, settings, kind + "assignment.interval.ms");
      checkSession(group, kind + "session.timeout.ms", kind + "heartbeat.interval.ms");
    }
    if (group.isOwn("streams.num.standby.replicas")) {
      checkMost(
          group, settings, "streams.num.standby.replicas", "group.streams.max.standby.replicas");
    }
  }

  private static void checkSession(GroupSettings group, String session, String heartbeat) {
    if ((group.isOwn(session) || group.isOwn(heartbeat))
        && group.intValue(session) <= group.intValue(heartbeat)) {
      throw new RefusedException(
          ErrorCode.INVALID_CONFIG,
          session + " must be greater than " + heartbeat + "=" + group.intValue(heartbeat));
    }
  }

  /** What is set for a group must lie between what the brokers allow. */
  private static void checkBounds(GroupSettings group, BrokerSettings broker, String name) {
    if (!group.isOwn(name)) {
      return;
    }
    int dot = name.indexOf('.') + 1;
    String scope = "group." + name.substring(0, dot);
    String least = scope + "min." + name.substring(dot);
    if (group.intValue(name) < broker.intValue(least)) {
      throw refused(group, broker, name, " must be greater than or equal to ", least);
    }
    checkMost(group, broker, name, scope + "max." + name.substring(dot));
  }

  private static void checkMost(
      GroupSettings group, BrokerSettings broker, String name, String most) {
    if (group.intValue(name) > broker.intValue(most)) {
      throw refused(group, broker, name, " must be less than or equal to ", most);
    }
  }

  private static RefusedException refused(
      GroupSettings group, BrokerSettings broker, String name, String relation, String bound) {
    return new RefusedException(
        ErrorCode.INVALID_CONFIG,
        name
            + relation
            + bound
            + " of the brokers, value="
            + group.intValue(name)
            + " allowed="
            + broker.intValue(bound));
  }

  static void checkTopic(Map<String, String> configs, BrokerSettings settings) {
    configs.forEach((name, value) -> check(SettingTable.topic(), name, value));
    TopicSettings topic = settings.topic(configs);
    if (topic.longValue("min.compaction.lag.ms") > topic.longValue("max.compaction.lag.ms")) {
      throw new RefusedException(
          ErrorCode.INVALID_CONFIG,
          "min.compaction.lag.ms must not be above max.compaction.lag.ms="
              + topic.longValue("max.compaction.lag.ms"));
    }
  }

  /** A change of one broker setting: how, not what. */
  static void checkBrokerMode(ConfigResource resource, String name) {
    Setting setting = SettingTable.broker().find(name);
    if (setting == null) {
      return;
    }
    if (setting.mode() == UpdateMode.READ_ONLY) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST,
          name + " cannot be changed while the broker runs: set it in the file and restart");
    }
    if (setting.mode() == UpdateMode.PER_BROKER && resource.name().isEmpty()) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST,
          name + " cannot be set for all brokers at once, name a broker by its id");
    }
  }

  private static void checkBroker(ConfigResource resource, String name, String value) {
    Setting setting = SettingTable.broker().find(name);
    if (setting == null) {
      return; // kept for whoever reads it, shown to nobody, as Apache Kafka does
    }
    checkBrokerMode(resource, name);
    try {
      setting.parse(value);
    } catch (SettingException wrong) {
      throw refused(ErrorCode.INVALID_REQUEST, wrong);
    }
    checkSupport(setting, value);
  }

  /** What clients of which kind tell; an unknown name is a wrong request here, as in Kafka. */
  private static void checkClientMetrics(String name, String value) {
    try {
      Object parsed = SettingTable.clientMetrics().setting(name).parse(value);
      if (name.equals("match") && parsed instanceof List<?> patterns) {
        patterns.forEach(pattern -> checkPattern(pattern.toString()));
      }
    } catch (SettingException wrong) {
      throw refused(ErrorCode.INVALID_REQUEST, wrong);
    }
  }

  private static void checkPattern(String pattern) {
    int equals = pattern.indexOf('=');
    if (equals < 0
        || !CLIENT_TRAITS.contains(pattern.substring(0, equals).strip())
        || !isRegularExpression(pattern.substring(equals + 1).strip())) {
      throw new RefusedException(
          ErrorCode.INVALID_CONFIG,
          "match=" + pattern + " is wrong, allowed: NAME=PATTERN, names: " + CLIENT_TRAITS);
    }
  }

  private static boolean isRegularExpression(String text) {
    try {
      Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static void check(SettingTable table, String name, String value) {
    try {
      Setting setting = table.setting(name);
      setting.parse(value);
      checkSupport(setting, value);
    } catch (SettingException wrong) {
      throw refused(ErrorCode.INVALID_CONFIG, wrong);
    }
  }

  private static void checkSupport(Setting setting, String value) {
    if (setting.support() == Support.REFUSED && !setting.isDefault(value)) {
      throw new RefusedException(
          ErrorCode.INVALID_CONFIG,
          setting.name() + "=" + setting.shown(value) + " is refused: " + setting.remark());
    }
  }

  private static RefusedException refused(ErrorCode error, SettingException wrong) {
    @Nullable String message = wrong.getMessage();
    return new RefusedException(error, message == null ? wrong.name() : message);
  }
}
