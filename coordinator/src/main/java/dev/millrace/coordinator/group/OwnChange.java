package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.wire.ErrorCode;
import java.util.List;

/** What a group does without being asked: what isn't written is tried again. */
final class OwnChange implements Decision.Outcome {
  /** When something that could not be written is tried again. */
  static final long RETRY_MS = 1_000;

  private final Runnable again;
  private final Runnable then;

  private OwnChange(Runnable again, Runnable then) {
    this.again = again;
    this.then = then;
  }

  /**
   * Writes the records, if there are any.
   *
   * @param again called when they were refused; it shall try after {@link #RETRY_MS}
   */
  static Decision write(List<KeyValue> records, Runnable again) {
    return write(records, again, () -> {});
  }

  /**
   * The same where somebody waits all the same.
   *
   * @param then run when that is written, when it is not or takes too long, and perhaps twice; at
   *     once when there are no records
   */
  static Decision write(List<KeyValue> records, Runnable again, Runnable then) {
    if (records.isEmpty()) {
      then.run();
      return Decision.NOTHING;
    }
    return Decision.write(records, new OwnChange(again, then));
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
