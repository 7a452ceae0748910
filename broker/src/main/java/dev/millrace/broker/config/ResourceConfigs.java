package dev.millrace.broker.config;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingSource;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The settings of each resource in one image, as DescribeConfigs shows them. */
final class ResourceConfigs {
  private final Node node;
  private final ClusterImage image;
  private final Loggers loggers;
  private final Shown shown;
  private final BrokerSettings broker;

  /** By what is set for the topic itself: topics with the same settings share their entries. */
  private final Map<Map<String, String>, List<DescribeConfigsResourceResult>> ofTopics =
      new HashMap<>();

  /** What there is to show, or why there is nothing. */
  sealed interface Answer {
    record Entries(List<DescribeConfigsResourceResult> entries) implements Answer {}

    record Refused(ErrorCode error, String message) implements Answer {}
  }

  ResourceConfigs(Node node, ClusterImage image, Loggers loggers, Shown shown) {
    this.node = node;
    this.image = image;
    this.loggers = loggers;
    this.shown = shown;
    this.broker = node.settings(image);
  }

  Answer of(byte type, String name) {
    ConfigScope scope = ConfigScope.ofNumber(type);
    return switch (scope) {
      case null -> refused("resource type is not known, type=" + type);
      case TOPIC -> ofTopic(name);
      case BROKER -> name.isEmpty() ? ofAllBrokers() : ofBroker(name);
      case BROKER_LOGGER -> isThisBroker(name) ? ofLoggers() : notThisBroker(name);
      case GROUP -> name.isEmpty() ? refused("group name is empty, name a group") : ofGroup(name);
      case CLIENT_METRICS ->
          name.isEmpty() ? refused("subscription name is empty, name one") : ofClientMetrics(name);
    };
  }

  private Answer ofTopic(String name) {
    String problem = TopicNames.problem(name);
    if (problem != null) {
      return new Answer.Refused(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
    }
    if (image.topic(name) == null) {
      return new Answer.Refused(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic, name=" + name);
    }
    return new Answer.Entries(
        ofTopics.computeIfAbsent(
            image.configs(ConfigResource.topic(name)),
            own -> broker.topic(own).shownAll().stream().map(shown::setting).toList()));
  }

  /** Settings may be there before the group is. */
  private Answer ofGroup(String name) {
    Map<String, String> own = image.configs(new ConfigResource(ConfigScope.GROUP, name));
    return new Answer.Entries(broker.group(own).shownAll().stream().map(shown::setting).toList());
  }

  private Answer ofClientMetrics(String name) {
    Map<String, String> own = image.configs(new ConfigResource(ConfigScope.CLIENT_METRICS, name));
    return new Answer.Entries(broker.shownClientMetrics(own).stream().map(shown::setting).toList());
  }

  private Answer ofBroker(String name) {
    if (!isThisBroker(name)) {
      return notThisBroker(name);
    }
    List<DescribeConfigsResourceResult> entries = new ArrayList<>();
    for (Setting setting : SettingTable.broker().all()) {
      if (!setting.internal() || isSet(setting.name())) {
        entries.add(shown.setting(broker.shown(setting.name())));
      }
    }
    addUnknown(ConfigResource.ALL_BROKERS, SettingSource.DYNAMIC_DEFAULT_BROKER, entries);
    addUnknown(ConfigResource.broker(node.id()), SettingSource.DYNAMIC_BROKER, entries);
    return new Answer.Entries(entries);
  }

  /** Whether somebody set it while the cluster runs: that is shown, internal or not. */
  private boolean isSet(String name) {
    return image.configs(ConfigResource.broker(node.id())).containsKey(name)
        || image.configs(ConfigResource.ALL_BROKERS).containsKey(name);
  }

  /** Only what was set as the default of all brokers. */
  private Answer ofAllBrokers() {
    Map<String, String> set = image.configs(ConfigResource.ALL_BROKERS);
    BrokerSettings onlyThese = node.written().withDynamic(set, Map.of());
    List<DescribeConfigsResourceResult> entries = new ArrayList<>();
    for (String name : set.keySet()) {
      if (SettingTable.broker().find(name) != null) {
        entries.add(shown.setting(onlyThese.shown(name)));
      }
    }
    addUnknown(ConfigResource.ALL_BROKERS, SettingSource.DYNAMIC_DEFAULT_BROKER, entries);
    return new Answer.Entries(entries);
  }

  private void addUnknown(
      ConfigResource resource, SettingSource source, List<DescribeConfigsResourceResult> entries) {
    for (String name : image.configs(resource).keySet()) {
      if (SettingTable.broker().find(name) == null) {
        entries.add(shown.unknown(name, source.number()));
      }
    }
  }

  private Answer ofLoggers() {
    return new Answer.Entries(
        loggers.levels().entrySet().stream()
            .map(entry -> shown.logger(entry.getKey(), entry.getValue()))
            .toList());
  }

  private boolean isThisBroker(String name) {
    return name.equals(Integer.toString(node.id()));
  }

  private Answer notThisBroker(String name) {
    return refused(
        "this broker describes itself alone, ask the broker named, name="
            + name
            + " this="
            + node.id());
  }

  private static Answer refused(String message) {
    return new Answer.Refused(ErrorCode.INVALID_REQUEST, message);
  }
}
