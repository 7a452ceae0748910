package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That a connection which ended on the other side only is found out within seconds. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class KeepAliveTest {
  @Test
  void theSystemAsksAfterSecondsNotHours() throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      KeepAlive.begin(channel);
      assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
      int idle = channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
      int between = channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
      int questions = channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
      assertThat(idle).isLessThanOrEqualTo(2);
      assertThat(idle + between * questions).isLessThan(30);
    }
  }
}
