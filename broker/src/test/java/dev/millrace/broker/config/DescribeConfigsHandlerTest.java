package dev.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeConfigsRequest;
import dev.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.millrace.wire.message.DescribeConfigsResponse;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResult;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DescribeConfigsHandlerTest {
  private static final byte TOPIC = 2;
  private static final byte BROKER = 4;
  private static final byte LOGGER = 8;

  private final TestNode node =
      new TestNode(Map.of("log.retention.hours", "48", "message.max.bytes", "2000"));

  DescribeConfigsHandlerTest() {
    node.decide(new CreateTopics(List.of(NewTopic.of("orders")), false));
  }

  private void set(ConfigResource resource, String name, String value) {
    node.decide(
        new ChangeConfigs(
            List.of(new ResourceChange(resource, List.of(new Change(name, Operation.SET, value)))),
            false));
  }

  private static DescribeConfigsResource resource(int type, String name, String... keys) {
    return DescribeConfigsResource.builder()
        .resourceType((byte) type)
        .resourceName(name)
        .configurationKeys(keys.length == 0 ? null : List.of(keys))
        .build();
  }

  private DescribeConfigsResult describe(int type, String name, String... keys) {
    return call(4, true, false, resource(type, name, keys)).getFirst();
  }

  private List<DescribeConfigsResult> call(
      int version, boolean synonyms, boolean documentation, DescribeConfigsResource... resources) {
    DescribeConfigsRequest request =
        DescribeConfigsRequest.builder()
            .resources(List.of(resources))
            .includeSynonyms(synonyms)
            .includeDocumentation(documentation)
            .build();
    return node.call(DescribeConfigsResponse.class, request, version).results();
  }

  private static DescribeConfigsSynonym synonym(String name, String value, int source) {
    return new DescribeConfigsSynonym(name, value, (byte) source);
  }

  private static List<String> names(DescribeConfigsResult result) {
    return result.configs().stream().map(DescribeConfigsResourceResult::name).toList();
  }

  @Test
  void topicShowsWhatIsSetForItAndWhereTheRestComesFrom() {
    set(ConfigResource.topic("orders"), "retention.ms", "1000");
    for (int version = 1; version <= 4; version++) {
      DescribeConfigsResult result =
          call(version, true, false, resource(TOPIC, "orders", "retention.ms")).getFirst();
      assertThat(result.errorCode()).isZero();
      assertThat(result.errorMessage()).isEmpty();
      DescribeConfigsResourceResult entry = result.configs().getFirst();
      assertThat(entry.value()).isEqualTo("1000");
      assertThat(entry.configSource()).isEqualTo((byte) 1);
      assertThat(entry.readOnly()).isFalse();
      assertThat(entry.configType()).isEqualTo((byte) (version >= 3 ? 5 : 0));
      assertThat(entry.documentation()).isEqualTo(version >= 3 ? null : "");
      assertThat(entry.synonyms())
          .containsExactly(
              synonym("retention.ms", "1000", 1),
              synonym("log.retention.hours", "48", 4),
              synonym("log.retention.hours", "168", 5));
    }
  }

  @Test
  void brokersDefaultIsShownInTheTopicsUnit() {
    DescribeConfigsResult result = describe(TOPIC, "orders", "retention.ms", "max.message.bytes");
    assertThat(result.configs())
        .extracting(DescribeConfigsResourceResult::value)
        .containsExactly("2000", "172800000");
    assertThat(result.configs())
        .extracting(DescribeConfigsResourceResult::configSource)
        .containsOnly((byte) 4);
  }

  @Test
  void noKeysMeanAllAndUnknownOnesAreLeftOut() {
    int all = describe(TOPIC, "orders").configs().size();
    DescribeConfigsResource empty =
        resource(TOPIC, "orders").toBuilder().configurationKeys(List.of()).build();
    assertThat(all).isGreaterThan(30);
    assertThat(call(4, false, false, empty).getFirst().configs()).hasSize(all);
    assertThat(describe(TOPIC, "orders", "no.such").configs()).isEmpty();
  }

  @Test
  void internalSettingsAreShownOnceSomebodySetThem() {
    assertThat(names(describe(TOPIC, "orders"))).doesNotContain("internal.segment.bytes");
    set(ConfigResource.topic("orders"), "internal.segment.bytes", "1000");
    assertThat(names(describe(TOPIC, "orders"))).contains("internal.segment.bytes");
  }

  @Test
  void synonymsAndDocumentationOnDemand() {
    DescribeConfigsResult plain =
        call(4, false, false, resource(TOPIC, "orders", "retention.ms")).getFirst();
    assertThat(plain.configs().getFirst().synonyms()).isEmpty();
    DescribeConfigsResult told =
        call(4, false, true, resource(TOPIC, "orders", "retention.ms")).getFirst();
    assertThat(told.configs().getFirst().documentation()).contains("allowed: -1 or more");
  }

  @Test
  void brokerShowsStaticAndDynamicSettings() {
    set(ConfigResource.ALL_BROKERS, "message.max.bytes", "3000");
    set(ConfigResource.broker(1), "message.max.bytes", "4000");
    DescribeConfigsResult result = describe(BROKER, "1", "message.max.bytes", "node.id");
    DescribeConfigsResourceResult bytes = result.configs().getFirst();
    assertThat(bytes.value()).isEqualTo("4000");
    assertThat(bytes.configSource()).isEqualTo((byte) 2);
    assertThat(bytes.readOnly()).isFalse();
    assertThat(bytes.synonyms())
        .containsExactly(
            synonym("message.max.bytes", "4000", 2),
            synonym("message.max.bytes", "3000", 3),
            synonym("message.max.bytes", "2000", 4),
            synonym("message.max.bytes", "1048588", 5));
    DescribeConfigsResourceResult id = result.configs().getLast();
    assertThat(id.value()).isEqualTo("1");
    assertThat(id.configSource()).isEqualTo((byte) 4);
    assertThat(id.readOnly()).isTrue();
    assertThat(names(describe(BROKER, "1"))).contains("listeners", "ssl.keystore.password");
  }

  @Test
  void builtInValuesInAnotherUnitAreNoSynonyms() {
    DescribeConfigsResourceResult roll =
        describe(TOPIC, "orders", "segment.ms").configs().getFirst();
    assertThat(roll.value()).isEqualTo("604800000");
    assertThat(roll.synonyms()).isEmpty();
    assertThat(roll.configSource()).isEqualTo((byte) 5);
  }

  @Test
  void internalSettingsAreShownWhenTheyAreSet() {
    String rate = "leader.replication.throttled.rate";
    assertThat(names(describe(BROKER, "1"))).doesNotContain(rate);
    set(ConfigResource.broker(1), rate, "123");
    assertThat(describe(BROKER, "1").configs())
        .filteredOn(config -> config.name().equals(rate))
        .extracting(DescribeConfigsResourceResult::value)
        .containsExactly("123");
  }

  @Test
  void emptyBrokerNameShowsOnlyWhatIsSetForAll() {
    assertThat(names(describe(BROKER, ""))).containsExactly("min.insync.replicas");
    set(ConfigResource.ALL_BROKERS, "message.max.bytes", "3000");
    set(ConfigResource.broker(1), "message.max.bytes", "4000");
    DescribeConfigsResult result = describe(BROKER, "");
    assertThat(names(result)).containsExactly("message.max.bytes", "min.insync.replicas");
    assertThat(result.configs().getFirst().value()).isEqualTo("3000");
    assertThat(result.configs().getFirst().configSource()).isEqualTo((byte) 3);
  }

  @Test
  void secretsAreNeverShown() {
    DescribeConfigsResourceResult password =
        describe(BROKER, "1", "ssl.keystore.password").configs().getFirst();
    assertThat(password.isSensitive()).isTrue();
    assertThat(password.value()).isNull();
    assertThat(password.configType()).isEqualTo((byte) 9);
    set(ConfigResource.broker(1), "my.plugin.password", "secret");
    DescribeConfigsResourceResult custom =
        describe(BROKER, "1", "my.plugin.password").configs().getFirst();
    assertThat(custom.isSensitive()).isTrue();
    assertThat(custom.readOnly()).isTrue();
    assertThat(custom.value()).isNull();
    assertThat(custom.synonyms()).allMatch(synonym -> synonym.value() == null);
    assertThat(custom.configType()).isZero();
  }

  @Test
  void loggersShowTheirLevels() {
    DescribeConfigsResult result = describe(LOGGER, "1");
    assertThat(result.errorCode()).isZero();
    assertThat(names(result)).contains("root");
    assertThat(result.configs())
        .allSatisfy(logger -> {
          assertThat(logger.configSource()).isEqualTo((byte) 6);
          assertThat(LogLevel.of(logger.value())).isNotNull();
        });
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, TOPIC, "none");
    assertRefused(ErrorCode.INVALID_REQUEST, BROKER, "2");
    assertRefused(ErrorCode.INVALID_REQUEST, BROKER, "one");
    assertRefused(ErrorCode.INVALID_REQUEST, LOGGER, "2");
    assertRefused(ErrorCode.INVALID_REQUEST, LOGGER, "");
    assertRefused(ErrorCode.INVALID_REQUEST, 3, "1");
    assertRefused(ErrorCode.INVALID_REQUEST, ConfigScope.CLIENT_METRICS.number(), "");
  }

  private void assertRefused(ErrorCode error, int type, String name) {
    DescribeConfigsResult result = describe(type, name);
    assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
    assertThat(result.errorMessage()).isNotEmpty();
    assertThat(result.configs()).isEmpty();
  }

  @Test
  void resourceNamedTwiceIsDescribedOnce() {
    List<DescribeConfigsResult> results =
        call(4, false, false, resource(TOPIC, "orders"), resource(TOPIC, "orders"));
    assertThat(results.getFirst().errorCode()).isZero();
    assertThat(results.getLast().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    assertThat(results.getLast().configs()).isEmpty();
  }
}
