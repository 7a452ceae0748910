package dev.millrace.broker.coordinator;

import dev.millrace.coordinator.CoordinatorLog;
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
  private final Candidate candidate;
  private final PartitionCoordinatorLog.Parts parts;

  /** Who leads partitions, or not any more. */
  public interface Candidate {
    /** This node leads a partition in an epoch, and may use its log. */
    void elected(int partition, int leaderEpoch, CoordinatorLog log);

    /** This node does not lead a partition, since before an epoch. */
    void resigned(int partition, int leaderEpoch);

    /** The topic is gone. */
    void close();
  }

  public Elections(
      int nodeId, String topic, Candidate candidate, PartitionCoordinatorLog.Parts parts) {
    this.nodeId = nodeId;
    this.topic = topic;
    this.candidate = candidate;
    this.parts = parts;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    if (delta.topicsDeleted().values().stream().anyMatch(gone -> gone.name().equals(topic))) {
      candidate.close();
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
      candidate.elected(index, epoch, new PartitionCoordinatorLog(place, parts));
    } else {
      candidate.resigned(index, epoch);
    }
  }
}
