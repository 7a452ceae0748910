package dev.millrace.broker.coordinator;

import dev.millrace.coordinator.Coordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.Set;

/**
 * Tells a coordinator which partitions of its topic this node leads. Called in turns of the quorum.
 */
public final class Elections implements ImageListener {
  private final int nodeId;
  private final String topic;
  private final Coordinator coordinator;
  private final PartitionCoordinatorLog.Parts parts;

  public Elections(
      int nodeId, String topic, Coordinator coordinator, PartitionCoordinatorLog.Parts parts) {
    this.nodeId = nodeId;
    this.topic = topic;
    this.coordinator = coordinator;
    this.parts = parts;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    if (delta.topicsDeleted().values().stream().anyMatch(gone -> gone.name().equals(topic))) {
      coordinator.close();
    }
    TopicImage there = image.topic(topic);
    if (there != null) {
      Set<Integer> changed = delta.partitionsChanged().getOrDefault(there.id(), Set.of());
      for (int index : changed) {
        PartitionImage partition = there.partition(index);
        if (partition != null) {
          changed(there, index, partition, image.offset());
        }
      }
    }
  }

  private void changed(TopicImage there, int index, PartitionImage partition, long imageOffset) {
    int epoch = partition.leaderEpoch();
    if (partition.leader() == nodeId) {
      PartitionCoordinatorLog.Place place =
          new PartitionCoordinatorLog.Place(there.id(), index, epoch, imageOffset);
      coordinator.elected(index, epoch, new PartitionCoordinatorLog(place, parts));
    } else {
      coordinator.resigned(index, epoch);
    }
  }
}
