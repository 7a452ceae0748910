package dev.millrace.base.sim;

import dev.millrace.base.sim.SimNode.Change;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a power cut does to the changes that nobody synced. What was synced stays in every kind of
 * crash. The kinds are the static methods; {@link SimDisk#crashed} applies them.
 */
public abstract class Crash {
  private static final int SECTOR_BYTES = 512;

  Crash() {}

  /** The content that a file has afterwards. */
  abstract SimBytes file(Path path, SimBytes durable, List<Change> unsynced);

  /** Whether what is not synced stays as it is, written and not synced. */
  boolean isOfProcess() {
    return false;
  }

  /** How many of a directory's unsynced changes survive, from the first on. */
  abstract int entries(Path path, int unsynced);

  /**
   * The process dies and the machine lives on: everything written can still be read, and is lost
   * only when the power goes later, before somebody syncs it.
   */
  public static Crash ofProcess() {
    return new Keeping() {
      @Override
      SimBytes file(Path path, SimBytes durable, List<Change> unsynced) {
        return all(durable, unsynced);
      }

      @Override
      boolean isOfProcess() {
        return true;
      }
    };
  }

  /** Everything that was not synced is lost. */
  public static Crash losingUnsynced() {
    return new Crash() {
      @Override
      SimBytes file(Path path, SimBytes durable, List<Change> unsynced) {
        return durable;
      }

      @Override
      int entries(Path path, int unsynced) {
        return 0;
      }
    };
  }

  /**
   * Of one file only the first {@code bytes} of its unsynced writes survive, in their order; all
   * else stays.
   */
  public static Crash cutting(Path file, long bytes) {
    Path cut = SimDisk.absolute(file);
    return new Keeping() {
      @Override
      SimBytes file(Path path, SimBytes durable, List<Change> unsynced) {
        return path.equals(cut) ? prefix(durable, unsynced, bytes) : all(durable, unsynced);
      }
    };
  }

  /**
   * Each file loses, tears or reorders its unsynced writes and each directory its latest changes as
   * the random numbers say.
   */
  public static Crash random(RandomGenerator random) {
    return new Crash() {
      @Override
      SimBytes file(Path path, SimBytes durable, List<Change> unsynced) {
        return switch (random.nextInt(5)) {
          case 0 -> durable;
          case 1 -> all(durable, unsynced);
          case 2 -> prefix(durable, unsynced, random.nextLong(writtenBytes(unsynced) + 1));
          case 3 -> subset(durable, unsynced, random);
          default -> torn(durable, unsynced, random);
        };
      }

      @Override
      int entries(Path path, int unsynced) {
        return random.nextInt(unsynced + 1);
      }
    };
  }

  private abstract static class Keeping extends Crash {
    @Override
    int entries(Path path, int unsynced) {
      return unsynced;
    }
  }

  static long writtenBytes(List<Change> changes) {
    long bytes = 0;
    for (Change change : changes) {
      bytes += change instanceof Change.Written written ? written.bytes().limit() : 0;
    }
    return bytes;
  }

  private static SimBytes all(SimBytes durable, List<Change> changes) {
    SimBytes content = durable;
    for (Change change : changes) {
      content = change.applyTo(content);
    }
    return content;
  }

  private static SimBytes prefix(SimBytes durable, List<Change> changes, long bytes) {
    SimBytes content = durable;
    long left = bytes;
    for (Change change : changes) {
      switch (change) {
        case Change.Resized resized -> content = resized.applyTo(content);
        case Change.Written written -> {
          int kept = (int) Math.min(left, written.bytes().limit());
          content = content.write(written.bytes(), 0, kept, written.position());
          if (kept < written.bytes().limit()) {
            return content;
          }
          left -= kept;
        }
      }
    }
    return content;
  }

  private static SimBytes subset(SimBytes durable, List<Change> changes, RandomGenerator random) {
    SimBytes content = durable;
    for (Change change : changes) {
      content = random.nextBoolean() ? change.applyTo(content) : content;
    }
    return content;
  }

  /** Each sector of each write survives or does not, on its own. */
  private static SimBytes torn(SimBytes durable, List<Change> changes, RandomGenerator random) {
    SimBytes content = durable;
    for (Change change : changes) {
      content =
          switch (change) {
            case Change.Resized resized ->
                random.nextBoolean() ? resized.applyTo(content) : content;
            case Change.Written written -> tornWrite(content, written, random);
          };
    }
    return content;
  }

  private static SimBytes tornWrite(
      SimBytes content, Change.Written written, RandomGenerator random) {
    SimBytes result = content;
    int from = 0;
    while (from < written.bytes().limit()) {
      long at = written.position() + from;
      int toBorder = (int) (SECTOR_BYTES - at % SECTOR_BYTES);
      int length = Math.min(toBorder, written.bytes().limit() - from);
      if (random.nextInt(4) != 0) {
        result = result.write(written.bytes(), from, length, at);
      }
      from += length;
    }
    return result;
  }
}
