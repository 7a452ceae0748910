package dev.millrace.base.sim;

import dev.millrace.base.disk.DiskException.Kind;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which operations of a {@link SimDisk} fail. Asked before each of them. */
@FunctionalInterface
public interface DiskFaults {
  /** The operations that can fail. */
  enum Operation {
    OPEN,
    CREATE,
    READ,
    WRITE,
    WRITE_BLOCKS,
    TRUNCATE,
    SYNC,
    LIST,
    RENAME,
    DELETE,
    SYNC_DIRECTORY,
    CREATE_DIRECTORY;

    /** Everything that changes the disk, or makes a change last. */
    public static final Set<Operation> CHANGES =
        Set.copyOf(
            EnumSet.of(
                CREATE,
                WRITE,
                WRITE_BLOCKS,
                TRUNCATE,
                SYNC,
                RENAME,
                DELETE,
                SYNC_DIRECTORY,
                CREATE_DIRECTORY));
  }

  /** How the operation fails, or null when it works. */
  @Nullable Kind fault(Operation operation, Path path);

  /** Nothing fails. */
  static DiskFaults none() {
    return (operation, path) -> null;
  }

  /** Every one of these operations fails. */
  static DiskFaults every(Set<Operation> operations, Kind kind) {
    return (operation, path) -> operations.contains(operation) ? kind : null;
  }

  /**
   * Only the {@code nth} of these operations fails, counted from 1.
   *
   * @return a fault that knows whether it has happened
   */
  static Once nth(int nth, Set<Operation> operations, Kind kind) {
    return new Once(nth, operations, kind);
  }

  /** A fault that happens once. */
  final class Once implements DiskFaults {
    private final Set<Operation> operations;
    private final Kind kind;
    private int left;

    private Once(int nth, Set<Operation> operations, Kind kind) {
      this.left = nth;
      this.operations = operations;
      this.kind = kind;
    }

    @Override
    public @Nullable Kind fault(Operation operation, Path path) {
      if (operations.contains(operation) && left > 0) {
        left--;
        return left == 0 ? kind : null;
      }
      return null;
    }

    /** Whether it has happened. */
    public boolean happened() {
      return left == 0;
    }
  }
}
