package dev.millrace.broker.cluster;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.ApiVersionsResponse.FinalizedFeatureKey;
import dev.millrace.wire.message.ApiVersionsResponse.SupportedFeatureKey;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * ApiVersions (18), versions 0–5: what this broker answers, in which versions.
 *
 * <p>The list is computed from the handlers, so that nothing is advertised that is not answered.
 * The one lie is Kafka's own: Produce is advertised from version 0 although 0–2 are refused,
 * because older librdkafka takes a higher minimum for a broker that cannot compress (KAFKA-18659).
 *
 * <ul>
 *   <li>3: the client names its software (KIP-511), the answer carries features (KIP-584)
 *   <li>4: features whose lowest level is 0 are listed too; older clients cannot read them
 *   <li>5: the client says whom it believes to talk to, and is told to start again from its
 *       bootstrap addresses when that is somebody else (KIP-1242)
 * </ul>
 *
 * A version that is not known here never comes to this handler: see {@link
 * dev.millrace.broker.Broker}.
 */
public final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {
  private static final Pattern SOFTWARE =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
  private static final short FEATURES_SINCE = 3;
  private static final short LEVEL_ZERO_SINCE = 4;

  private final List<Handler<?>> others;
  private final List<ApiVersion> ranges;
  private final Node node;

  /**
   * @param others the handlers of all other APIs of the listener
   */
  public ApiVersionsHandler(List<Handler<?>> others, Node node) {
    this.others = List.copyOf(others);
    List<Handler<?>> all = new ArrayList<>(others);
    all.add(this);
    this.ranges =
        all.stream()
            .map(ApiVersionsHandler::range)
            .sorted((one, other) -> Short.compare(one.apiKey(), other.apiKey()))
            .toList();
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.API_VERSIONS;
  }

  @Override
  public void handle(Call call, ApiVersionsRequest request) {
    ErrorCode error = check(call.version(), request);
    if (error != ErrorCode.NONE) {
      call.answer(ApiVersionsResponse.builder().errorCode(error).build());
      return;
    }
    if (call.version() >= FEATURES_SINCE) {
      others.forEach(other -> other.met(call.connection(), request.clientSoftwareName()));
    }
    ClusterImage image = node.image();
    call.answer(
        ApiVersionsResponse.builder()
            .apiKeys(ranges)
            .supportedFeatures(supported(call.version()))
            .finalizedFeaturesEpoch(image.offset())
            .finalizedFeatures(finalizedLevels(image))
            .build());
  }

  /** The versions of an API as clients are told of them. */
  public static ApiVersion range(Handler<?> handler) {
    boolean produce = handler.key() == ApiKey.PRODUCE;
    return ApiVersion.builder()
        .apiKey(handler.key().id())
        .minVersion(produce ? 0 : handler.lowestVersion())
        .maxVersion(handler.highestVersion())
        .build();
  }

  private ErrorCode check(short version, ApiVersionsRequest request) {
    if (version >= FEATURES_SINCE
        && !(isSoftware(request.clientSoftwareName())
            && isSoftware(request.clientSoftwareVersion()))) {
      return ErrorCode.INVALID_REQUEST;
    }
    boolean otherCluster =
        request.clusterId() != null && !request.clusterId().equals(node.clusterId());
    boolean otherNode = request.nodeId() >= 0 && request.nodeId() != node.id();
    return otherCluster || otherNode ? ErrorCode.REBOOTSTRAP_REQUIRED : ErrorCode.NONE;
  }

  private static boolean isSoftware(String text) {
    return SOFTWARE.matcher(text).matches();
  }

  private static List<SupportedFeatureKey> supported(short version) {
    return Features.supported().stream()
        .filter(feature -> feature.least() > 0 || version >= LEVEL_ZERO_SINCE)
        .map(feature ->
            SupportedFeatureKey.builder()
                .name(feature.name())
                .minVersion(feature.least())
                .maxVersion(feature.most())
                .build())
        .toList();
  }

  private static List<FinalizedFeatureKey> finalizedLevels(ClusterImage image) {
    return image.features().entrySet().stream()
        .map(feature ->
            FinalizedFeatureKey.builder()
                .name(feature.getKey())
                .minVersionLevel(feature.getValue())
                .maxVersionLevel(feature.getValue())
                .build())
        .toList();
  }
}
