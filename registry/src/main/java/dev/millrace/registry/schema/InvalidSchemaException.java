package dev.millrace.registry.schema;

import org.jspecify.annotations.Nullable;

/** A text that is no schema; the message tells its author what and where. */
public final class InvalidSchemaException extends Exception {
  private static final long serialVersionUID = 1;

  /** For users. */
  public InvalidSchemaException(String message) {
    super(message);
  }

  /** For users, with what a library said. */
  public InvalidSchemaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
