package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One change of the cluster's image as it is applied to the copies of this node. */
final class ImageChange {
  private static final System.Logger LOGGER = System.getLogger(ImageChange.class.getName());

  private final Node node;
  private final ImageDelta delta;
  private final ClusterImage image;
  private final BrokerSettings broker;
  private final Map<Uuid, PartitionSettings> settings = new HashMap<>();

  /** What a change is applied to. */
  record Node(
      int id,
      BrokerSettings written,
      Hosting hosting,
      Placement placement,
      List<ReplicaDirectory> directories,
      LogEvents events,
      Copier copier,
      Whereabouts whereabouts,
      Quotas quotas,
      DirectoryMoves moves) {}

  ImageChange(Node node, ImageDelta delta, ClusterImage image) {
    this.node = node;
    this.delta = delta;
    this.image = image;
    this.broker = image.brokerSettings(node.written, node.id);
  }

  /**
   * Tries again what could not be opened for a reason that may have passed; the image is that of
   * the change before.
   */
  static ImageChange again(Node node, ClusterImage image) {
    ImageDelta delta =
        new ImageDelta(
            image, Set.of(), Map.of(), node.hosting.passing(), Set.of(), Set.of(), false);
    return new ImageChange(node, delta, image);
  }

  ClusterImage image() {
    return image;
  }

