package dev.millrace.broker.fetch;

import dev.millrace.wire.message.FetchRequest;

/**
 * How much one fetch takes and how long it waits.
 *
 * @param bytesMax most bytes of records in the answer, but for the first batch
 * @param bytesMin bytes for which it waits
 * @param waitMsMax milliseconds that it waits at most
 * @param committedOnly whether it stops at the last stable offset
 */
record FetchLimits(int bytesMax, int bytesMin, int waitMsMax, boolean committedOnly) {
  private static final byte READ_COMMITTED = 1;

  /**
   * The limits of a request.
   *
   * @param bytesMaxOfNode the node's own limit ({@code fetch.max.bytes})
   */
  static FetchLimits of(FetchRequest request, int bytesMaxOfNode) {
    int bytesMax = Math.clamp(request.maxBytes(), 0, bytesMaxOfNode);
    return new FetchLimits(
        bytesMax,
        Math.min(request.minBytes(), bytesMax),
        request.maxWaitMs(),
        request.isolationLevel() == READ_COMMITTED);
  }
}
