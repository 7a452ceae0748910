package dev.millrace.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the system ask a peer that has been silent for two seconds whether the connection is still
 * there.
 *
 * <p>A connection may have ended on the other side only: a firewall reset it there, or the machine
 * was started again. Who sends hears of it at once, but who waits for an answer, such as a follower
 * in a long poll, would wait for its whole timeout: 30 s by default, in which partitions that it is
 * in sync with take no {@code acks=all}. The other side's system answers the question, also when
 * its process hangs, so nobody is given up for being slow; without any answer the connection ends
 * after twelve seconds. Where the system does not let these times be set, its own hold.
 */
final class KeepAlive {
  private static final int IDLE_SECONDS = 2;
  private static final int INTERVAL_SECONDS = 2;
  private static final int QUESTIONS = 5;

  private KeepAlive() {}

  /** Begins with a connection, before or after it is made. */
  static void begin(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, QUESTIONS);
    }
  }
}
