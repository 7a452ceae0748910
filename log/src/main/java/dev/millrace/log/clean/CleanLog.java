package dev.millrace.log.clean;

import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.segment.Segment;
import java.util.List;

/** The log that is compacted, as its compaction needs it. */
public interface CleanLog {
  /** The aborted transactions with records from one offset to below another. */
  List<AbortedTransaction> aborted(long from, long upTo);

  /**
   * Puts a segment in the place of others, so that it lasts.
   *
   * @param old neighbours in the log
   * @param fresh written and named as {@code .cleaned}
   * @return false when the log does not have all the others any more: then nothing has happened
   */
  boolean swap(List<Segment> old, Segment fresh);
}
