package dev.millrace.log.checkpoint;

import java.io.Serial;
import java.nio.file.Path;

/** A file whose version this release does not know. It is as it was. */
public final class NewerFileException extends CorruptFileException {
  @Serial private static final long serialVersionUID = 1L;

  public NewerFileException(Path path, String version) {
    super(
        path,
        "file is from a newer release, start that one or choose another --data, version="
            + version);
  }
}
