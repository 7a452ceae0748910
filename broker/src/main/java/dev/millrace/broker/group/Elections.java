package dev.millrace.broker.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.Set;

/**
 * Tells the coordinator what the cluster's image means to it: which partitions of its topic this
 * node leads, and which topics are gone. Called in turns of the quorum.
 */
final class Elections implements ImageListener {
  private final int nodeId;
  private final GroupCoordinator coordinator;
  private final PartitionCoordinatorLog.Parts parts;

  Elections(int nodeId, GroupCoordinator coordinator, PartitionCoordinatorLog.Parts parts) {
    this.nodeId = nodeId;
    this.coordinator = coordinator;
    this.parts = parts;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    delta.topicsDeleted().values().forEach(this::deleted);
    if (topicsChanged(delta, image)) {
      coordinator.topicsChanged();
    }
    TopicImage topic = image.topic(GroupCoordinator.TOPIC);
    if (topic != null) {
      Set<Integer> changed = delta.partitionsChanged().getOrDefault(topic.id(), Set.of());
      for (int index : changed) {
        PartitionImage partition = topic.partition(index);
        if (partition != null) {
          changed(topic.id(), index, partition, image.offset());
        }
      }
    }
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

  private void deleted(TopicImage topic) {
    if (topic.name().equals(GroupCoordinator.TOPIC)) {
      coordinator.close();
    } else {
      coordinator.topicDeleted(topic.name(), topic.id());
    }
  }

  private void changed(Uuid topicId, int index, PartitionImage partition, long imageOffset) {
    int epoch = partition.leaderEpoch();
    if (partition.leader() == nodeId) {
      PartitionCoordinatorLog.Place place =
          new PartitionCoordinatorLog.Place(topicId, index, epoch, imageOffset);
      coordinator.elected(index, epoch, new PartitionCoordinatorLog(place, parts));
    } else {
      coordinator.resigned(index, epoch);
    }
  }
}
