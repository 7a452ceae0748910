package dev.millrace.registry.topic;

import dev.millrace.registry.record.RecordFormat.Written;
import java.util.List;

/**
 * A batch as it was read.
 *
 * @param nextOffset after its last record
 * @param producerId -1 for none
 * @param baseSequence of the first record it had when it was written
 * @param lastSequence of the last
 * @param records those that compaction left
 */
public record LogBatch(
    long baseOffset,
    long nextOffset,
    long producerId,
    short epoch,
    int baseSequence,
    int lastSequence,
    List<LogRecord> records) {

  /** A record and its time, milliseconds. */
  public record LogRecord(Written content, long timestampMs) {}

  /** Whether it stands at the place of a writer whose records follow this. */
  boolean isAt(Chain before) {
    return producerId == Chain.PRODUCER_ID
        && epoch == before.epoch()
        && baseSequence == before.next();
  }

  boolean holds(List<Written> written) {
    return records.stream().map(LogRecord::content).toList().equals(written);
  }
}
