package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.Millrace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** The most connections of a broker, changed by an operator while it runs. */
class ConnectionLimitsTest {
  private static final ConfigResource ALL_BROKERS =
      new ConfigResource(ConfigResource.Type.BROKER, "");

  @Test
  void countFromTheNextConnectionOn() throws Exception {
    try (Millrace node = Millrace.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()))) {
      assertThat(isLetIn(node)).isTrue();
      alter(admin, AlterConfigOp.OpType.SET);
      assertThat(isLetIn(node)).isFalse();
      alter(admin, AlterConfigOp.OpType.DELETE);
      assertThat(isLetIn(node)).isTrue();
    }
  }

  private static void alter(Admin admin, AlterConfigOp.OpType how) throws Exception {
    AlterConfigOp change = new AlterConfigOp(new ConfigEntry("max.connections", "1"), how);
    admin.incrementalAlterConfigs(Map.of(ALL_BROKERS, List.of(change))).all().get();
  }

  /** Whether a request is answered, with whatever. */
  private static boolean isLetIn(Millrace node) throws IOException {
    URI address = URI.create("tcp://" + node.bootstrapServers());
    byte[] versionsRequest = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};
    try (Socket socket = new Socket(InetAddress.getByName(address.getHost()), address.getPort())) {
      socket.getOutputStream().write(versionsRequest);
      return socket.getInputStream().read() >= 0;
    } catch (SocketException reset) {
      return false;
    }
  }
}
