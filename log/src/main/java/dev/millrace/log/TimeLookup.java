package dev.millrace.log;

import dev.millrace.wire.ErrorCode;

/** What a lookup by time found. */
public sealed interface TimeLookup {
  /**
   * A record.
   *
   * @param leaderEpoch of the leader that wrote it
   */
  record Found(long offset, long timestampMs, int leaderEpoch) implements TimeLookup {}

  /** No record has such a time. */
  record None() implements TimeLookup {}

  /** The log can't be read. */
  record Failed(ErrorCode error, String message) implements TimeLookup {}
}
