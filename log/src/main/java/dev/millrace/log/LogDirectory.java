package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.DirectoryCheckpoints.Known;
import dev.millrace.log.LogRecovery.Outcome;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.log.checkpoint.NewerFileException;
import dev.millrace.log.checkpoint.PartitionMetadata;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.log.journal.JournalFile;
import dev.millrace.log.segment.SegmentFiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory with the logs of many partitions, locked for this node alone.
 *
 * <p>A fault of the disk takes it offline until the next start: nothing in it is read, written or
 * acknowledged any more. Safe for any thread; methods may block on the disk.
 */
public final class LogDirectory {
  private static final String LOCK = ".lock";

  private final Path path;
  private final Environment environment;
  private final Disk disk;
  private final Disk.Lock lock;
  private final DirectoryHealth health;
  private final Spare spare;
  private final LazyJournal journal;
  private final GroupSync sync;
  private final DirectoryCheckpoints checkpoints;
  private final FutureCopies futures;
  private final FormerCopies formers;
  private final OptionalLong cleanStop;
  private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();

  /**
   * What a log directory needs of the world.
   *
   * @param owner of the directory's disk work: syncs and deletions run in its turns
   * @param durable told after each sync how far a log is on disk
   * @param offline told once when the directory goes offline, on the thread that met the fault
   * @param journaling how it has a flush journal; null for none
   * @param spareBytes room that is kept for metadata and checkpoints on a full volume
   */
  public record Environment(
      Disk disk,
      Clock clock,
      Turns owner,
      DurableListener durable,
      Consumer<DiskException> offline,
      @Nullable Journaling journaling,
      long spareBytes) {
    /** Keeps no room. */
    public Environment(
        Disk disk,
        Clock clock,
        Turns owner,
        DurableListener durable,
        Consumer<DiskException> offline,
        @Nullable Journaling journaling) {
      this(disk, clock, owner, durable, offline, journaling, 0);
    }

    /** Without a flush journal; keeps no room. */
    public Environment(
        Disk disk,
        Clock clock,
        Turns owner,
        DurableListener durable,
        Consumer<DiskException> offline) {
      this(disk, clock, owner, durable, offline, null);
    }
  }

  /**
   * A partition's directory.
   *
   * @param topicId null when it does not say
   */
  public record Entry(TopicPartition partition, @Nullable Uuid topicId) {}

  private LogDirectory(Path path, Environment environment, Disk.Lock lock) {
    this.path = path;
    this.environment = environment;
    this.disk = environment.disk();
    this.lock = lock;
    this.spare = new Spare(disk, environment.clock(), path, environment.spareBytes());
    this.health =
        new DirectoryHealth(
            environment.offline(), spare, () -> environment.owner().submit(this::keepSpare));
    this.checkpoints = DirectoryCheckpoints.open(disk, path);
    this.journal = new LazyJournal(disk, path, environment.journaling(), health, replay());
    this.futures = new FutureCopies(disk, path);
    this.formers = new FormerCopies(disk, path, health);
    this.sync =
        new GroupSync(
            new GroupSync.Where(disk, path, environment.clock(), environment.owner()),
            health,
            environment.durable(),
            journal);
    this.cleanStop = CleanStop.take(disk, path);
  }

  /** Returns the number of the journal's next frame. */
  private long replay() {
    boolean wasStopped = disk.exists(path.resolve(CleanStop.NAME));
    long next = JournalReplay.run(disk, path, checkpoints, wasStopped);
    boolean isWanted = environment.journaling() != null && environment.journaling().bytes() > 0;
    if (!isWanted && disk.exists(path.resolve(JournalFile.NAME))) {
      JournalFile.remove(disk, path);
    }
    return next;
  }

  /**
   * Opens a directory, making it when needed, and takes its lock.
   *
   * @throws DiskException of kind LOCKED when another node uses it, or of another kind
   * @throws dev.millrace.log.checkpoint.CorruptFileException when a checkpoint in it is malformed
   */
  public static LogDirectory open(Path path, Environment environment) {
    createLasting(environment.disk(), path.toAbsolutePath());
    Disk.Lock lock = environment.disk().lock(path.resolve(LOCK));
    boolean isOpen = false;
    try {
      LogDirectory directory = new LogDirectory(path, environment, lock);
      directory.formers.tidy();
      isOpen = true;
      return directory;
    } finally {
      if (!isOpen) {
        lock.close();
      }
    }
  }

