package dev.millrace.log.checkpoint;

import dev.millrace.base.disk.Disk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The leader epochs of a partition, {@code leader-epoch-checkpoint}. A line is {@code epoch
 * startOffset}; both rise from line to line (KIP-101). Format: docs/formats/partition-files.md
 */
public final class EpochCheckpoint {
  public static final String NAME = "leader-epoch-checkpoint";

  /**
   * An epoch and where it began.
   *
   * @param startOffset first offset that a leader of this epoch could write
   */
  public record EpochStart(int epoch, long startOffset) {}

  private EpochCheckpoint() {}

  /** Replaces the file; it is on disk when this returns. */
  public static void write(Disk disk, Path path, List<EpochStart> epochs) {
    WholeFile.replace(disk, path, text(epochs));
  }

  /** The first half of {@link #write}: see {@link WholeFile#stage}. */
  public static void stage(Disk disk, Path path, List<EpochStart> epochs) {
    WholeFile.stage(disk, path, text(epochs));
  }

  private static String text(List<EpochStart> epochs) {
    return Lines.write(epochs.stream().map(e -> e.epoch() + " " + e.startOffset()).toList());
  }

  /** The epochs; empty when there is no such file. */
  public static List<EpochStart> read(Disk disk, Path path) {
    String text = WholeFile.readText(disk, path);
    List<EpochStart> epochs = new ArrayList<>();
    if (text == null) {
      return epochs;
    }
    for (String[] fields : Lines.read(path, text, 2)) {
      EpochStart next =
          new EpochStart(Lines.intNumber(path, fields[0]), Lines.number(path, fields[1]));
      boolean rises =
          epochs.isEmpty()
              || (next.epoch() > epochs.getLast().epoch()
                  && next.startOffset() > epochs.getLast().startOffset());
      if (next.epoch() < 0 || next.startOffset() < 0 || !rises) {
        throw new CorruptFileException(path, "leader epochs do not rise, at=" + next);
      }
      epochs.add(next);
    }
    return epochs;
  }
}
