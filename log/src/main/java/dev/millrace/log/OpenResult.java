package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;

/** What became of opening a partition's log. */
public sealed interface OpenResult {
  /**
   * The log can be used.
   *
   * @param isNew whether there was none before
   */
  record Opened(PartitionLog log, boolean isNew) implements OpenResult {}

  /**
   * Records that were acknowledged are not whole, or missing. The files are left as they are. The
   * replica must neither be served nor elected; its directory is to be removed and the records to
   * be fetched again from another copy, or restored from a backup.
   */
  record Damaged(String what) implements OpenResult {}

  /** The directory is that of an earlier topic with the same name. */
  record OtherTopic(Uuid found) implements OpenResult {}

  /** The log directory is offline. */
  record Offline(String message) implements OpenResult {}
}
