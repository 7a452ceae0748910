package dev.millrace.net;

/**
 * Where a listener listens.
 *
 * @param name of the listener: {@code PLAINTEXT}
 * @param host name or address of an interface of this machine; empty for all
 * @param port 0 lets the system choose one
 */
public record ListenerAddress(String name, String host, int port) {
  public ListenerAddress {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException(
          "port is out of range, listener=" + name + " port=" + port + "; choose 0 to 65535");
    }
  }
}
