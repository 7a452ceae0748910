package dev.millrace.broker.topic;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.ShownSetting;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of new topics as CreateTopics shows them; topics with the same ones share a list.
 */
final class TopicConfigs {
  private final BrokerSettings broker;
  private final Map<Map<String, String>, List<CreatableTopicConfigs>> known = new HashMap<>();

  TopicConfigs(BrokerSettings broker) {
    this.broker = broker;
  }

  /** All settings of a topic that has {@code ofTopic} of its own. */
  List<CreatableTopicConfigs> of(Map<String, String> ofTopic) {
    return known.computeIfAbsent(
        ofTopic, own -> broker.topic(own).shownAll().stream().map(TopicConfigs::show).toList());
  }

  private static CreatableTopicConfigs show(ShownSetting shown) {
    return CreatableTopicConfigs.builder()
        .name(shown.setting().name())
        .value(shown.setting().sensitive() ? null : shown.value())
        .readOnly(shown.readOnly())
        .configSource(shown.source().number())
        .isSensitive(shown.setting().sensitive())
        .build();
  }
}
