package dev.millrace.base.sim;

import java.io.Serial;

/** A simulated run went wrong. The message says how to see it again. */
public final class SimFailure extends AssertionError {
  @Serial private static final long serialVersionUID = 1L;

  SimFailure(String message, Throwable cause) {
    super(message, cause);
  }

  SimFailure(String message) {
    super(message);
  }
}
