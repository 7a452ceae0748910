package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.TopicSettings;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import java.util.HashMap;
import java.util.Map;

/** What partitions are judged by within one decision: brokers, features and topic settings. */
final class PartitionRules {
  private final ClusterImage image;
  private final BrokerSettings settings;
  private final boolean tracksEligible;
  private final Map<String, OfTopic> byTopic = new HashMap<>();

  /**
   * What counts for the partitions of one topic.
   *
   * @param minInSync {@code min.insync.replicas}
   * @param unclean whether a replica that may lack records leads before nobody does
   * @param durable whether a replica counts what it has on disk alone, so that a crash takes
   *     nothing from it that was acknowledged
   */
  record OfTopic(int minInSync, boolean unclean, boolean durable) {}

  PartitionRules(Rules rules) {
    this.image = rules.image();
    this.settings = rules.settings();
    this.tracksEligible = image.featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) > 0;
  }

  ClusterImage image() {
    return image;
  }

  /** Whether replicas that leave an in-sync set are remembered as eligible (KIP-966). */
  boolean tracksEligible() {
    return tracksEligible;
  }

  OfTopic topic(String name) {
    return byTopic.computeIfAbsent(name, this::read);
  }

  private OfTopic read(String name) {
    TopicSettings topic = image.topicSettings(settings, name);
    return new OfTopic(
        topic.intValue("min.insync.replicas"),
        topic.booleanValue("unclean.leader.election.enable"),
        topic.stringValue("flush.policy").equals("disk"));
  }

  /** Whether this replica is at work: its broker is active and the log directory is not offline. */
  boolean isUsable(PartitionImage partition, int replica) {
    BrokerImage broker = image.broker(replica);
    return broker != null && broker.isActive() && broker.isOnline(partition.directoryOf(replica));
  }

  /** Whether its broker could begin a new copy. */
  boolean isActive(int replica) {
    return image.isActive(replica);
  }

  /** A broker with one log directory has no choice; the others choose when they see the record. */
  Uuid newDirectory(int brokerId) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && broker.directories().size() == 1
        ? broker.directories().getFirst()
        : PartitionImage.DIRECTORY_UNASSIGNED;
  }
}
