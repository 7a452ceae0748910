package dev.millrace.replica.follow;

import dev.millrace.base.settings.BrokerSettings;

/**
 * How a node fetches.
 *
 * @param nodeId of this node
 * @param waitMs how long a leader may wait for records ({@code replica.fetch.wait.max.ms})
 * @param idleWaitMs the same where nothing has happened for some rounds: eight times as long, but
 *     no more than an eighth of {@code replica.lag.time.max.ms} and a fourth of {@code timeoutMs}
 * @param bytesMin for which it waits ({@code replica.fetch.min.bytes})
 * @param responseBytesMax most bytes of an answer, but for the first batch ({@code
 *     replica.fetch.response.max.bytes})
 * @param partitionBytesMax most bytes of a partition, but for the first batch ({@code
 *     replica.fetch.max.bytes})
 * @param backoffMs longest pause after failures ({@code replica.fetch.backoff.ms})
 * @param timeoutMs longest wait for an answer ({@code replica.socket.timeout.ms})
 */
public record FetchSettings(
    int nodeId,
    int waitMs,
    int idleWaitMs,
    int bytesMin,
    int responseBytesMax,
    int partitionBytesMax,
    int backoffMs,
    int timeoutMs) {
  private static final int IDLE_TIMES = 8;

  /** Reads the settings of a node. */
  public static FetchSettings of(int nodeId, BrokerSettings settings) {
    int waitMs = settings.intValue("replica.fetch.wait.max.ms");
    int timeoutMs = settings.intValue("replica.socket.timeout.ms");
    long idleMs =
        Math.min(
            (long) IDLE_TIMES * waitMs,
            Math.min(settings.longValue("replica.lag.time.max.ms") / 8, timeoutMs / 4));
    return new FetchSettings(
        nodeId,
        waitMs,
        (int) Math.max(waitMs, idleMs),
        settings.intValue("replica.fetch.min.bytes"),
        settings.intValue("replica.fetch.response.max.bytes"),
        settings.intValue("replica.fetch.max.bytes"),
        settings.intValue("replica.fetch.backoff.ms"),
        timeoutMs);
  }
}
