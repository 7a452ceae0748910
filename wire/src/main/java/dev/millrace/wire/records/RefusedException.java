package dev.millrace.wire.records;

import dev.millrace.wire.ErrorCode;
import java.io.Serial;
import java.util.List;

/** Carries a refusal out of the steps of {@link BatchCheck}; never leaves it. */
final class RefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient BatchVerdict.Refused refused;

  RefusedException(ErrorCode error, String message) {
    this(new BatchVerdict.Refused(error, message, List.of()));
  }

  RefusedException(BatchVerdict.Refused refused) {
    super(refused.message(), null, false, false);
    this.refused = refused;
  }

  BatchVerdict.Refused refused() {
    return refused;
  }
}
