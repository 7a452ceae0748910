package dev.millrace.base.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingTableTest {
  private static final List<SettingTable> TABLES =
      List.of(SettingTable.broker(), SettingTable.topic(), SettingTable.group());

  @Test
  void everyDefaultIsAllowed() {
    for (SettingTable table : TABLES) {
      for (Setting setting : table.all()) {
        String value = setting.defaultValue();
        if (value != null && !value.isEmpty()) {
          setting.parse(value);
        }
      }
    }
  }

  @Test
  void whatIsNotHonouredSaysWhy() {
    for (SettingTable table : TABLES) {
      for (Setting setting : table.all()) {
        assertThat(setting.remark().isEmpty())
            .as(setting.name())
            .isEqualTo(setting.support() == Support.HONOURED);
      }
    }
  }

  @Test
  void everyFallbackIsABrokerSetting() {
    for (SettingTable table : TABLES) {
      for (Setting setting : table.all()) {
        for (Fallback fallback : setting.fallbacks()) {
          assertThat(SettingTable.broker().find(fallback.name())).as(setting.name()).isNotNull();
        }
      }
    }
  }

  @Test
  void topicDefaultsAreTheBrokersDefaults() {
    TopicSettings topic = BrokerSettings.of(StaticSettings.EMPTY).topic(java.util.Map.of());
    for (Setting setting : SettingTable.topic().all()) {
      String value = setting.defaultValue();
      assertThat(topic.value(setting.name()))
          .as(setting.name())
          .isEqualTo(value == null ? null : setting.parse(value));
    }
  }

  @Test
  void sizesAreThoseOfTheReference() {
    assertThat(SettingTable.topic().all().stream().filter(s -> !s.internal() && !isOurs(s)))
        .hasSize(35);
    assertThat(SettingTable.broker().all()).hasSizeGreaterThan(360);
    assertThat(SettingTable.group().all()).hasSize(19);
  }

  private static boolean isOurs(Setting setting) {
    return setting.name().startsWith("millrace.");
  }

  @Test
  void aWrongNameGetsTheNearestOne() {
    assertThatThrownBy(() -> SettingTable.broker().setting("num.partition"))
        .isInstanceOf(SettingException.class)
        .hasMessage("there is no setting num.partition, did you mean num.partitions?");
    assertThat(SettingTable.topic().nearest("retnetion.ms")).isEqualTo("retention.ms");
    assertThat(SettingTable.topic().nearest("utterly.different.and.long")).isNull();
    assertThat(SettingTable.topic().nearest("x".repeat(100_000))).isNull();
  }

  @Test
  void aWrongValueSaysWhatIsAllowed() {
    assertWrong("num.partitions", "0", "num.partitions=0 is not allowed, allowed: 1 or more");
    assertWrong(
        "num.partitions",
        "many",
        "num.partitions=many is wrong, allowed: a whole number of 32 bits, 1 or more");
    assertWrong(
        "auto.create.topics.enable",
        "yes",
        "auto.create.topics.enable=yes is wrong, allowed: true or false");
    assertWrong(
        "compression.gzip.level",
        "0",
        "compression.gzip.level=0 is not allowed, allowed: 1 to 9 or -1");
    assertWrong(
        "compression.type",
        "brotli",
        "compression.type=brotli is not allowed, allowed: uncompressed, zstd, lz4, snappy, gzip,"
            + " producer");
    assertWrong(
        "log.cleanup.policy",
        "delete,delete",
        "log.cleanup.policy=delete,delete is not allowed, allowed: compact, delete");
    assertWrong(
        "log.cleaner.min.cleanable.ratio",
        "NaN",
        "log.cleaner.min.cleanable.ratio=NaN is wrong, allowed: a decimal number, 0 to 1");
  }

  private static void assertWrong(String name, String value, String message) {
    assertThatThrownBy(() -> SettingTable.broker().setting(name).parse(value))
        .isInstanceOf(SettingException.class)
        .hasMessage(message);
  }

  @Test
  void listsMayBeEmptyAndHaveBlanks() {
    Setting policy = SettingTable.topic().setting("cleanup.policy");
    assertThat(policy.parse("")).isEqualTo(List.of());
    assertThat(policy.parse(" compact , delete ")).isEqualTo(List.of("compact", "delete"));
    Setting throttled = SettingTable.topic().setting("leader.replication.throttled.replicas");
    assertThat(throttled.parse("*")).isEqualTo(List.of("*"));
    assertThat(throttled.parse("0:1,1:2")).isEqualTo(List.of("0:1", "1:2"));
    assertThatThrownBy(() -> throttled.parse("0:x")).isInstanceOf(SettingException.class);
  }

  @Test
  void startingPointsAreWordsOrDurations() {
    Setting reset = SettingTable.group().setting("share.auto.offset.reset");
    for (String right : List.of("earliest", "latest", "by_duration:PT1H", "by_duration:P1DT2H")) {
      assertThat(reset.parse(right)).isEqualTo(right);
    }
    for (String wrong :
        List.of("", "first", "by_duration:", "by_duration:1h", "by_duration:-PT1H")) {
      assertThatThrownBy(() -> reset.parse(wrong))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("by_duration: and an ISO-8601 duration");
    }
  }

  @Test
  void passwordsAreNotRepeated() {
    Setting password = SettingTable.broker().setting("ssl.key.password");
    assertThat(password.sensitive()).isTrue();
    assertThat(password.shown("secret")).isEqualTo("[hidden]");
  }
}
