package dev.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.ApiVersionsResponse.FinalizedFeatureKey;
import dev.millrace.wire.message.ApiVersionsResponse.SupportedFeatureKey;
import dev.millrace.wire.message.ProduceRequest;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionsHandlerTest {
  private final TestNode node = new TestNode();

  record Produce() implements Handler<ProduceRequest> {
    @Override
    public ApiKey key() {
      return ApiKey.PRODUCE;
    }

    @Override
    public void handle(Call call, ProduceRequest request) {}
  }

  private static ApiVersionsRequest.Builder named() {
    return ApiVersionsRequest.builder()
        .clientSoftwareName("apache-kafka-java")
        .clientSoftwareVersion("4.3.0");
  }

  private ApiVersionsResponse call(ApiVersionsRequest request, int version) {
    return node.call(ApiVersionsResponse.class, request, version);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void listsTheHandlersByKey(int version) {
    ApiVersionsResponse answer = call(named().build(), version);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.apiKeys()).isSortedAccordingTo(Comparator.comparingInt(ApiVersion::apiKey));
    assertThat(answer.apiKeys()).contains(range(3, 0, 13), range(17, 0, 1), range(18, 0, 5));
    assertThat(answer.apiKeys()).noneMatch(range -> range.apiKey() == 71);
  }

  @Test
  void produceIsAdvertisedFromZero() {
    assertThat(ApiVersionsHandler.range(new Produce())).isEqualTo(range(0, 0, 13));
  }

  @Test
  void featuresComeWithVersion3() {
    assertThat(call(ApiVersionsRequest.DEFAULT, 2).supportedFeatures()).isEmpty();
    for (int version = 3; version <= 5; version++) {
      ApiVersionsResponse answer = call(named().build(), version);
      boolean tellsLevelZero = version >= 4;
      assertThat(answer.supportedFeatures())
          .contains(supported("metadata.version", 7, 30))
          .allMatch(feature -> tellsLevelZero || feature.minVersion() > 0);
      assertThat(answer.supportedFeatures().contains(supported("transaction.version", 0, 2)))
          .isEqualTo(tellsLevelZero);
      assertThat(answer.finalizedFeatures())
          .contains(finalized("metadata.version", 30), finalized("transaction.version", 2));
      assertThat(answer.finalizedFeaturesEpoch()).isEqualTo(node.image().offset());
    }
  }

  private static SupportedFeatureKey supported(String name, int least, int most) {
    return SupportedFeatureKey.builder()
        .name(name)
        .minVersion((short) least)
        .maxVersion((short) most)
        .build();
  }

  private static FinalizedFeatureKey finalized(String name, int level) {
    return FinalizedFeatureKey.builder()
        .name(name)
        .minVersionLevel((short) level)
        .maxVersionLevel((short) level)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", ".", "a b", "a_b", "ä"})
  void wrongSoftwareNamesAreRefused(String wrong) {
    for (int version = 3; version <= 5; version++) {
      ApiVersionsResponse name = call(named().clientSoftwareName(wrong).build(), version);
      ApiVersionsResponse number = call(named().clientSoftwareVersion(wrong).build(), version);
      assertThat(name.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
      assertThat(name.apiKeys()).isEmpty();
      assertThat(number.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }
    assertThat(
            call(named().clientSoftwareName("a").clientSoftwareVersion("1-rc.2").build(), 3)
                .errorCode())
        .isZero();
  }

  @Test
  void clientOfAnotherClusterOrNodeIsSentBack() {
    short back = ErrorCode.REBOOTSTRAP_REQUIRED.code();
    assertThat(call(named().clusterId("other").nodeId(1).build(), 5).errorCode()).isEqualTo(back);
    assertThat(call(named().clusterId(TestNode.CLUSTER_ID).nodeId(4).build(), 5).errorCode())
        .isEqualTo(back);
    assertThat(call(named().clusterId(TestNode.CLUSTER_ID).nodeId(1).build(), 5).errorCode())
        .isZero();
    assertThat(call(named().clusterId(TestNode.CLUSTER_ID).build(), 5).errorCode()).isZero();
  }

  private static ApiVersion range(int key, int lowest, int highest) {
    return ApiVersion.builder()
        .apiKey((short) key)
        .minVersion((short) lowest)
        .maxVersion((short) highest)
        .build();
  }
}
