package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.ReplaceConfigs.Config;
import dev.millrace.quorum.control.ReplaceConfigs.ResourceConfigs;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigsTest {
  private static final ConfigResource TOPIC = ConfigResource.topic("t");

  private final Bench bench = Bench.one();

  @BeforeEach
  void topic() {
    bench.createDone("t", 1);
  }

  private Outcome<ConfigResource> change(ConfigResource resource, Change... changes) {
    ResourceChange change = new ResourceChange(resource, List.of(changes));
    return value(bench.ask(new ChangeConfigs(List.of(change), false))).getFirst();
  }

  private static Change set(String name, @Nullable String value) {
    return new Change(name, Operation.SET, value);
  }

  private Outcome<ConfigResource> replace(ConfigResource resource, String... namesAndValues) {
    List<Config> configs = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      configs.add(new Config(namesAndValues[i], namesAndValues[i + 1]));
    }
    ResourceConfigs wanted = new ResourceConfigs(resource, configs);
    return value(bench.ask(new ReplaceConfigs(List.of(wanted), false))).getFirst();
  }

  private Map<String, String> configs(ConfigResource resource) {
    return bench.image().configs(resource);
  }

  @Test
  void someSettingsChangeAndTheOthersStay() {
    value(change(TOPIC, set("retention.ms", "5"), set("retention.bytes", "6")));
    value(change(TOPIC, set("retention.ms", "7")));
    assertThat(configs(TOPIC))
        .containsExactlyInAnyOrderEntriesOf(Map.of("retention.ms", "7", "retention.bytes", "6"));
    value(change(TOPIC, new Change("retention.ms", Operation.DELETE, null)));
    assertThat(configs(TOPIC)).containsOnlyKeys("retention.bytes");
  }

  @Test
  void listsAreAppendedToAndSubtractedFrom() {
    value(change(TOPIC, new Change("cleanup.policy", Operation.APPEND, "compact")));
    assertThat(configs(TOPIC)).containsEntry("cleanup.policy", "delete,compact");
    value(change(TOPIC, new Change("cleanup.policy", Operation.SUBTRACT, "delete")));
    assertThat(configs(TOPIC)).containsEntry("cleanup.policy", "compact");
    value(change(TOPIC, new Change("cleanup.policy", Operation.SUBTRACT, "compact")));
    assertThat(configs(TOPIC)).containsEntry("cleanup.policy", "");
    assertRefused(
        change(TOPIC, new Change("retention.ms", Operation.APPEND, "1")),
        ErrorCode.INVALID_CONFIG,
        "only a list");
  }

  @Test
  void mistakesAreRefusedWhole() {
    ErrorCode request = ErrorCode.INVALID_REQUEST;
    assertRefused(change(TOPIC, set("retention.ms", null)), request, "no value");
    assertRefused(
        change(TOPIC, set("retention.ms", "1"), set("retention.ms", "2")), request, "named twice");
    assertRefused(
        change(TOPIC, set("retention.bytes", "1"), set("nonsense", "2")),
        ErrorCode.INVALID_CONFIG,
        "there is no setting nonsense");
    assertRefused(
        change(ConfigResource.topic("other"), set("retention.ms", "1")),
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        "other");
    ResourceChange same = new ResourceChange(TOPIC, List.of(set("retention.ms", "1")));
    assertThat(value(bench.ask(new ChangeConfigs(List.of(same, same), false))))
        .allMatch(outcome -> outcome.error() == ErrorCode.INVALID_REQUEST);
    assertThat(configs(TOPIC)).isEmpty();
  }

  @Test
  void validationAloneChangesNothing() {
    ResourceChange change = new ResourceChange(TOPIC, List.of(set("retention.ms", "1")));
    value(value(bench.ask(new ChangeConfigs(List.of(change), true))).getFirst());
    assertThat(configs(TOPIC)).isEmpty();
  }

  @Test
  void replacingForgetsWhatIsNotNamed() {
    value(change(TOPIC, set("retention.ms", "5"), set("retention.bytes", "6")));
    value(replace(TOPIC, "retention.ms", "9"));
    assertThat(configs(TOPIC)).containsExactlyEntriesOf(Map.of("retention.ms", "9"));
    value(replace(TOPIC));
    assertThat(configs(TOPIC)).isEmpty();
    assertRefused(
        replace(TOPIC, "retention.ms", "1", "retention.ms", "2"),
        ErrorCode.INVALID_REQUEST,
        "named twice");
  }

  @Test
  void brokerSettingsHaveUpdateModes() {
    ConfigResource one = ConfigResource.broker(1);
    ErrorCode request = ErrorCode.INVALID_REQUEST;
    value(change(ConfigResource.ALL_BROKERS, set("log.retention.ms", "10")));
    value(change(one, set("log.retention.ms", "20")));
    assertRefused(change(one, set("node.id", "5")), request, "restart");
    assertRefused(change(one, set("num.partitions", "5")), request, "restart");
    assertRefused(
        change(ConfigResource.ALL_BROKERS, set("ssl.provider", "p")), request, "by its id");
    assertRefused(change(one, set("log.retention.ms", "x")), request, "64 bits");
    assertRefused(
        change(one, set("ssl.keystore.location", "/k")), ErrorCode.INVALID_CONFIG, "is refused");
    value(change(one, set("somebody.elses.setting", "1")));
    assertRefused(
        change(ConfigResource.broker(9), set("log.retention.ms", "1")),
        ErrorCode.BROKER_ID_NOT_REGISTERED,
        "broker=9");
    assertRefused(
        change(new ConfigResource(ConfigScope.BROKER, "one"), set("log.retention.ms", "1")),
        request,
        "name=one");
    BrokerSettings settings =
        bench.image().brokerSettings(BrokerSettings.of(StaticSettings.EMPTY), 1);
    assertThat(settings.longValue("log.retention.ms")).isEqualTo(20);
    assertThat(bench.image().topicSettings(settings, "t").longValue("retention.ms")).isEqualTo(20);
  }

  @Test
  void groupsHaveSettingsToo() {
    ConfigResource group = new ConfigResource(ConfigScope.GROUP, "g");
    value(change(group, set("consumer.session.timeout.ms", "50000")));
    assertThat(configs(group)).containsEntry("consumer.session.timeout.ms", "50000");
    assertRefused(
        change(group, set("retention.ms", "1")), ErrorCode.INVALID_CONFIG, "there is no setting");
  }

  @Test
  void settingsOfAGroupStayWithinThoseOfTheBrokers() {
    assertGroupRefused(
        "streams.num.standby.replicas",
        "3",
        "must be less than or equal to group.streams.max.standby.replicas");
    assertGroupRefused(
        "streams.heartbeat.interval.ms",
        "1",
        "must be greater than or equal to group.streams.min.heartbeat.interval.ms");
    assertGroupRefused(
        "consumer.session.timeout.ms",
        "60001",
        "must be less than or equal to group.consumer.max.session.timeout.ms");
  }

  private void assertGroupRefused(String name, String value, String why) {
    assertRefused(
        change(new ConfigResource(ConfigScope.GROUP, "g"), set(name, value)),
        ErrorCode.INVALID_CONFIG,
        name + " " + why);
  }

  @Test
  void whatIsWantedOfClientsMetricsIsKept() {
    ConfigResource metrics = new ConfigResource(ConfigScope.CLIENT_METRICS, "m");
    value(change(metrics, set("interval.ms", "100"), set("match", "client_id=a.*")));
    assertThat(configs(metrics)).containsEntry("interval.ms", "100");
    assertRefused(
        change(metrics, set("interval.ms", "99")), ErrorCode.INVALID_REQUEST, "interval.ms");
    assertRefused(
        change(metrics, set("retention.ms", "1")), ErrorCode.INVALID_REQUEST, "no setting");
    assertRefused(
        change(metrics, set("match", "color=red")), ErrorCode.INVALID_CONFIG, "client_id");
    assertRefused(
        change(metrics, set("match", "client_id=[")), ErrorCode.INVALID_CONFIG, "client_id");
    assertRefused(
        change(new ConfigResource(ConfigScope.CLIENT_METRICS, ""), set("interval.ms", "100")),
        ErrorCode.INVALID_REQUEST,
        "empty");
  }

  @Test
  void tooMuchAtOnceIsRefused() {
    String replicas = "1:2,".repeat(8000) + "1:2";
    List<ResourceChange> changes = new ArrayList<>();
    for (int i = 0; i < 140; i++) {
      bench.createDone("t" + i, 1);
      changes.add(
          new ResourceChange(
              ConfigResource.topic("t" + i),
              List.of(set("leader.replication.throttled.replicas", replicas))));
    }
    assertRefused(
        bench.ask(new ChangeConfigs(changes, false)), ErrorCode.POLICY_VIOLATION, "too much");
    value(change(TOPIC, set("retention.ms", "5")));
    assertThat(configs(TOPIC)).containsEntry("retention.ms", "5");
  }

  @Test
  void numbersOfThreadsAreDoubledOrHalvedAtMost() {
    ConfigResource broker = ConfigResource.broker(1);
    assertRefused(
        change(broker, set("num.network.threads", "1000")),
        ErrorCode.INVALID_REQUEST,
        "num.network.threads=1000 is too far from what brokers have, current=3;"
            + " at most double or halve it at once");
    value(change(broker, set("num.network.threads", "6")));
    value(change(broker, set("num.network.threads", "12"), set("log.retention.ms", "5")));
    assertRefused(
        change(broker, set("num.network.threads", "5")),
        ErrorCode.INVALID_REQUEST,
        "at most double");
    assertRefused(
        replace(broker, "num.io.threads", "17"), ErrorCode.INVALID_REQUEST, "at most double");
    value(replace(broker));
    value(change(ConfigResource.ALL_BROKERS, set("num.io.threads", "16")));
    value(change(broker, set("num.io.threads", "32")));
  }
}
