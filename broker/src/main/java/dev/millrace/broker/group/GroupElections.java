package dev.millrace.broker.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.coordinator.Elections;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.TopicImage;

/**
 * Tells the group coordinator what the cluster's image means to it: which partitions of its topic
 * this node leads, and which topics changed or are gone. Called in turns of the quorum.
 */
final class GroupElections implements ImageListener {
  private final GroupCoordinator coordinator;
  private final Elections elections;

  GroupElections(int nodeId, GroupCoordinator coordinator, PartitionCoordinatorLog.Parts parts) {
    this.coordinator = coordinator;
    this.elections = new Elections(nodeId, GroupCoordinator.TOPIC, coordinator, parts);
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    for (TopicImage gone : delta.topicsDeleted().values()) {
      if (!gone.name().equals(GroupCoordinator.TOPIC)) {
        coordinator.topicDeleted(gone.name(), gone.id());
      }
    }
    if (topicsChanged(delta, image)) {
      coordinator.topicsChanged();
    }
    elections.changed(delta, image);
  }

  /** Whether topics came or went, or have more partitions. */
  private static boolean topicsChanged(ImageDelta delta, ClusterImage image) {
    if (!delta.topicsCreated().isEmpty() || !delta.topicsDeleted().isEmpty()) {
      return true;
    }
    for (Uuid id : delta.partitionsChanged().keySet()) {
      TopicImage before = delta.before().topic(id);
      TopicImage after = image.topic(id);
      if (before != null && after != null && before.partitionCount() != after.partitionCount()) {
        return true;
      }
    }
    return false;
  }
}
