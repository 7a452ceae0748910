package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.wire.ErrorCode;
import java.util.List;

/** What a group does without being asked: what can't be written is tried again. */
final class OwnChange implements Decision.Outcome {
  /** When something that could not be written is tried again. */
  static final long RETRY_MS = 1_000;

  private final Runnable then;
  private final Runnable again;

  private OwnChange(Runnable then, Runnable again) {
    this.then = then;
    this.again = again;
  }

  /**
   * Writes the records, if there are any.
   *
   * @param again called when they were refused; it shall try after {@link #RETRY_MS}
   */
  static Decision write(List<KeyValue> records, Runnable again) {
    return write(records, () -> {}, again);
  }

  /**
   * Writes the records, if there are any.
   *
   * @param then called, perhaps twice, when they are written, or are not yet
   * @param again called when they were refused; it shall try after {@link #RETRY_MS}
   */
  static Decision write(List<KeyValue> records, Runnable then, Runnable again) {
    return records.isEmpty()
        ? Decision.NOTHING
        : Decision.write(records, new OwnChange(then, again));
  }

  @Override
  public void answer(ErrorCode error) {
    then.run();
  }

  @Override
  public void refused(ErrorCode error) {
    then.run();
    again.run();
  }
}
