package dev.millrace.wire;

import java.io.Serial;

/**
 * Bytes that are not what the protocol says: cut short, a negative length, a count beyond its
 * limit.
 */
public class WireException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public WireException(String message) {
    super(message);
  }

  public WireException(String message, Throwable cause) {
    super(message, cause);
  }
}
