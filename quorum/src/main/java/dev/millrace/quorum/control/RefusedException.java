package dev.millrace.quorum.control;

import dev.millrace.wire.ErrorCode;
import java.io.Serial;

/**
 * Leaves a decision from within its rules. It is caught in {@link Rules#attempt} for each thing
 * that was asked for, and never leaves this package.
 */
final class RefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ErrorCode error;
  private final String reason;

  RefusedException(ErrorCode error, String reason) {
    super(reason, null, false, false);
    this.error = error;
    this.reason = reason;
  }

  <T> Outcome<T> outcome() {
    return Outcome.refused(error, reason);
  }
}
