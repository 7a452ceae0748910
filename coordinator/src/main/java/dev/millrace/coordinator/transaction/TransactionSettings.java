package dev.millrace.coordinator.transaction;

/**
 * The settings of the transactions of a node, milliseconds.
 *
 * @param timeoutMaxMs {@code transaction.max.timeout.ms}
 * @param timeoutCheckMs {@code transaction.abort.timed.out.transaction.cleanup.interval.ms}
 * @param expirationMs {@code transactional.id.expiration.ms}
 * @param expirationCheckMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 * @param busyWaitMs how long a request waits for the markers of the transaction before it
 */
public record TransactionSettings(
    int timeoutMaxMs,
    long timeoutCheckMs,
    long expirationMs,
    long expirationCheckMs,
    long busyWaitMs) {
  /** What Kafka has when nothing is set. */
  public static final TransactionSettings DEFAULTS =
      new TransactionSettings(900_000, 10_000, 604_800_000, 3_600_000, 100);

  /** After so long the client of a write that is not committed hears of it, milliseconds. */
  static final long COMMIT_TIMEOUT_MS = 5_000;
}
