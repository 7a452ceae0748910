package dev.millrace.log.segment;

import dev.millrace.base.disk.Disk;
import java.nio.file.Path;

/**
 * The directory of a partition and the names in it: twenty digits of an offset and a suffix. The
 * directory may be renamed while its files are open.
 */
public final class SegmentFiles {
  /** Batches, one behind the other. */
  public static final String LOG = ".log";

  /** Where batches with some offsets are. */
  public static final String INDEX = ".index";

  /** Which offset is the first that is not older than a time. */
  public static final String TIME_INDEX = ".timeindex";

  /** Which transactions were aborted. */
  public static final String TRANSACTION_INDEX = ".txnindex";

  /** What was known of producers below the offset in its name. */
  public static final String SNAPSHOT = ".snapshot";

  /** Behind the name of a file that is about to go. */
  public static final String DELETED = ".deleted";

  /** Behind the name of a file that compaction is writing. */
  public static final String CLEANED = ".cleaned";

  /** Behind the name of a file that takes the place of others, come what may. */
  public static final String SWAP = ".swap";

  /** No offset: not the name of a segment's file. */
  public static final long NONE = -1;

  private static final int DIGITS = 20;

  private final Disk disk;
  private volatile Path directory;

  public SegmentFiles(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  public Disk disk() {
    return disk;
  }

  /** Where the files are now: see {@link #movedTo}. */
  public Path directory() {
    return directory;
  }

  /** Says that the directory has another name now. */
  public void movedTo(Path newDirectory) {
    directory = newDirectory;
  }

  public Path path(long offset, String suffix) {
    return directory.resolve(name(offset, suffix));
  }

  public static String name(long offset, String suffix) {
    return String.format("%0" + DIGITS + "d", offset) + suffix;
  }

  /** The offset in a file's name when it has this suffix, else {@link #NONE}. */
  public static long offset(String name, String suffix) {
    if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
      return NONE;
    }
    for (int i = 0; i < DIGITS; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return NONE;
      }
    }
    try {
      return Long.parseLong(name, 0, DIGITS, 10);
    } catch (NumberFormatException beyondLong) {
      return NONE;
    }
  }
}