  /** Gives up the copies of deleted topics. Waits for the disk. */
  void removeDeleted() {
    for (TopicImage gone : delta.topicsDeleted().values()) {
      node.hosting.all(gone.id()).forEach(one -> remove(one, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
      node.hosting.removeBroken(gone.id());
      for (int index : gone.partitions().keySet()) {
        removeSetAside(new PartitionId(gone.name(), gone.id(), index));
      }
    }
  }

  /** Damaged copies are kept until another one here is in sync: all may be damaged at once. */
  private void removeSetAside(PartitionId id) {
    TopicPartition name = new TopicPartition(id.topic(), id.index());
    node.directories.forEach(one -> one.directory().removeSetAside(name, id.topicId()));
  }

  /** Gives copies the settings that changed. */
  void applySettings() {
    List<String> cordoned = broker.listValue("cordoned.log.dirs");
    node.directories.forEach(directory -> directory.cordon(cordoned));
    node.quotas.rates(broker);
    boolean all =
        delta.configsChanged().stream().anyMatch(one -> one.scope() == ConfigScope.BROKER);
    for (TopicImage topic : all ? image.topics().byId().values() : topicsWithOtherSettings()) {
      for (Partition partition : node.hosting.all(topic.id())) {
        partition.settings(settings(topic));
      }
    }
  }

  private List<TopicImage> topicsWithOtherSettings() {
    return delta.configsChanged().stream()
        .filter(one -> one.scope() == ConfigScope.TOPIC)
        .map(ConfigResource::name)
        .map(image::topic)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Applies leader epochs, gives up what moved away, and tells which copies are to be opened. */
  List<Opening.Task> applyPartitions() {
    List<Opening.Task> tasks = new ArrayList<>();
    delta
        .partitionsChanged()
        .forEach((topicId, indexes) -> applyPartitions(image.topic(topicId), indexes, tasks));
    return tasks;
  }

  private void applyPartitions(
      @Nullable TopicImage topic, Set<Integer> indexes, List<Opening.Task> tasks) {
    if (topic == null) {
      return;
    }
    for (int index : indexes) {
      PartitionImage wanted = topic.partition(index);
      Partition here = node.hosting.find(topic.id(), index);
      boolean isMine = wanted != null && wanted.replicas().contains(node.id);
      if (here != null && !isMine) {
        remove(here, ErrorCode.NOT_LEADER_OR_FOLLOWER);
      } else if (here != null && wanted != null && isLost(here, wanted)) {
        remove(here, ErrorCode.NOT_LEADER_OR_FOLLOWER, true);
        open(topic, index, tasks);
      } else if (here != null && wanted != null) {
        assign(here, wanted);
      } else if (isMine && wanted != null && mayOpen(topic, index, wanted)) {
        open(topic, index, tasks);
      } else if (!isMine) {
        node.hosting.removeBroken(topic.id(), index);
      }
    }
  }

  /** A copy that was found damaged while it was used, and that can be had again. */
  private boolean isLost(Partition here, PartitionImage wanted) {
    return here.log().damage() != null && isReplaceable(wanted);
  }

  /** What is damaged is tried again only when it may be thrown away. */
  private boolean mayOpen(TopicImage topic, int index, PartitionImage wanted) {
    return node.hosting.broken(topic.id(), index) == null
        || node.hosting.mayPass(topic.id(), index)
        || (isReplaceable(wanted)
            && node.placement.isLeft(new TopicPartition(topic.name(), index)));
  }

  /**
   * Whether the cluster does without this copy: another leads, and nobody counts on this one to
   * have what is acknowledged.
   */
  private boolean isReplaceable(PartitionImage wanted) {
    return wanted.hasLeader()
        && wanted.leader() != node.id
        && !wanted.isr().contains(node.id)
        && !wanted.eligible().contains(node.id)
        && !wanted.lastEligible().contains(node.id);
  }

  private void open(TopicImage topic, int index, List<Opening.Task> tasks) {
    PartitionId id = new PartitionId(topic.name(), topic.id(), index);
    PartitionImage wanted = topic.partition(index);
    TopicPartition name = new TopicPartition(topic.name(), index);
    if (wanted != null && isOutOfReach(wanted)) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "copy lies in a log directory that could not be opened, partition={0} is not served",
          id);
      node.hosting.putBroken(id, ErrorCode.KAFKA_STORAGE_ERROR, false);
      return;
    }
    ReplicaDirectory directory = node.placement.take(name, topic.id());
    if (directory == null) {
      LOGGER.log(
          System.Logger.Level.ERROR, "no log directory is online, partition={0} is not made", id);
      node.hosting.putBroken(id, ErrorCode.KAFKA_STORAGE_ERROR, false);
    } else {
      boolean isReplaceable = wanted != null && isReplaceable(wanted);
      ReplicaDirectory future = node.placement.future(name, topic.id(), directory);
      Opening.Task task = new Opening.Task(id, directory, settings(topic), isReplaceable, future);
      task.isAgain = node.hosting.mayPass(topic.id(), index);
      tasks.add(task);
    }
  }

  /** Whether the copy may be in a directory that failed: an empty one elsewhere is no copy. */
  private boolean isOutOfReach(PartitionImage wanted) {
    Uuid at = wanted.directoryOf(node.id);
    return node.placement.isMissing()
        && !at.isReserved()
        && node.directories.stream().noneMatch(one -> one.id().equals(at));
  }

  /** Takes over what was opened. */
  void opened(List<Opening.Task> tasks) {
    for (Opening.Task task : tasks) {
      node.placement.settled(task.directory);
      Partition partition = task.partition;
      PartitionImage wanted = image.partition(task.id.topicId(), task.id.index());
      if (partition == null || wanted == null) {
        node.hosting.putBroken(task.id, task.error, task.mayPass);
        if (task.isDamaged || task.mayPass) {
          node.placement.left(task.name(), task.directory);
        }
        if (task.isDamaged) {
          node.whereabouts.tell(task.id, Whereabouts.LOST);
        }
      } else {
        task.directory.add(partition);
        assign(partition, wanted);
        node.hosting.put(partition);
        tellDirectory(task, wanted);
        if (task.future != null) {
          node.moves.begin(partition, task.directory, task.future, task.move);
        }
      }
    }
  }

  /** The cluster must know, to tell what a directory that fails takes with it. */
  private void tellDirectory(Opening.Task task, PartitionImage wanted) {
    Uuid at = task.directory.id();
    boolean hasName = !at.equals(PartitionImage.DIRECTORY_UNASSIGNED);
    if (hasName && !wanted.directoryOf(node.id).equals(at)) {
      node.whereabouts.tell(task.id, at);
    }
  }

  private void assign(Partition partition, PartitionImage wanted) {
    Following leader = partition.assign(wanted, node.id);
    if (leader != null) {
      node.copier.follow(leader);
    }
    if (wanted.isr().contains(node.id)) {
      removeSetAside(partition.id());
    }
  }

  /** Followers whose brokers came or went may hold something up. */
  void reviewFollowers() {
    if (!delta.brokersChanged().isEmpty()) {
      node.hosting.all().forEach(one -> one.role().reviewFollowers());
    }
  }

  private void remove(Partition partition, ErrorCode reason) {
    remove(partition, reason, false);
  }

  /**
   * @param isKept whether the files stay, aside: they are damaged, and perhaps not the only ones
   */
  private void remove(Partition partition, ErrorCode reason, boolean isKept) {
    node.moves.gone(partition);
    node.hosting.remove(partition.id());
    partition.close(reason);
    node.events.remove(partition);
    for (ReplicaDirectory directory : node.directories) {
      if (directory.contains(partition)) {
        directory.remove(partition);
        if (isKept) {
          directory.directory().setAside(partition.log());
        } else {
          directory.directory().remove(partition.log());
        }
      }
    }
  }

  private PartitionSettings settings(TopicImage topic) {
    return settings.computeIfAbsent(
        topic.id(), _ -> PartitionSettings.of(image.topicSettings(broker, topic.name()), broker));
  }
}
