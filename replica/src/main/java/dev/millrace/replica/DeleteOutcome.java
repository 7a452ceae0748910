package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/**
 * What became of a wish to delete records.
 *
 * @param lowWatermark the first offset that is still there on every copy; -1 after an error
 */
public record DeleteOutcome(ErrorCode error, long lowWatermark) {
  /** Nothing was deleted. */
  public static DeleteOutcome failed(ErrorCode error) {
    return new DeleteOutcome(error, -1);
  }
}
