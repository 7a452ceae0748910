package dev.millrace.log;

/** When a record counts as written. */
public enum FlushPolicy {
  /** When it is on disk: a group sync comes before the acknowledgement. */
  DISK,
  /** When it is in the page cache, as in Apache Kafka; a power cut may take it. */
  MEMORY
}
