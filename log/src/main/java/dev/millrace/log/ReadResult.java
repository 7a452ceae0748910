package dev.millrace.log;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.wire.ErrorCode;

/** What a read found. */
public sealed interface ReadResult {
  /**
   * Batches of one segment. The first one holds the offset that was asked for and may begin before
   * it; the last one may be cut short by the size limit.
   *
   * @param baseOffset of the first batch
   * @param upToOffset above those of all records in the region, not necessarily the next one
   */
  record Batches(FileRegion region, long baseOffset, long upToOffset) implements ReadResult {}

  /** The offset is inside the log and there is nothing to give. */
  record Nothing() implements ReadResult {
    static final Nothing INSTANCE = new Nothing();
  }

  /** The offset is before the log's start or behind its end. */
  record OutOfRange(long startOffset, long endOffset) implements ReadResult {}

  /** The log can't be read: its directory is offline, or its bytes are damaged. */
  record Failed(ErrorCode error, String message) implements ReadResult {}
}
