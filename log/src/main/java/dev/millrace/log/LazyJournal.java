package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.journal.JournalFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a directory, once there is one: it is made in the background when enough syncs
 * were done without. {@link #now} may be called from any thread, all else from the disk owner.
 */
final class LazyJournal {
  private static final System.Logger LOGGER = System.getLogger(LazyJournal.class.getName());

  /** The volume has to have so many times the journal's bytes left. */
  private static final int SPARE = 4;

  private final Disk disk;
  private final Path directory;
  private final @Nullable Journaling plan;
  private final DirectoryHealth health;
  private final long next;
  private volatile @Nullable FlushJournal journal;
  private int rounds;
  private boolean isClosed;
  private Disk.@Nullable Volume volume;

  /**
   * None yet.
   *
   * @param next number of its first frame
   */
  LazyJournal(
      Disk disk, Path directory, @Nullable Journaling plan, DirectoryHealth health, long next) {
    this.disk = disk;
    this.directory = directory;
    this.plan = plan == null || plan.bytes() < JournalFile.BYTES_MIN ? null : plan;
    this.health = health;
    this.next = next;
  }

  @Nullable FlushJournal now() {
    return journal;
  }

  /** Counts a round of syncs that was done without. */
  void missed() {
    Journaling wanted = plan;
    if (wanted != null && journal == null && ++rounds == wanted.afterRounds()) {
      wanted.settler().submit(() -> make(wanted));
    }
  }

  /** Voids everything, when all logs were settled. */
  synchronized void finish() {
    isClosed = true;
    FlushJournal made = journal;
    if (made != null) {
      made.finish();
    }
  }

  /** Lets the file go as it is. */
  synchronized void close() {
    isClosed = true;
    FlushJournal made = journal;
    if (made != null) {
      made.close();
    }
    Disk.Volume open = volume;
    Journaling wanted = plan;
    if (open != null && wanted != null) {
      volume = null;
      wanted.settler().submit(open::close);
    }
  }

  private synchronized void make(Journaling wanted) {
    try {
      boolean isRoom = disk.space(directory).usableBytes() / SPARE >= wanted.bytes();
      if (isRoom && health.isOnline() && !isClosed) {
        JournalFile file = JournalFile.open(disk, directory, wanted.bytes(), next);
        if (file != null) {
          volume = disk.volume(directory);
          journal = new FlushJournal(file, next, new Settlement(volume), wanted.settler(), health);
        }
      }
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.FAILED) {
        health.fail(fault);
      } else {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "flush journal can not be made, each log is synced by itself: " + fault.getMessage());
      }
    }
  }
}
