package dev.millrace.base.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which of several values counts. */
class LayersTest {
  private static BrokerSettings broker(Map<String, String> written) {
    return BrokerSettings.of(StaticSettings.read(written));
  }

  @Test
  void theStrongestLayerCounts() {
    BrokerSettings written = broker(Map.of("log.segment.bytes", "2000000"));
    assertThat(written.intValue("log.segment.bytes")).isEqualTo(2_000_000);
    BrokerSettings dynamic =
        written.withDynamic(
            Map.of("log.segment.bytes", "3000000"), Map.of("log.segment.bytes", "4000000"));
    assertThat(dynamic.intValue("log.segment.bytes")).isEqualTo(4_000_000);
    TopicSettings topic = dynamic.topic(Map.of("segment.bytes", "5000000"));
    assertThat(topic.intValue("segment.bytes")).isEqualTo(5_000_000);
    ShownSetting shown = topic.shown("segment.bytes");
    assertThat(shown.source()).isEqualTo(SettingSource.DYNAMIC_TOPIC);
    assertThat(shown.origins())
        .containsExactly(
            new ShownSetting.Origin("segment.bytes", "5000000", SettingSource.DYNAMIC_TOPIC),
            new ShownSetting.Origin("log.segment.bytes", "4000000", SettingSource.DYNAMIC_BROKER),
            new ShownSetting.Origin(
                "log.segment.bytes", "3000000", SettingSource.DYNAMIC_DEFAULT_BROKER),
            new ShownSetting.Origin("log.segment.bytes", "2000000", SettingSource.STATIC_BROKER),
            new ShownSetting.Origin("log.segment.bytes", "1073741824", SettingSource.DEFAULT));
  }

  @Test
  void millisecondsBeatMinutesBeatHours() {
    assertThat(retentionMs(Map.of("log.retention.hours", "2"))).isEqualTo(7_200_000);
    assertThat(retentionMs(Map.of("log.retention.hours", "2", "log.retention.minutes", "3")))
        .isEqualTo(180_000);
    assertThat(retentionMs(Map.of("log.retention.minutes", "3", "log.retention.ms", "4")))
        .isEqualTo(4);
    assertThat(retentionMs(Map.of("log.retention.hours", "-1"))).isEqualTo(-1);
    assertThat(retentionMs(Map.of())).isEqualTo(604_800_000);
  }

  private static long retentionMs(Map<String, String> written) {
    return broker(written).topic(Map.of()).longValue("retention.ms");
  }

  @Test
  void aBrokerSettingShowsItsOwnValue() {
    BrokerSettings broker = broker(Map.of("log.retention.minutes", "3"));
    assertThat(broker.shown("log.retention.ms").value()).isNull();
    assertThat(broker.longValue("log.retention.ms")).isEqualTo(180_000);
    ShownSetting minutes = broker.shown("log.retention.minutes");
    assertThat(minutes.value()).isEqualTo("3");
    assertThat(minutes.source()).isEqualTo(SettingSource.STATIC_BROKER);
    assertThat(minutes.readOnly()).isTrue();
  }

  @Test
  void listsAndNullsAreRead() {
    BrokerSettings broker = broker(Map.of());
    assertThat(broker.listValue("advertised.listeners")).isEmpty();
    assertThat(broker.stringOrNull("broker.rack")).isNull();
    assertThat(broker.topic(Map.of()).listValue("cleanup.policy")).isEqualTo(List.of("delete"));
    assertThat(broker.topic(Map.of("cleanup.policy", "")).listValue("cleanup.policy")).isEmpty();
    assertThat(broker.intValue("node.id")).isEqualTo(1);
  }

  @Test
  void everyTopicSettingIsShown() {
    List<ShownSetting> shown = broker(Map.of()).topic(Map.of()).shownAll();
    assertThat(shown).filteredOn(one -> !one.setting().name().startsWith("millrace.")).hasSize(35);
    assertThat(shown).allMatch(setting -> setting.source() == SettingSource.DEFAULT);
  }
}
