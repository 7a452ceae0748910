package dev.millrace.quorum.image;

import dev.millrace.base.settings.BrokerSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one broker as the image has them, put together anew only when some setting
 * changed: who asks several times a second gets the same again. Safe for any thread.
 */
public final class EffectiveSettings {
  private final BrokerSettings written;
  private final int brokerId;
  private volatile @Nullable Known known;

  /** What they were when these were the dynamic settings of the cluster. */
  private record Known(Map<ConfigResource, ?> configs, BrokerSettings settings) {}

  /**
   * @param written static settings of the broker
   */
  public EffectiveSettings(BrokerSettings written, int brokerId) {
    this.written = written;
    this.brokerId = brokerId;
  }

  /** As {@link ClusterImage#brokerSettings}. */
  @SuppressWarnings("ReferenceEquality") // the same map is what did not change; equal ones may wait
  public BrokerSettings of(ClusterImage image) {
    Known now = known;
    if (now == null || now.configs != image.configs()) {
      now = new Known(image.configs(), image.brokerSettings(written, brokerId));
      known = now;
    }
    return now.settings;
  }
}
