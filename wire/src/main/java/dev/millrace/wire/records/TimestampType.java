package dev.millrace.wire.records;

/** What the timestamps of a batch mean. */
public enum TimestampType {
  /** Each record has the time its producer gave it. */
  CREATE_TIME,
  /** All records have the time at which the leader appended the batch: its max timestamp. */
  LOG_APPEND_TIME
}
