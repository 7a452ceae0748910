package dev.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterConfigsRequest;
import dev.millrace.wire.message.AlterConfigsResponse;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import dev.millrace.wire.message.ListConfigResourcesRequest;
import dev.millrace.wire.message.ListConfigResourcesResponse;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** AlterConfigs, IncrementalAlterConfigs, ListConfigResources. */
class AlterConfigsHandlersTest {
  private static final byte TOPIC = 2;
  private static final byte BROKER = 4;
  private static final byte LOGGER = 8;
  private static final byte SET = 0;
  private static final byte DELETE = 1;
  private static final byte APPEND = 2;
  private static final byte SUBTRACT = 3;

  private final TestNode node = new TestNode();

  AlterConfigsHandlersTest() {
    node.decide(new CreateTopics(List.of(NewTopic.of("orders")), false));
  }

  private Map<String, String> ofOrders() {
    return node.image().configs(ConfigResource.topic("orders"));
  }

  private static AlterableConfig change(String name, byte operation, String value) {
    return new AlterableConfig(name, operation, value);
  }

  private static AlterConfigsResource resource(byte type, String name, AlterableConfig... changes) {
    return new AlterConfigsResource(type, name, List.of(changes));
  }

  private List<AlterConfigsResourceResponse> alter(
      int version, boolean validateOnly, AlterConfigsResource... resources) {
    IncrementalAlterConfigsRequest request =
        new IncrementalAlterConfigsRequest(List.of(resources), validateOnly);
    return node.call(IncrementalAlterConfigsResponse.class, request, version).responses();
  }

  private void assertDone(AlterConfigsResource resource) {
    AlterConfigsResourceResponse result = alter(1, false, resource).getFirst();
    assertThat(result.errorCode()).as(result.errorMessage()).isZero();
    assertThat(result.errorMessage()).isNull();
  }

  private void assertRefused(ErrorCode error, AlterConfigsResource resource) {
    for (int version = 0; version <= 1; version++) {
      AlterConfigsResourceResponse result = alter(version, false, resource).getFirst();
      assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
      assertThat(result.errorMessage()).isNotEmpty();
      assertThat(result.resourceType()).isEqualTo(resource.resourceType());
      assertThat(result.resourceName()).isEqualTo(resource.resourceName());
    }
  }

  @Test
  void settingsAreSetDeletedAppendedSubtracted() {
    assertDone(
        resource(
            TOPIC,
            "orders",
            change("retention.ms", SET, "1000"),
            change("cleanup.policy", APPEND, "compact")));
    assertThat(ofOrders())
        .containsExactly(
            Map.entry("cleanup.policy", "delete,compact"), Map.entry("retention.ms", "1000"));
    assertDone(
        resource(
            TOPIC,
            "orders",
            change("retention.ms", DELETE, null),
            change("cleanup.policy", SUBTRACT, "delete")));
    assertThat(ofOrders()).containsExactly(Map.entry("cleanup.policy", "compact"));
  }

  @Test
  void validationAloneChangesNothing() {
    AlterConfigsResource good = resource(TOPIC, "orders", change("retention.ms", SET, "1"));
    assertThat(alter(1, true, good).getFirst().errorCode()).isZero();
    assertThat(ofOrders()).isEmpty();
  }

  @Test
  void whatIsWrongIsRefused() {
    assertRefused(ErrorCode.INVALID_CONFIG, resource(TOPIC, "orders", change("no.such", SET, "1")));
    assertRefused(
        ErrorCode.INVALID_CONFIG, resource(TOPIC, "orders", change("retention.ms", SET, "x")));
    assertRefused(
        ErrorCode.INVALID_CONFIG, resource(TOPIC, "orders", change("retention.ms", APPEND, "1")));
    assertRefused(
        ErrorCode.INVALID_REQUEST, resource(TOPIC, "orders", change("retention.ms", SET, null)));
    assertRefused(
        ErrorCode.INVALID_REQUEST,
        resource(TOPIC, "orders", change("retention.ms", (byte) 4, "1")));
    assertRefused(
        ErrorCode.INVALID_REQUEST,
        resource(
            TOPIC,
            "orders",
            change("retention.ms", SET, "1"),
            change("retention.ms", DELETE, null)));
    assertRefused(
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        resource(TOPIC, "none", change("retention.ms", SET, "1")));
    assertRefused(
        ErrorCode.INVALID_REQUEST, resource((byte) 3, "1", change("retention.ms", SET, "1")));
    assertRefused(ErrorCode.INVALID_REQUEST, resource(BROKER, "1", change("node.id", SET, "2")));
    assertThat(ofOrders()).isEmpty();
  }

