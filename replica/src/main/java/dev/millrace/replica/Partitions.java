package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All partitions of which this node has a copy. They follow the cluster's image: made, opened,
 * given a leader epoch and settings, and removed, change after change in the order in which they
 * were committed.
 *
 * <p>Lookups are safe for any thread. Changes are applied in turns of one owner, which may wait for
 * the disk; the logs of one change are opened by {@link DiskWork}, several at once.
 */
public final class Partitions implements ImageListener {
  /** Logs that are opened at once. */
  private static final int OPENING_WIDTH = 4;

  /** What a disk had no room for is tried again after so long, and later less often. */
  private static final long AGAIN_MS_MIN = 1_000;

  private static final long AGAIN_MS_MAX = 15_000;

  /** The one choice of copies that there is, by the name that users have in their files. */
  private static final String RACK_AWARE =
      "org.apache.kafka.common.replica.RackAwareReplicaSelector";

  private final ImageChange.Node node;
  private final Turns owner;
  private final DiskWork work;
  private final Clock clock;
  private final boolean rackAware;
  private final Opening.Setup opening;
  private final List<ReplicaDirectory> directories;
  private final Placement placement;
  private final DirectoryMoves moves;
  private final Hosting hosting = new Hosting();
  private final Deque<ImageChange> changes = new ArrayDeque<>();
  private final PriorityQueue<AwaitedOffset> awaited = new PriorityQueue<>();
  private volatile ClusterImage image = ClusterImage.EMPTY;
  private ClusterImage latest = ClusterImage.EMPTY;
  private long againMs = AGAIN_MS_MIN;
  private boolean again;
  private boolean busy;
  private boolean scanned;
  private volatile boolean closed;
  private long appliedOffset = -1;

  /**
   * What partitions are made of.
   *
   * @param nodeId of this node
   * @param written the settings that the node was started with
   * @param directories open and identified, at least one
   * @param disk that the directories are on
   * @param events what the directories report to
   * @param recentBytes how much of what the node appended last counts as being in memory:
   *     docs/decisions/0060
   * @param replication the way to copies on other nodes
   */
  public record Setup(
      int nodeId,
      BrokerSettings written,
      List<LogDirectory> directories,
      Disk disk,
      LogEvents events,
      long recentBytes,
      Replication replication) {
    /** Of a node that has no peers. */
    public Setup(
        int nodeId,
        BrokerSettings written,
        List<LogDirectory> directories,
        Disk disk,
        LogEvents events,
        long recentBytes) {
      this(nodeId, written, directories, disk, events, recentBytes, Replication.ALONE);
    }
  }

  private record AwaitedOffset(long offset, Runnable task) implements Comparable<AwaitedOffset> {
    @Override
    public int compareTo(AwaitedOffset other) {
      return Long.compare(offset, other.offset);
    }
  }

  /**
   * No partitions yet; they come with the first change.
   *
   * @param owner applies changes; it may wait for the disk
   */
  public Partitions(Setup setup, Turns owner, DiskWork work) {
    this.owner = owner;
    this.work = work;
    Replication replication = setup.replication;
    this.rackAware = RACK_AWARE.equals(setup.written.value("replica.selector.class"));
    this.clock = replication.clock();
    long lagMaxMs = setup.written.longValue("replica.lag.time.max.ms");
    Followers.Rules rules =
        new Followers.Rules(
            setup.nodeId, replication.clock(), lagMaxMs, silentMs(setup.written), this::mayJoin);
    Quotas quotas = new Quotas(replication.clock());
    this.opening =
        new Opening.Setup(
            setup.events,
            new Partition.Node(
                new RecentBytes.Window(setup.recentBytes),
                rules,
                replication.inSyncChanges(),
                quotas));
    this.directories =
        setup.directories.stream().map(one -> new ReplicaDirectory(one, setup.disk)).toList();
    this.placement = new Placement(directories);
    this.moves =
        new DirectoryMoves(
            owner, work, quotas.directories(), setup.events, replication.whereabouts());
    this.node =
        new ImageChange.Node(
            setup.nodeId,
            setup.written,
            hosting,
            placement,
            directories,
            setup.events,
            replication.copier(),
            replication.whereabouts(),
            quotas,
            moves);
    setup.events.whenOffline(() -> owner.submit(this::failOffline));
    setup.events.whenDamaged(one -> owner.submit(() -> failDamaged(one)));
    if (replication != Replication.ALONE) {
      owner.after(lagMaxMs / 2, () -> reviewFollowers(lagMaxMs / 2));
      reviewWaiting(Math.max(rules.silentMs() / 2, 1));
    }
  }

