package dev.millrace.broker.share;

import dev.millrace.replica.share.ShareQuery;
import dev.millrace.wire.message.ShareFetchRequest;

/**
 * How much one share fetch wants and how long it waits.
 *
 * @param bytesMax most bytes of records in the answer, but for the first batch
 * @param recordsMax most records, but for the rest of a batch when not {@code strict}
 */
record FetchWish(
    int waitMsMax, int bytesMin, int bytesMax, int recordsMax, int runLength, boolean strict) {
  private static final byte RECORD_LIMIT = 1;

  /** Most offsets that one answer hands out, so that a request can't take what it likes. */
  static final int RECORDS_MAX = 100_000;

  static FetchWish of(ShareFetchRequest request, int bytesMaxOfNode) {
    int bytesMax = Math.clamp(request.maxBytes(), 0, bytesMaxOfNode);
    return new FetchWish(
        request.maxWaitMs(),
        Math.min(request.minBytes(), bytesMax),
        bytesMax,
        Math.clamp(request.maxRecords(), 0, RECORDS_MAX),
        Math.max(request.batchSize(), 1),
        request.shareAcquireMode() == RECORD_LIMIT);
  }

  /** What may still be acquired when {@code count} records were. */
  ShareQuery query(long count) {
    return new ShareQuery((int) Math.max(1, recordsMax - count), runLength, strict);
  }
}
