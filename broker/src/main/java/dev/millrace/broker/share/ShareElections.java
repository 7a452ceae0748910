package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.group.PartitionCoordinatorLog;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the share coordinator what the cluster's image means to it, and those who share partitions
 * which of these moved away. Called in turns of the quorum.
 */
final class ShareElections implements ImageListener {
  private final int nodeId;
  private final ShareCoordinator coordinator;
  private final PartitionCoordinatorLog.Parts parts;
  private final SharedPartitions shared;

  ShareElections(
      int nodeId,
      ShareCoordinator coordinator,
      PartitionCoordinatorLog.Parts parts,
      SharedPartitions shared) {
    this.nodeId = nodeId;
    this.coordinator = coordinator;
    this.parts = parts;
    this.shared = shared;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    delta.topicsDeleted().values().forEach(this::deleted);
    TopicImage topic = image.topic(ShareCoordinator.TOPIC);
    if (topic != null) {
      Set<Integer> changed = delta.partitionsChanged().getOrDefault(topic.id(), Set.of());
      for (int index : changed) {
        PartitionImage partition = topic.partition(index);
        if (partition != null) {
          changed(topic.id(), index, partition, image.offset());
        }
      }
    }
    if (!delta.partitionsChanged().isEmpty() || !delta.topicsDeleted().isEmpty()) {
      shared.dropWhere(key -> isElsewhere(image.partition(key.topicId(), key.partition())));
    }
  }

  private boolean isElsewhere(@Nullable PartitionImage partition) {
    return partition == null || partition.leader() != nodeId;
  }

  private void deleted(TopicImage topic) {
    if (topic.name().equals(ShareCoordinator.TOPIC)) {
      coordinator.close();
    } else {
      coordinator.topicDeleted(topic.id());
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
