package dev.millrace.base.disk;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An operating fault of the disk. Caught in one place per owner. */
public final class DiskException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong, as far as the caller can act on it. */
  public enum Kind {
    /** No space, or the quota is used up. */
    FULL,
    /** Another owner holds the lock. */
    LOCKED,
    /** A file or directory that must be there is not. */
    MISSING,
    /** A file that must not be there is. */
    EXISTS,
    /** Permission refused. */
    DENIED,
    /** Everything else: EIO, a read-only file system, a closed file. */
    FAILED
  }

  private final Kind kind;
  private final transient Path path;

  public DiskException(Kind kind, String message, Path path, @Nullable Throwable cause) {
    super(message + ", path=" + path, cause);
    this.kind = kind;
    this.path = path;
  }

  public Kind kind() {
    return kind;
  }

  public Path path() {
    return path;
  }
}