  /** The copy of this node, or null when it has none: see {@link #whyAbsent(String, int)}. */
  public @Nullable Partition find(String topic, int index) {
    return hosting.find(topic, index);
  }

  /** The copy of this node, or null when it has none: see {@link #whyAbsent(Uuid, int)}. */
  public @Nullable Partition find(Uuid topicId, int index) {
    return hosting.find(topicId, index);
  }

  /**
   * The broker from which a consumer in a rack is to read what this node leads: in that rack, in
   * sync and as far as possible (KIP-392). -1 when that is this node, or nodes are told by nothing
   * ({@code replica.selector.class}).
   */
  public int nearest(Partition partition, String rack, long offset) {
    BrokerImage self = rackAware ? image.broker(node.id()) : null;
    if (self == null || rack.isEmpty() || rack.equals(self.rack())) {
      return -1;
    }
    return partition.role().furthest(offset, id -> isIn(rack, id));
  }

  private boolean isIn(String rack, int brokerId) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && broker.isActive() && rack.equals(broker.rack());
  }

  /** By which followers are measured. */
  public Clock clock() {
    return clock;
  }

  /** What a client is told of a partition, named by its topic, that was not found. */
  public ErrorCode whyAbsent(String topic, int index) {
    return whyAbsent(image.topic(topic), index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  /** What a client is told of a partition, named by its topic's id, that was not found. */
  public ErrorCode whyAbsent(Uuid topicId, int index) {
    return whyAbsent(image.topic(topicId), index, ErrorCode.UNKNOWN_TOPIC_ID);
  }

  private ErrorCode whyAbsent(@Nullable TopicImage topic, int index, ErrorCode unknown) {
    if (topic == null) {
      return unknown;
    }
    if (topic.partition(index) == null) {
      return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    ErrorCode broken = hosting.broken(topic.id(), index);
    return broken == null ? ErrorCode.NOT_LEADER_OR_FOLLOWER : broken;
  }

  /**
   * Whether the cluster has this node lead a partition, and nothing is known of it that speaks
   * against that: if the partition does not lead, it will once {@link #whenApplied(Runnable)} says
   * so.
   */
  public boolean isToLead(String topic, int index) {
    return isToLead(image.topic(topic), index);
  }

  /** The same of a topic by its id. */
  public boolean isToLead(Uuid topicId, int index) {
    return isToLead(image.topic(topicId), index);
  }

  private boolean isToLead(@Nullable TopicImage topic, int index) {
    if (topic == null || closed) {
      return false;
    }
    PartitionImage wanted = topic.partition(index);
    return wanted != null
        && wanted.leader() == node.id()
        && hosting.broken(topic.id(), index) == null;
  }

  /** What lies in the log directories. May wait for the disk. */
  public List<DirectoryReport> directories() {
    List<DirectoryReport> reports = new ArrayList<>();
    directories.forEach(one -> reports.add(one.report()));
    placement.missing().forEach(path -> reports.add(DirectoryReport.offline(path)));
    return reports;
  }

  /**
   * Tells of log directories that could not be opened: copies that the cluster knows to be in them
   * are not made anew elsewhere. Before the first change.
   */
  public void missing(List<Path> paths) {
    placement.missing(paths);
  }

  /**
   * Has copies brought to other log directories of this node, in the background: {@link
   * DirectoryReport} tells how far that is. A copy that is on its way and is wanted where it is
   * stays there.
   *
   * @param answer given in a turn of the owner, one error for each wish: NONE for what is begun or
   *     done, REPLICA_NOT_AVAILABLE for what is not here yet and will be made there
   */
  public void place(List<DirectoryWish> wishes, Consumer<List<ErrorCode>> answer) {
    DirectoryWishes known = new DirectoryWishes(this, directories, placement, moves);
    owner.submit(() ->
        answer.accept(
            wishes.stream()
                .map(one -> closed ? ErrorCode.KAFKA_STORAGE_ERROR : known.take(one))
                .toList()));
  }

  /** Takes the next change; it is applied when those before are. */
  @Override
  public void changed(ImageDelta delta, ClusterImage next) {
    image = next;
    owner.submit(() -> {
      latest = next;
      changes.add(new ImageChange(node, delta, next));
      applyNext();
    });
  }

  /**
   * Runs {@code task}, in a turn of the owner, when everything in the metadata up to {@code offset}
   * is applied here: partitions that were made can be used.
   */
  public void whenApplied(long offset, Runnable task) {
    owner.submit(() -> {
      awaited.add(new AwaitedOffset(offset, task));
      tellApplied();
    });
  }

  /** The same for everything that this node's image has at this moment. */
  public void whenApplied(Runnable task) {
    whenApplied(image.offset(), task);
  }

  /**
   * Stops serving and writes the high watermarks down. The directories stay open.
   *
   * @param stopped run in a turn of the owner
   */
  public void close(Runnable stopped) {
    owner.submit(() -> {
      closed = true;
      moves.stop();
      closeAll();
      writeHighWatermarks();
      stopped.run();
    });
  }

  private void closeAll() {
    hosting.all().forEach(one -> one.close(ErrorCode.NOT_LEADER_OR_FOLLOWER));
  }

  /** The broker's settings as they are now. */
  BrokerSettings brokerSettings() {
    return image.brokerSettings(node.written(), node.id());
  }

  /** All copies. */
  List<Partition> all() {
    return hosting.all();
  }

  List<ReplicaDirectory> replicaDirectories() {
    return directories;
  }

  /** Writes the high watermarks down. Waits for the disk. */
  void writeHighWatermarks() {
    directories.forEach(ReplicaDirectory::writeHighWatermarks);
  }

  private boolean mayJoin(int brokerId, long brokerEpoch) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && broker.isActive() && broker.epoch() == brokerEpoch;
  }

  private void reviewFollowers(long intervalMs) {
    if (!closed) {
      hosting.all().forEach(one -> one.role().reviewFollowers());
      owner.after(intervalMs, () -> reviewFollowers(intervalMs));
    }
  }

  /**
   * The controller fences who is silent for a session; a follower that it hears of and the leader
   * does not for two of them is cut off from that.
   */
  private static long silentMs(BrokerSettings written) {
    return Math.min(
        written.longValue("replica.lag.time.max.ms"),
        2L * written.intValue("broker.session.timeout.ms"));
  }

  private void reviewWaiting(long intervalMs) {
    owner.after(
        intervalMs,
        () -> {
          if (!closed) {
            hosting.all().forEach(one -> one.role().reviewWaiting());
            reviewWaiting(intervalMs);
          }
        });
  }

  private void applyNext() {
    if (busy || closed || changes.isEmpty()) {
      return;
    }
    busy = true;
    ImageChange change = changes.remove();
    if (!scanned) {
      placement.scan();
    }
    change.removeDeleted();
    change.applySettings();
    List<Opening.Task> tasks = change.applyPartitions();
    Runnable done =
        () -> {
          change.opened(tasks);
          if (closed) {
            closeAll();
          }
          change.reviewFollowers();
          finished(change.image());
        };
    Opening.run(tasks, opening, work, OPENING_WIDTH, owner, done);
  }

  private void finished(ClusterImage applied) {
    if (!scanned) {
      scanned = true;
      // an image without topics may be that of a directory whose metadata was lost
      boolean keepAll = applied.topics().byId().isEmpty();
      placement.removeStrays(id -> keepAll || applied.topic(id) != null);
    }
    appliedOffset = applied.offset();
    busy = false;
    tryAgainLater();
    tellApplied();
    applyNext();
  }

  private void tryAgainLater() {
    if (hosting.passing().isEmpty()) {
      againMs = AGAIN_MS_MIN;
    } else if (!again) {
      again = true;
      owner.after(againMs, this::tryAgain);
      againMs = Math.min(2 * againMs, AGAIN_MS_MAX);
    }
  }

  private void tryAgain() {
    again = false;
    if (!closed) {
      changes.add(ImageChange.again(node, latest));
      applyNext();
    }
  }

  private void tellApplied() {
    while (!awaited.isEmpty() && awaited.peek().offset <= appliedOffset) {
      awaited.remove().task.run();
    }
  }

  /** A damaged copy leads no more, and is made anew when the cluster can do without it. */
  private void failDamaged(Partition partition) {
    if (partition.isOpen()
        && hosting.find(partition.id().topicId(), partition.id().index()) == partition) {
      partition.fail();
      node.whereabouts().tell(partition.id(), Whereabouts.LOST);
    }
  }

  private void failOffline() {
    for (ReplicaDirectory directory : directories) {
      if (!directory.isOnline()) {
        hosting.all().stream().filter(directory::contains).forEach(Partition::fail);
      }
    }
    moves.review();
  }
}
