package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.random.MessageKind;
import java.util.List;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message of the protocol, in every version, against kafka-clients. */
class ProtocolDifferentialTest {
  private static final String PACKAGE = "org.apache.kafka.common.message.";

  private static List<Differential> messages() {
    return MessageKind.protocol().stream().map(ProtocolDifferentialTest::pair).toList();
  }

  private static Differential pair(MessageKind kind) {
    boolean hasSuffix = kind.name().matches(".*(Request|Response|Header)");
    String name = PACKAGE + kind.name() + (hasSuffix ? "Data" : "");
    return new Differential(kind, new KafkaMessage(name));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void sameBytes(Differential message) {
    message.compare();
  }

  @Test
  void sameApis() {
    assertThat(ApiKey.values()).hasSameSizeAs(ApiMessageType.values());
    for (ApiMessageType theirs : ApiMessageType.values()) {
      ApiKey ours = ApiKey.of(theirs.apiKey());
      assertThat(ours).as(theirs.name).isNotNull();
      assertThat(ours.title()).isEqualTo(theirs.name);
      assertThat(ours.lowestVersion()).as(theirs.name).isEqualTo(theirs.lowestSupportedVersion());
      assertThat(ours.highestVersion())
          .as(theirs.name)
          .isEqualTo(theirs.highestSupportedVersion(true));
      assertThat(ours.highestStableVersion())
          .as(theirs.name)
          .isEqualTo(theirs.highestSupportedVersion(false));
      assertThat(ours.onBroker())
          .as(theirs.name)
          .isEqualTo(theirs.listeners().contains(ApiMessageType.ListenerType.BROKER));
      assertThat(ours.onController())
          .as(theirs.name)
          .isEqualTo(theirs.listeners().contains(ApiMessageType.ListenerType.CONTROLLER));
      for (short v = ours.lowestVersion(); v <= ours.highestVersion(); v++) {
        String at = theirs.name + " version=" + v;
        assertThat(ours.requestHeaderVersion(v)).as(at).isEqualTo(theirs.requestHeaderVersion(v));
        assertThat(ours.responseHeaderVersion(v)).as(at).isEqualTo(theirs.responseHeaderVersion(v));
      }
    }
  }

  @Test
  void sameErrorCodes() {
    assertThat(ErrorCode.values()).hasSameSizeAs(Errors.values());
    for (Errors theirs : Errors.values()) {
      ErrorCode ours = ErrorCode.of(theirs.code());
      assertThat(ours).as(theirs.name()).isNotNull();
      assertThat(ours.name()).isEqualTo(theirs.name());
    }
  }
}
