package dev.millrace.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a node listens.
 *
 * @param host a name or an address; an IPv6 address stands without brackets
 * @param port 0 to 65535; 0 lets a listener pick one
 */
public record Endpoint(String host, int port) {
  private static final int PORT_MAX = 65_535;

  /**
   * Reads {@code host:port} or {@code [v6]:port}.
   *
   * @throws IllegalArgumentException when the text is neither
   */
  public static Endpoint parse(String text) {
    String trimmed = text.strip();
    int colon = trimmed.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("address has no port, write HOST:PORT, address=" + text);
    }
    String host = trimmed.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException(
          "an IPv6 address stands in brackets, write [HOST]:PORT, address=" + text);
    }
    return new Endpoint(host, port(trimmed.substring(colon + 1), text));
  }

  /**
   * Reads a list with commas between its addresses.
   *
   * @throws IllegalArgumentException when one is wrong, or there is none
   */
  public static List<Endpoint> parseList(String text) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        endpoints.add(parse(part));
      }
    }
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no address given, write HOST:PORT");
    }
    return List.copyOf(endpoints);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static int port(String digits, String text) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("port must be a number from 0 to 65535, address=" + text);
  }
}
