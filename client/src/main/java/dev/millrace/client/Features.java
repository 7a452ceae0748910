package dev.millrace.client;

import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.UpdateFeaturesRequest;
import dev.millrace.wire.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.millrace.wire.message.UpdateFeaturesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Features of a cluster and their levels (KIP-584). Blocks; throws {@link ClientException}. */
public final class Features {
  private static final int WITH_TYPES = 1;
  private static final byte UPGRADE = 1;
  private static final byte SAFE_DOWNGRADE = 2;

  private final Cluster cluster;

  public Features(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * A feature.
   *
   * @param level that is in force; 0 when it is off
   * @param lowest that the node which answered can do
   * @param highest the same
   */
  public record Feature(int level, int lowest, int highest) {}

  /** All features by name. */
  public Map<String, Feature> describe() {
    ApiVersionsResponse answer =
        cluster.call(
            ApiVersionsRequest.builder()
                .clientSoftwareName("millrace")
                .clientSoftwareVersion("1")
                .build(),
            ApiVersionsResponse::read);
    Topics.check(answer.errorCode(), "features", null);
    Map<String, Integer> levels = new TreeMap<>();
    answer
        .finalizedFeatures()
        .forEach(each -> levels.put(each.name(), (int) each.maxVersionLevel()));
    Map<String, Feature> features = new TreeMap<>();
    for (var each : answer.supportedFeatures()) {
      features.put(
          each.name(),
          new Feature(levels.getOrDefault(each.name(), 0), each.minVersion(), each.maxVersion()));
    }
    return features;
  }

  /**
   * Sets levels; a lower one than now only where nothing is lost by it.
   *
   * @param dryRun whether it is only looked whether it would work
   */
  public void update(Map<String, Integer> levels, boolean dryRun) {
    Map<String, Feature> now = describe();
    List<FeatureUpdateKey> updates = new ArrayList<>();
    new TreeMap<>(levels)
        .forEach((name, level) -> {
          Feature known = now.get(name);
          boolean isLower = known != null && level < known.level();
          updates.add(
              FeatureUpdateKey.builder()
                  .feature(name)
                  .maxVersionLevel(level.shortValue())
                  .upgradeType(isLower ? SAFE_DOWNGRADE : UPGRADE)
                  .build());
        });
    UpdateFeaturesResponse answer =
        cluster.call(
            ApiKey.UPDATE_FEATURES,
            Short.MAX_VALUE,
            version -> request(updates, version, dryRun),
            UpdateFeaturesResponse::read);
    answer
        .results()
        .forEach(each ->
            Topics.check(each.errorCode(), "feature " + each.feature(), each.errorMessage()));
    Topics.check(answer.errorCode(), "features", answer.errorMessage());
  }

  private UpdateFeaturesRequest request(
      List<FeatureUpdateKey> updates, int version, boolean dryRun) {
    if (version < WITH_TYPES) {
      throw ClientException.failed("the node can not update features safely, it is too old", null);
    }
    return UpdateFeaturesRequest.builder()
        .timeoutMs(cluster.settings().callTimeoutMs())
        .featureUpdates(updates)
        .validateOnly(dryRun)
        .build();
  }
}
