package dev.millrace.client;

/**
 * How a client behaves.
 *
 * @param clientId the name under which nodes log this client
 * @param callTimeoutMs how long one call waits for its answer
 * @param patienceMs how long a call with a passing error is tried again before it fails
 * @param retryDelayMs pause between two tries
 */
public record ClientSettings(String clientId, int callTimeoutMs, int patienceMs, int retryDelayMs) {
  /** 30 seconds for a call and for passing errors, 50 ms between tries. */
  public static ClientSettings named(String clientId) {
    return new ClientSettings(clientId, 30_000, 30_000, 50);
  }
}
