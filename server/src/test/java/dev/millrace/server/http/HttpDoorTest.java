package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.net.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that hold the address up; others are answered while those are still there. */
class HttpDoorTest {
  private static final int PATIENCE_MS = 60_000;

  private final List<SocketChannel> strangers = new ArrayList<>();
  private HttpDoor door;

  @BeforeEach
  void open() throws IOException {
    door = HttpDoor.open(new Endpoint("127.0.0.1", 0), () -> true, null);
  }

  @AfterEach
  void close() throws IOException {
    for (SocketChannel one : strangers) {
      one.close();
    }
    door.close();
  }

  @Test
  void silentConnectionsKeepNobodyOut() throws IOException {
    for (int i = 0; i < 4_500; i++) {
      stranger();
    }
    assertOthersAreServed();
  }

  @Test
  void halfSentHeadsKeepNobodyOut() throws IOException {
    for (int i = 0; i < 500; i++) {
      send(stranger(), "GET /health HTTP/1.1\r\nX-A: ");
    }
    assertOthersAreServed();
  }

  @Test
  void halfSentBodiesKeepNobodyOut() throws IOException {
    for (int i = 0; i < 500; i++) {
      send(stranger(), "POST /subjects/a HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{");
    }
    assertOthersAreServed();
  }

  @Test
  void readersThatDoNotReadKeepNobodyOut() throws IOException {
    String requests = "GET /health HTTP/1.1\r\n\r\n".repeat(20_000);
    for (int i = 0; i < 100; i++) {
      send(stranger(), requests);
    }
    assertOthersAreServed();
  }

  private SocketChannel stranger() throws IOException {
    SocketChannel one = SocketChannel.open();
    strangers.add(one);
    one.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 10);
    one.connect(new InetSocketAddress("127.0.0.1", door.port()));
    one.configureBlocking(false);
    return one;
  }

  /** As much of it as the connection takes. */
  private static void send(SocketChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    int written = 1;
    while (written > 0 && bytes.hasRemaining()) {
      written = to.write(bytes);
    }
  }

  private void assertOthersAreServed() throws IOException {
    for (int i = 0; i < 5; i++) {
      assertThat(answer()).startsWith("HTTP/1.1 200 ").contains("\"status\":\"ready\"");
    }
    assertThat(isOpen(strangers.getLast())).isTrue();
  }

  private static boolean isOpen(SocketChannel one) throws IOException {
    return one.read(ByteBuffer.allocate(1)) >= 0;
  }

  private String answer() throws IOException {
    try (Socket client = new Socket("127.0.0.1", door.port())) {
      client.setSoTimeout(PATIENCE_MS);
      client
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
