package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that start together wait for each other, but not for one that cannot start. */
class ClusterStartTest {
  /** The first node is the one that founds the cluster: without it the others wait for ever. */
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void endsWhenOneNodeCannotStart(@TempDir Path folder) throws IOException {
    List<Integer> free = MillraceCluster.freePorts(5);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      MillraceCluster.Places places =
          new MillraceCluster.Places(
              folder,
              free.subList(0, 3),
              List.of(taken.getLocalPort(), free.get(3), free.get(4)),
              false);
      assertThatThrownBy(() -> MillraceCluster.start(places, Map.of()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("address is in use")
          .hasMessageContaining("" + taken.getLocalPort());
    }
  }
}
