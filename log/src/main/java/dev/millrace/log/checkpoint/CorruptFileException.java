package dev.millrace.log.checkpoint;

import java.io.Serial;
import java.nio.file.Path;

/** A file of the log that is not what its format says. The message names the file and the fault. */
public sealed class CorruptFileException extends RuntimeException permits NewerFileException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptFileException(Path path, String fault) {
    super(fault + ", path=" + path);
  }

  public CorruptFileException(Path path, String fault, Throwable cause) {
    super(fault + ", path=" + path, cause);
  }
}
