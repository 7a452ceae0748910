package dev.millrace.net;

/**
 * What the connections of one listener may do.
 *
 * @param frameBytesMax largest request, bytes (socket.request.max.bytes)
 * @param requestsInWorkMax requests of one connection that may be in work at once
 * @param replyBytesMax no further request of a connection is looked at while so many bytes of its
 *     replies are not taken by its client
 * @param connectionsMax connections of this listener
 * @param idleMs a connection on which nothing moves for so long is closed (connections.max.idle.ms)
 * @param stallMs a connection that stops in the middle of a frame for so long, while others wait
 *     for memory, is closed
 * @param socketOptions of the listening and the accepted sockets
 */
public record ListenerLimits(
    int frameBytesMax,
    int requestsInWorkMax,
    int replyBytesMax,
    int connectionsMax,
    long idleMs,
    long stallMs,
    SocketOptions socketOptions) {

  /** Fits a broker. */
  public static final ListenerLimits DEFAULT =
      new ListenerLimits(
          100 << 20, 64, 1 << 20, Integer.MAX_VALUE, 600_000, 10_000, SocketOptions.DEFAULT);

  /**
   * How sockets are opened.
   *
   * @param backlog connections that wait for being accepted (socket.listen.backlog.size)
   * @param sendBufferBytes of accepted sockets (socket.send.buffer.bytes), -1 for the system's
   *     choice, or 128 KiB when the peer is on this machine: docs/decisions/0044
   * @param receiveBufferBytes of accepted sockets, -1 for the system's choice
   *     (socket.receive.buffer.bytes)
   */
  public record SocketOptions(int backlog, int sendBufferBytes, int receiveBufferBytes) {
    /** The system's own buffers, which grow and shrink with the traffic. */
    public static final SocketOptions DEFAULT = new SocketOptions(1024, -1, -1);
  }

  public ListenerLimits {
    requirePositive("frameBytesMax", frameBytesMax);
    requirePositive("requestsInWorkMax", requestsInWorkMax);
    requirePositive("replyBytesMax", replyBytesMax);
    requirePositive("idleMs", idleMs);
    requirePositive("stallMs", stallMs);
  }

  public ListenerLimits withFrameBytesMax(int bytes) {
    return new ListenerLimits(
        bytes, requestsInWorkMax, replyBytesMax, connectionsMax, idleMs, stallMs, socketOptions);
  }

  public ListenerLimits withRequestsInWorkMax(int requests) {
    return new ListenerLimits(
        frameBytesMax, requests, replyBytesMax, connectionsMax, idleMs, stallMs, socketOptions);
  }

  public ListenerLimits withReplyBytesMax(int bytes) {
    return new ListenerLimits(
        frameBytesMax, requestsInWorkMax, bytes, connectionsMax, idleMs, stallMs, socketOptions);
  }

  public ListenerLimits withConnectionsMax(int connections) {
    return new ListenerLimits(
        frameBytesMax,
        requestsInWorkMax,
        replyBytesMax,
        connections,
        idleMs,
        stallMs,
        socketOptions);
  }

  public ListenerLimits withIdleMs(long ms) {
    return new ListenerLimits(
        frameBytesMax,
        requestsInWorkMax,
        replyBytesMax,
        connectionsMax,
        ms,
        stallMs,
        socketOptions);
  }

  public ListenerLimits withStallMs(long ms) {
    return new ListenerLimits(
        frameBytesMax, requestsInWorkMax, replyBytesMax, connectionsMax, idleMs, ms, socketOptions);
  }

  public ListenerLimits withSocketOptions(SocketOptions options) {
    return new ListenerLimits(
        frameBytesMax, requestsInWorkMax, replyBytesMax, connectionsMax, idleMs, stallMs, options);
  }

  FramedSocket.Limits socket() {
    return new FramedSocket.Limits(frameBytesMax, idleMs, stallMs);
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("limit must be above zero, " + name + "=" + value);
    }
  }
}
