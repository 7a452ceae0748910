package dev.millrace.net;

/**
 * What an outbound connection may do.
 *
 * @param frameBytesMax largest answer, bytes
 * @param unsentBytesMax bytes that may wait to be sent; calls above it fail with {@link
 *     NetException.Kind#BUSY}
 * @param connectMs time to connect
 * @param idleMs the connection is closed when nothing moves for so long and no call is in work
 * @param sendBufferBytes of the socket, -1 for the system's choice
 * @param receiveBufferBytes of the socket, -1 for the system's choice
 */
public record PeerLimits(
    int frameBytesMax,
    long unsentBytesMax,
    long connectMs,
    long idleMs,
    int sendBufferBytes,
    int receiveBufferBytes) {

  /** Fits a client. */
  public static final PeerLimits DEFAULT =
      new PeerLimits(100 << 20, 64 << 20, 10_000, 540_000, -1, -1);

  public PeerLimits {
    if (frameBytesMax <= 0 || unsentBytesMax <= 0 || connectMs <= 0 || idleMs <= 0) {
      throw new IllegalArgumentException(
          "limits must be above zero, frameBytesMax="
              + frameBytesMax
              + " unsentBytesMax="
              + unsentBytesMax
              + " connectMs="
              + connectMs
              + " idleMs="
              + idleMs);
    }
  }
}
