package dev.millrace.replica;

import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.LogDirectory.Entry;
import dev.millrace.log.LogMove;
import dev.millrace.log.OpenResult;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Opens the logs of many partitions, several at once, and goes on with the owner when all of them
 * are done.
 */
final class Opening {
  private static final System.Logger LOGGER = System.getLogger(Opening.class.getName());

  private final List<Task> tasks;
  private final LogEvents events;
  private final Partition.Node node;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger open;

  /** One partition to open. Its outcome is one of the two last fields. */
  static final class Task {
    final PartitionId id;
    final ReplicaDirectory directory;
    final PartitionSettings settings;

    /** Whether others have all that this copy had: then a damaged one is made anew. */
    final boolean isReplaceable;

    /** Where a former life had begun to move it to, or null. */
    final @Nullable ReplicaDirectory future;

    @Nullable Partition partition;
    @Nullable LogMove move;
    boolean isDamaged;

    /** Whether there was no room on the disk: that may be otherwise soon. */
    boolean mayPass;

    /** Whether it was told already why this copy is not served. */
    boolean isAgain;

    ErrorCode error = ErrorCode.KAFKA_STORAGE_ERROR;

    Task(
        PartitionId id,
        ReplicaDirectory directory,
        PartitionSettings settings,
        boolean isReplaceable,
        @Nullable ReplicaDirectory future) {
      this.id = id;
      this.directory = directory;
      this.settings = settings;
      this.isReplaceable = isReplaceable;
      this.future = future;
    }

    TopicPartition name() {
      return new TopicPartition(id.topic(), id.index());
    }
  }

  private Opening(List<Task> tasks, LogEvents events, Partition.Node node) {
    this.tasks = tasks;
    this.events = events;
    this.node = node;
    this.open = new AtomicInteger(tasks.size());
  }

  /**
   * Opens all.
   *
   * @param width how many at once
   * @param done run in a turn of {@code owner}; sees the outcome in the tasks
   */
  static void run(
      List<Task> tasks, Setup setup, DiskWork work, int width, Turns owner, Runnable done) {
    if (tasks.isEmpty()) {
      done.run();
      return;
    }
    Opening opening = new Opening(tasks, setup.events, setup.node);
    for (int i = 0; i < Math.min(width, tasks.size()); i++) {
      work.submit(() -> opening.work(owner, done));
    }
  }

  /** What every partition is given. */
  record Setup(LogEvents events, Partition.Node node) {}

  private void work(Turns owner, Runnable done) {
    int at = next.getAndIncrement();
    while (at < tasks.size()) {
      open(tasks.get(at));
      if (open.decrementAndGet() == 0) {
        owner.submit(done);
      }
      at = next.getAndIncrement();
    }
  }

  private void open(Task task) {
    try {
      OpenResult result = openLog(task);
      if (result instanceof OpenResult.Damaged damaged && task.isReplaceable) {
        report(task, damaged.what() + "; it is set aside and made anew from its leader");
        task.directory.directory().setAside(new Entry(task.name(), task.id.topicId()));
        result = openLog(task);
      }
      switch (result) {
        case OpenResult.Opened opened -> {
          task.move = move(task, opened.log());
          task.partition = partition(task, opened.log());
        }
        case OpenResult.Damaged damaged -> {
          task.isDamaged = true;
          report(task, damaged.what());
        }
        case OpenResult.OtherTopic other -> report(task, "files of topic id " + other.found());
        case OpenResult.Offline offline -> {
          task.mayPass = task.directory.isOnline();
          if (!task.mayPass || !task.isAgain) {
            report(task, offline.message());
          }
        }
      }
    } catch (CorruptFileException corrupt) {
      report(task, String.valueOf(corrupt.getMessage()));
    }
  }

  private static OpenResult openLog(Task task) {
    return task.directory.directory().open(task.name(), task.id.topicId(), task.settings.log());
  }

  /** Before anything is appended the future copy is brought in line; null begins anew. */
  private static @Nullable LogMove move(Task task, PartitionLog log) {
    ReplicaDirectory future = task.future;
    if (future == null || !future.isOnline()) {
      return null;
    }
    LogDirectory to = future.directory();
    return to.openFuture(task.name(), task.id.topicId(), task.settings.log())
            instanceof OpenResult.Opened copy
        ? new LogMove(log, copy.log(), to)
        : null;
  }

  private Partition partition(Task task, PartitionLog log) {
    long known = task.directory.highWatermarks().known(log.partition());
    Partition partition = new Partition(task.id, log, task.settings, node, known);
    events.add(partition);
    return partition;
  }

  private static void report(Task task, String why) {
    LOGGER.log(
        System.Logger.Level.ERROR,
        "partition is not served: {0}, partition={1} directory={2}",
        why,
        task.id,
        task.directory.directory().path());
  }
}
