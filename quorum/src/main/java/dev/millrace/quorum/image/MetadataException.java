package dev.millrace.quorum.image;

import java.io.Serial;

/**
 * Metadata that cannot be read, kept or written: a broken file, records of a later release, a log
 * that failed. The node cannot go on without its metadata.
 */
public final class MetadataException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public MetadataException(String message) {
    super(message);
  }

  public MetadataException(String message, Throwable cause) {
    super(message, cause);
  }
}
