package dev.millrace.broker.share;

import dev.millrace.broker.coordinator.Elections;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import org.jspecify.annotations.Nullable;

/**
 * Tells the share coordinator what the cluster's image means to it, and those who share partitions
 * which of these moved away. Called in turns of the quorum.
 */
final class ShareElections implements ImageListener {
  private final int nodeId;
  private final ShareCoordinator coordinator;
  private final SharedPartitions shared;
  private final Elections elections;

  ShareElections(
      int nodeId,
      ShareCoordinator coordinator,
      PartitionCoordinatorLog.Parts parts,
      SharedPartitions shared) {
    this.nodeId = nodeId;
    this.coordinator = coordinator;
    this.shared = shared;
    this.elections = new Elections(nodeId, ShareCoordinator.TOPIC, coordinator, parts);
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    elections.changed(delta, image);
    for (TopicImage gone : delta.topicsDeleted().values()) {
      coordinator.topicDeleted(gone.id());
    }
    if (!delta.partitionsChanged().isEmpty() || !delta.topicsDeleted().isEmpty()) {
      shared.dropWhere(key -> isElsewhere(image.partition(key.topicId(), key.partition())));
    }
  }

  private boolean isElsewhere(@Nullable PartitionImage partition) {
    return partition == null || partition.leader() != nodeId;
  }
}
