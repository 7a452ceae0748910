package dev.millrace.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;

/** The address that others reach this machine by, when a listener takes all of its addresses. */
final class MachineAddress {
  private static final String LOOPBACK = "127.0.0.1";

  private MachineAddress() {}

  /**
   * The first address of an interface that is up and leads outside, IPv4 before IPv6; the loopback
   * address when there is none. An address and not the machine's name, because a name that only
   * this machine can resolve would lead every client astray.
   */
  static String find() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(MachineAddress::leadsOutside)
          .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress())
          .min(Comparator.comparing(address -> address instanceof Inet4Address ? 0 : 1))
          .map(InetAddress::getHostAddress)
          .orElse(LOOPBACK);
    } catch (SocketException e) {
      return LOOPBACK;
    }
  }

  private static boolean leadsOutside(NetworkInterface found) {
    try {
      return found.isUp()
          && !found.isLoopback()
          && !found.isPointToPoint()
          && List.of("docker", "br-", "veth", "virbr").stream()
              .noneMatch(found.getName()::startsWith);
    } catch (SocketException e) {
      return false;
    }
  }
}
