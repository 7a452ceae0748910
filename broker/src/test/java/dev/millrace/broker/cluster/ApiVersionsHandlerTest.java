package dev.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection;
import dev.millrace.broker.security.SaslHandshakeHandler;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.ApiVersionsResponse.FinalizedFeatureKey;
import dev.millrace.wire.message.ApiVersionsResponse.SupportedFeatureKey;
import dev.millrace.wire.message.ProduceRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionsHandlerTest {
  private static final SupportedFeatureKey METADATA =
      SupportedFeatureKey.builder()
          .name("metadata.version")
          .minVersion((short) 7)
          .maxVersion((short) 30)
          .build();
  private static final SupportedFeatureKey GROUP =
      SupportedFeatureKey.builder()
          .name("group.version")
          .minVersion((short) 0)
          .maxVersion((short) 1)
          .build();
  private static final FinalizedFeatureKey LEVEL =
      FinalizedFeatureKey.builder()
          .name("metadata.version")
          .minVersionLevel((short) 30)
          .maxVersionLevel((short) 30)
          .build();

  private final Client client = client();

  record Produce() implements Handler<ProduceRequest> {
    @Override
    public ApiKey key() {
      return ApiKey.PRODUCE;
    }

    @Override
    public void handle(Call call, ProduceRequest request) {}
  }

  private static Client client() {
    var features = new ApiVersionsHandler.Features(List.of(METADATA, GROUP), 17, List.of(LEVEL));
    List<Handler<?>> others = List.of(new SaslHandshakeHandler(), new Produce());
    ApiVersionsHandler versions =
        new ApiVersionsHandler(others, () -> features, new ApiVersionsHandler.Node("cluster", 3));
    SimOwners owners = new SimOwners(1);
    return new Client(
        new Broker(new Handlers(List.of(others.get(0), others.get(1), versions)), owners.clock()),
        new FakeConnection(owners.owner("loop"), "PLAINTEXT"));
  }

  private static ApiVersionsRequest.Builder named() {
    return ApiVersionsRequest.builder()
        .clientSoftwareName("apache-kafka-java")
        .clientSoftwareVersion("4.3.0");
  }

  private ApiVersionsResponse call(ApiVersionsRequest request, int version) {
    return client.call(ApiVersionsResponse.class, request, version);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void listsTheHandlersByKey(int version) {
    ApiVersionsResponse answer = call(named().build(), version);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.apiKeys()).containsExactly(range(0, 0, 13), range(17, 0, 1), range(18, 0, 5));
  }

  @Test
  void featuresComeWithVersion3AndLevelZeroWithVersion4() {
    assertThat(call(ApiVersionsRequest.DEFAULT, 2).supportedFeatures()).isEmpty();
    ApiVersionsResponse three = call(named().build(), 3);
    assertThat(three.supportedFeatures()).containsExactly(METADATA);
    assertThat(three.finalizedFeatures()).containsExactly(LEVEL);
    assertThat(three.finalizedFeaturesEpoch()).isEqualTo(17);
    assertThat(call(named().build(), 4).supportedFeatures()).containsExactly(METADATA, GROUP);
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
    assertThat(call(named().clusterId("other").nodeId(3).build(), 5).errorCode()).isEqualTo(back);
    assertThat(call(named().clusterId("cluster").nodeId(4).build(), 5).errorCode()).isEqualTo(back);
    assertThat(call(named().clusterId("cluster").nodeId(3).build(), 5).errorCode()).isZero();
    assertThat(call(named().clusterId("cluster").build(), 5).errorCode()).isZero();
  }

  private static ApiVersion range(int key, int lowest, int highest) {
    return ApiVersion.builder()
        .apiKey((short) key)
        .minVersion((short) lowest)
        .maxVersion((short) highest)
        .build();
  }
}