  @Test
  void eachResourceCountsForItselfInTheOrderOfTheRequest() {
    AlterConfigsResource logger = resource(LOGGER, "7", change("root", SET, "INFO"));
    AlterConfigsResource topic = resource(TOPIC, "orders", change("retention.ms", SET, "5"));
    AlterConfigsResource type = resource((byte) 99, "x");
    AlterConfigsResource none = resource(TOPIC, "none", change("retention.ms", SET, "5"));
    assertThat(alter(1, false, logger, topic, type, none))
        .extracting(AlterConfigsResourceResponse::errorCode)
        .containsExactly((short) 42, (short) 0, (short) 42, (short) 3);
    assertThat(ofOrders()).containsExactly(Map.entry("retention.ms", "5"));
  }

  @Test
  void resourceNamedTwiceIsRefusedTwice() {
    AlterConfigsResource topic = resource(TOPIC, "orders", change("retention.ms", SET, "5"));
    assertThat(alter(1, false, topic, topic))
        .extracting(AlterConfigsResourceResponse::errorCode)
        .containsExactly((short) 42, (short) 42);
  }

  @Test
  void loggersChangeInThisProcess() {
    Logger logger = Logger.getLogger("dev.millrace.broker.config.test");
    String name = logger.getName();
    assertDone(resource(LOGGER, "1", change(name, SET, "DEBUG")));
    assertThat(logger.getLevel()).isEqualTo(Level.FINE);
    alter(1, true, resource(LOGGER, "1", change(name, SET, "TRACE")));
    assertThat(logger.getLevel()).isEqualTo(Level.FINE);
    assertDone(resource(LOGGER, "1", change(name, DELETE, null)));
    assertThat(logger.getLevel()).isNull();
    assertRefused(ErrorCode.INVALID_CONFIG, resource(LOGGER, "1", change(name, SET, "LOUD")));
    assertRefused(ErrorCode.INVALID_CONFIG, resource(LOGGER, "1", change("no", SET, "INFO")));
    assertRefused(ErrorCode.INVALID_REQUEST, resource(LOGGER, "1", change(name, APPEND, "INFO")));
    assertRefused(ErrorCode.INVALID_REQUEST, resource(LOGGER, "1", change("root", DELETE, null)));
    assertRefused(ErrorCode.INVALID_REQUEST, resource(LOGGER, "2", change(name, SET, "INFO")));
    assertRefused(
        ErrorCode.INVALID_CONFIG,
        resource(LOGGER, "1", change(name, SET, "INFO"), change("no", SET, "INFO")));
    assertThat(logger.getLevel()).isNull();
  }

  @Test
  void theOlderWayReplacesEverything() {
    for (int version = 0; version <= 2; version++) {
      assertDone(resource(TOPIC, "orders", change("retention.bytes", SET, "9")));
      AlterConfigsRequest request =
          new AlterConfigsRequest(
              List.of(
                  replaced(TOPIC, "orders", "retention.ms"),
                  replaced(TOPIC, "none", "retention.ms"),
                  replaced((byte) 99, "x", "y"),
                  replaced(LOGGER, "1", "root")),
              false);
      AlterConfigsResponse answer = node.call(AlterConfigsResponse.class, request, version);
      assertThat(answer.responses())
          .extracting(AlterConfigsResponse.AlterConfigsResourceResponse::errorCode)
          .containsExactly((short) 0, (short) 3, (short) 42, (short) 42);
      assertThat(ofOrders()).containsExactly(Map.entry("retention.ms", "7"));
    }
  }

  private static AlterConfigsRequest.AlterConfigsResource replaced(
      byte type, String name, String key) {
    return new AlterConfigsRequest.AlterConfigsResource(
        type, name, List.of(new AlterConfigsRequest.AlterableConfig(key, "7")));
  }

  @Test
  void resourcesAreListed() {
    assertThat(list(0)).isEmpty();
    assertThat(list(1)).contains("2:orders", "4:1", "8:1");
    assertThat(list(1, TOPIC)).containsExactly("2:orders");
    assertThat(list(1, BROKER, LOGGER)).containsExactly("4:1", "8:1");
    ListConfigResourcesRequest unknown = new ListConfigResourcesRequest(List.of((byte) 99));
    assertThat(node.call(ListConfigResourcesResponse.class, unknown, 1).errorCode())
        .isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
  }

  private List<String> list(int version, Byte... types) {
    ListConfigResourcesRequest request = new ListConfigResourcesRequest(List.of(types));
    return node.call(ListConfigResourcesResponse.class, request, version).configResources().stream()
        .map(resource -> resource.resourceType() + ":" + resource.resourceName())
        .toList();
  }
}
