package dev.millrace.wire.records;

import dev.millrace.wire.ErrorCode;
import java.util.List;

/** What {@link BatchCheck} says about the record bytes of one partition in a Produce request. */
public sealed interface BatchVerdict {
  /**
   * The batch may be appended once base offset and leader epoch are set.
   *
   * @param batch in the bytes that were checked, or in new memory when it had to be written again;
   *     its max timestamp is right as far as the records were looked at, its CRC is right
   */
  record Accepted(RecordBatch batch) implements BatchVerdict {}

  /**
   * Nothing of it may be appended.
   *
   * @param message for the answer's error message
   * @param records which records are to blame, for the answer's record errors from version 8 on
   *     (KIP-467); at most {@link BatchCheck#RECORD_ERRORS_MAX}
   */
  record Refused(ErrorCode error, String message, List<RecordError> records)
      implements BatchVerdict {}

  /**
   * A record that is to blame.
   *
   * @param index within the batch, from 0
   */
  record RecordError(int index, String message) {}
}