  /**
   * Whether a directory was opened before by a node of this kind, and not only written by Apache
   * Kafka.
   */
  public static boolean isKnown(Disk disk, Path path) {
    return disk.exists(path.resolve(DurableMarks.NAME));
  }

  public Path path() {
    return path;
  }

  /** Whom the directory belongs to; null when it is new. */
  public @Nullable MetaProperties identity() {
    return MetaProperties.read(disk, path.resolve(MetaProperties.NAME));
  }

  /** Writes down whom the directory belongs to. */
  public void identify(MetaProperties identity) {
    MetaProperties.write(disk, path.resolve(MetaProperties.NAME), identity);
  }

  /**
   * The broker epoch of a clean stop before this start, {@link CleanStop#NO_EPOCH} when it left
   * none; empty when the node was not stopped in order.
   */
  public OptionalLong cleanStop() {
    return cleanStop;
  }

  /** Whether it can be written; once it is not, only the next start can change that. Any thread. */
  public boolean isOnline() {
    return health.isOnline();
  }

  /** Why the directory is offline, or null. */
  public @Nullable DiskException fault() {
    return health.fault();
  }

  /** Bytes of the volume. */
  public Disk.Space space() {
    return disk.space(path);
  }

  /** The partitions that have a directory here, opened or not. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (String name : disk.list(path)) {
      TopicPartition partition = TopicPartition.ofDirectory(name);
      Path directory = path.resolve(name);
      if (partition != null && disk.isDirectory(directory)) {
        entries.add(new Entry(partition, topicIn(directory)));
      }
    }
    return entries;
  }

  /** What says nothing is told when the copy is opened: the others are served all the same. */
  private @Nullable Uuid topicIn(Path directory) {
    try {
      return PartitionMetadata.read(disk, directory.resolve(PartitionMetadata.NAME));
    } catch (NewerFileException newer) {
      throw newer;
    } catch (CorruptFileException damaged) {
      return null;
    }
  }

  /** The future copies that have a directory here, opened or not: {@link #openFuture}. */
  public List<Entry> futures() {
    List<Entry> entries = new ArrayList<>();
    for (String name : disk.list(path)) {
      TopicPartition partition = FutureCopies.of(name);
      Path directory = path.resolve(name);
      if (partition != null && disk.isDirectory(directory)) {
        entries.add(new Entry(partition, topicIn(directory)));
      }
    }
    return entries;
  }

  /**
   * Whether a partition moved here from another directory and its copy there may not be removed
   * yet: the one here counts.
   */
  public boolean isMoved(TopicPartition partition) {
    return futures.isMoved(partition);
  }

  /** Notes that the copy in the other directory is gone. */
  public void settleMove(TopicPartition partition) {
    guarded(() -> futures.forget(partition));
  }

  /** The logs that are open. */
  public List<PartitionLog> logs() {
    return List.copyOf(logs.values());
  }

  /**
   * Opens the log of a partition, or makes an empty one when there is none. Several partitions may
   * be opened at once by several threads, each by one.
   *
   * @param topicId that the partition's directory must have
   */
  public OpenResult open(TopicPartition partition, Uuid topicId, LogSettings settings) {
    return open(
        partition,
        () -> openOrCreate(path.resolve(partition.toString()), partition, topicId, settings));
  }

  /**
   * Opens the log of a partition's future copy, or begins one: it becomes what is in another log
   * directory by a {@link LogMove}. There is no other log of the partition in this directory. As
   * {@link #open(TopicPartition, Uuid, LogSettings)}.
   */
  public OpenResult openFuture(TopicPartition partition, Uuid topicId, LogSettings settings) {
    if (!FutureCopies.hasName(partition)) {
      return new OpenResult.Offline("topic name is too long to be moved, partition=" + partition);
    }
    return open(
        partition,
        () -> {
          Path directory = futures.directory(partition, topicId);
          OpenResult result = openOrCreate(directory, partition, topicId, settings);
          if (result instanceof OpenResult.Opened opened) {
            opened.log().flushing().keepOutOfJournal();
          }
          return result;
        });
  }

