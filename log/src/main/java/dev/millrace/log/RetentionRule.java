package dev.millrace.log;

import dev.millrace.log.LogSettings.Retention;
import java.util.List;

/** Which segments of a log may go. A pure function. */
final class RetentionRule {
  private RetentionRule() {}

  /**
   * A segment as the rule sees it.
   *
   * @param endOffset the offset after its last record
   * @param newestMs its highest timestamp, or when it was written when no record has one
   */
  record Candidate(long endOffset, long sizeBytes, long newestMs) {}

  /**
   * How many segments may go, from the oldest on. Each of them lies below the high watermark, and
   * below the log's start, or is too much, or is too old; the first that is none of it keeps all
   * after it.
   *
   * @param candidates all segments, oldest first
   */
  static int expired(
      List<Candidate> candidates,
      Retention retention,
      long startOffset,
      long highWatermark,
      long nowMs) {
    long bytes = candidates.stream().mapToLong(Candidate::sizeBytes).sum();
    int count = 0;
    for (Candidate candidate : candidates) {
      boolean isRead = candidate.endOffset <= startOffset;
      boolean isTooMuch =
          retention.bytesMax() >= 0 && bytes - candidate.sizeBytes >= retention.bytesMax();
      boolean isTooOld = retention.ageMs() >= 0 && nowMs - candidate.newestMs > retention.ageMs();
      boolean goes = isRead || (retention.deletes() && (isTooMuch || isTooOld));
      if (candidate.endOffset > highWatermark || candidate.sizeBytes == 0 || !goes) {
        break;
      }
      bytes -= candidate.sizeBytes;
      count++;
    }
    return count;
  }
}
