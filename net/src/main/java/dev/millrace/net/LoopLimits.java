package dev.millrace.net;

/**
 * What all connections of a process may take together.
 *
 * @param threads event loops
 * @param requestBytesMax memory for requests that have not arrived completely
 *     (queued.max.request.bytes); one request may go over it, so that some always complete
 * @param connectionsMax accepted connections (max.connections)
 * @param connectionsPerAddressMax accepted connections of one address (max.connections.per.ip)
 */
public record LoopLimits(
    int threads, long requestBytesMax, int connectionsMax, int connectionsPerAddressMax) {

  private static final long REQUEST_BYTES_MAX = 256 << 20;
  private static final int MEMORY_SHARE = 4;

  public LoopLimits {
    if (threads <= 0
        || requestBytesMax <= 0
        || connectionsMax < 0
        || connectionsPerAddressMax < 0) {
      throw new IllegalArgumentException(
          "limits are out of range, threads="
              + threads
              + " requestBytesMax="
              + requestBytesMax
              + " connectionsMax="
              + connectionsMax
              + " connectionsPerAddressMax="
              + connectionsPerAddressMax);
    }
  }

  /**
   * A loop for each processor, and a quarter of the memory that the process may have, 256 MiB at
   * most.
   */
  public static LoopLimits ofMachine() {
    Runtime machine = Runtime.getRuntime();
    return new LoopLimits(
        machine.availableProcessors(),
        Math.min(machine.maxMemory() / MEMORY_SHARE, REQUEST_BYTES_MAX),
        Integer.MAX_VALUE,
        Integer.MAX_VALUE);
  }

  public LoopLimits withThreads(int count) {
    return new LoopLimits(count, requestBytesMax, connectionsMax, connectionsPerAddressMax);
  }

  public LoopLimits withRequestBytesMax(long bytes) {
    return new LoopLimits(threads, bytes, connectionsMax, connectionsPerAddressMax);
  }

  public LoopLimits withConnectionsMax(int connections) {
    return new LoopLimits(threads, requestBytesMax, connections, connectionsPerAddressMax);
  }

  public LoopLimits withConnectionsPerAddressMax(int connections) {
    return new LoopLimits(threads, requestBytesMax, connectionsMax, connections);
  }
}
