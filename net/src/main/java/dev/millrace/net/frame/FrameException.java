package dev.millrace.net.frame;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A frame that is refused; its connection has to go. */
public final class FrameException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  FrameException(String message) {
    this(message, null);
  }

  FrameException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
