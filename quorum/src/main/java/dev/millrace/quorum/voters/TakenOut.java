package dev.millrace.quorum.voters;

import dev.millrace.base.disk.Disk;
import dev.millrace.log.checkpoint.WholeFile;
import java.nio.file.Path;

/**
 * Remembers over restarts that this node's vote was taken away: the empty file {@code taken-out} in
 * {@code __cluster_metadata-0}. Without it a node whose settings still name it among the voters
 * would ask to be one of them again, and be taken in. Whoever wants that deletes the file.
 */
public final class TakenOut {
  private static final String NAME = "taken-out";

  private TakenOut() {}

  /** The file that says so. */
  public static Path file(Path directory) {
    return directory.resolve(NAME);
  }

  /**
   * Whether it was.
   *
   * @param directory of the metadata log
   */
  public static boolean isNoted(Disk disk, Path directory) {
    return disk.exists(file(directory));
  }

  /** Notes it; on disk when this returns. */
  static void note(Disk disk, Path directory) {
    WholeFile.replace(disk, file(directory), "");
  }

  /**
   * Forgets the group for ever, when that is still to be done. What was agreed on stays, for the
   * log of a follower.
   */
  public static void leave(Disk disk, Path directory) {
    Path files = directory.resolve("raft");
    if (disk.exists(files)) {
      Membership.forget(disk, files);
    }
  }
}