  private OpenResult open(TopicPartition partition, Supplier<OpenResult> opening) {
    if (!health.isOnline()) {
      return new OpenResult.Offline("log directory is offline, path=" + path);
    }
    if (logs.containsKey(partition)) {
      throw new IllegalStateException("log is open already, partition=" + partition);
    }
    try {
      return opening.get();
    } catch (CorruptFileException corrupt) {
      return new OpenResult.Damaged(String.valueOf(corrupt.getMessage()));
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.FULL) {
        health.full(String.valueOf(fault.getMessage()));
      } else {
        health.fail(fault);
      }
      return new OpenResult.Offline(String.valueOf(fault.getMessage()));
    }
  }

  /** Removes a log that is open: its directory is renamed now and its files go a little later. */
  public void remove(PartitionLog log) {
    log.keeping().close();
    logs.remove(log.partition());
    try {
      log.flushing().withoutJournal(() -> checkpoints.forget(log.context()));
      Path doomed = formers.doom(log.files().directory(), log.partition(), log.topicId());
      futures.forget(log.partition());
      environment
          .owner()
          .after(
              log.settings().retention().fileDelayMs(),
              () -> {
                log.closeFiles();
                formers.remove(doomed);
              });
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }

  /**
   * Puts the damaged copy of a partition that is not open aside: another one may be made, and this
   * one stays until {@link #removeSetAside}.
   */
  public void setAside(Entry entry) {
    Uuid id = entry.topicId() == null ? Uuid.ZERO : entry.topicId();
    guarded(() -> {
      checkpoints.forget(entry.partition(), id);
      checkpoints.renew(entry.partition());
      formers.setAside(path.resolve(entry.partition().toString()), entry.partition(), id);
    });
  }

  /** The same for one that is open: its log is not used any more. */
  public void setAside(PartitionLog log) {
    log.keeping().close();
    logs.remove(log.partition());
    guarded(() -> {
      log.flushing().withoutJournal(() -> checkpoints.forget(log.context()));
      formers.setAside(log.files().directory(), log.partition(), log.topicId());
      futures.forget(log.partition());
      environment.owner().after(log.settings().retention().fileDelayMs(), log::closeFiles);
    });
  }

  /** Removes damaged copies of a partition that were put aside: nobody needs them any more. */
  public void removeSetAside(TopicPartition partition, Uuid topicId) {
    formers.removeSetAside(partition, topicId);
  }

  /** Removes the directory of a partition that is not open. */
  public void removeStray(Entry entry) {
    Uuid id = entry.topicId() == null ? Uuid.ZERO : entry.topicId();
    guarded(() -> removeStray(path.resolve(entry.partition().toString()), entry.partition(), id));
  }

  /** Removes, so that it lasts, a copy whose partition moved to another directory. */
  public void removeLeft(Entry entry) {
    removeStray(entry);
    syncNames();
  }

  /** Whether a partition can be moved here: very long topic names leave no room for it. */
  public static boolean canMove(TopicPartition partition) {
    return FutureCopies.hasName(partition);
  }

  /** Removes the directory of a future copy that is not open. */
  public void removeFuture(Entry entry) {
    Uuid id = entry.topicId() == null ? Uuid.ZERO : entry.topicId();
    guarded(() -> removeStray(futures.directory(entry.partition(), id), entry.partition(), id));
  }

  private void removeStray(Path directory, TopicPartition partition, Uuid topicId) {
    checkpoints.forget(partition, topicId);
    checkpoints.renew(partition);
    Path doomed = formers.doom(directory, partition, topicId);
    environment.owner().submit(() -> formers.remove(doomed));
  }

  /** Makes the names of the directory last. */
  void syncNames() {
    guarded(() -> disk.syncDirectory(path));
  }

  FutureCopies futureCopies() {
    return futures;
  }

  /**
   * Writes down what makes a start after a crash quick: indexes, producers, recovery points, log
   * starts. To be called about once a minute.
   */
  public void checkpoint() {
    for (PartitionLog log : logs()) {
      log.keeping().checkpoint();
    }
    writeCheckpoints();
  }

  /**
   * Syncs and closes everything and leaves the mark of a clean stop. Nothing may use the logs any
   * more.
   *
   * @param brokerEpoch for the mark, or {@link CleanStop#NO_EPOCH}
   */
  public void close(long brokerEpoch) {
    try {
      if (health.isOnline()) {
        for (PartitionLog log : logs()) {
          log.flushing().flush();
          log.flushing().settle();
          log.keeping().checkpoint();
        }
        if (health.isOnline()) {
          journal.finish();
        }
        checkpoints.write();
        if (health.isOnline()) {
          CleanStop.mark(disk, path, brokerEpoch);
        }
      }
    } catch (DiskException fault) {
      health.fail(fault);
    } finally {
      abandon();
    }
  }

  /** Lets go of everything without writing a byte, as a crash of the process would. */
  public void abandon() {
    for (PartitionLog log : logs()) {
      log.keeping().close();
      log.closeFiles();
    }
    logs.clear();
    spare.close();
    journal.close();
    environment.owner().submit(sync::release);
    checkpoints.close();
    lock.close();
  }

  /** As {@link #abandon}, where nothing was used: a mark of a clean stop is there as before. */
  public void giveBack() {
    cleanStop.ifPresent(epoch -> CleanStop.mark(disk, path, epoch));
    abandon();
  }

  private void writeCheckpoints() {
    guarded(checkpoints::writeWhereThereIsRoom);
    keepSpare();
  }

  private void keepSpare() {
    guarded(() -> {
      if (health.mayAppend()) {
        spare.make();
      }
    });
  }

  private void guarded(Runnable work) {
    try {
      if (health.isOnline()) {
        work.run();
      }
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }

  private OpenResult openOrCreate(
      Path directory, TopicPartition partition, Uuid topicId, LogSettings settings) {
    SegmentFiles files = new SegmentFiles(disk, directory);
    LogContext context =
        new LogContext(
            partition,
            topicId,
            environment.clock(),
            environment.owner(),
            health,
            sync,
            checkpoints);
    if (!disk.exists(directory)) {
      return create(context, files, settings);
    }
    Known known = checkpoints.known(context);
    Uuid found = metadata(directory, known);
    if (found != null && !found.equals(topicId)) {
      return new OpenResult.OtherTopic(found);
    }
    if (!known.isFlushed()) {
      writeMetadata(directory, topicId);
    } else if (found == null) {
      WholeFile.replace(
          disk, directory.resolve(PartitionMetadata.NAME), PartitionMetadata.text(topicId));
    }
    return switch (LogRecovery.open(files, settings, known)) {
      case Outcome.Damaged damaged -> new OpenResult.Damaged(damaged.what());
      case Outcome.Recovered recovered -> {
        PartitionLog log = register(new PartitionLog(context, files, settings, recovered.state()));
        log.requestSync();
        yield new OpenResult.Opened(log, false);
      }
    };
  }

  /** The id in a directory; null when it has none, or when nothing in it was ever synced. */
  private @Nullable Uuid metadata(Path directory, Known known) {
    try {
      return PartitionMetadata.read(disk, directory.resolve(PartitionMetadata.NAME));
    } catch (CorruptFileException torn) {
      if (known.isFlushed()) {
        throw torn;
      }
      return null;
    }
  }

  private OpenResult create(LogContext context, SegmentFiles files, LogSettings settings) {
    checkpoints.renew(context.partition());
    futures.forget(context.partition());
    disk.createDirectories(files.directory());
    writeMetadata(files.directory(), context.topicId());
    LogState state = LogRecovery.fresh(files, 0);
    PartitionLog log = register(new PartitionLog(context, files, settings, state));
    return new OpenResult.Opened(log, true);
  }

  private PartitionLog register(PartitionLog log) {
    logs.put(log.partition(), log);
    return log;
  }

  /** Is synced with the first records; until then it may be lost, and is written at each start. */
  private void writeMetadata(Path directory, Uuid topicId) {
    try (DiskFile file = disk.open(directory.resolve(PartitionMetadata.NAME), Access.WRITE)) {
      byte[] text = PartitionMetadata.text(topicId).getBytes(StandardCharsets.UTF_8);
      file.write(ByteBuffer.wrap(text), 0);
      file.truncate(text.length);
    }
  }

  /** Makes a directory and those above it, so that they last over a crash. */
  private static void createLasting(Disk disk, Path directory) {
    Path parent = directory.getParent();
    if (parent != null && !disk.exists(directory)) {
      createLasting(disk, parent);
      disk.createDirectories(directory);
      disk.syncDirectory(parent);
    }
  }
}
