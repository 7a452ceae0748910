package dev.millrace.broker;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import java.util.List;
import java.util.function.Supplier;

/**
 * What handlers know of the node that they answer for. Safe for any thread.
 *
 * @param clusterId in its text form, 22 characters
 * @param written the settings that the node was started with
 * @param images gives the newest image of the cluster
 */
public record Node(
    int id, String clusterId, BrokerSettings written, Supplier<ClusterImage> images) {
  private static final int NO_CONTROLLER = -1;

  /** The newest image; take it once a request, so that an answer speaks of one moment. */
  public ClusterImage image() {
    return images.get();
  }

  /** This broker's effective settings in {@code image}. */
  public BrokerSettings settings(ClusterImage image) {
    return image.brokerSettings(written, id);
  }

  /** The brokers that clients are told of on a listener, in the order of their ids. */
  public static List<BrokerImage> brokers(ClusterImage image, String listener) {
    return image.brokers().values().stream()
        .filter(broker -> !broker.fenced() && broker.endpoint(listener) != null)
        .toList();
  }

  /**
   * The broker that clients shall send admin requests to. Each broker takes them, so it is the one
   * that they talk to already.
   */
  public int controllerId(List<BrokerImage> brokers) {
    boolean told = brokers.stream().anyMatch(broker -> broker.id() == id);
    return told || brokers.isEmpty() ? (told ? id : NO_CONTROLLER) : brokers.getFirst().id();
  }
}
