package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EchoTest {
  private Loops loops;
  private Listener listener;

  @BeforeEach
  void open() {
    loops = Loops.start(LoopLimits.ofMachine().withThreads(2));
    listener =
        Listener.open(
            loops,
            new ListenerAddress("PLAINTEXT", "127.0.0.1", 0),
            Answers.ECHO,
            ListenerLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    listener.close();
    loops.close();
  }

  @Test
  void aFrameComesBack() {
    try (RawClient client = new RawClient(listener)) {
      client.sendFrame("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(client.readFrame()).asString().isEqualTo("hello");
    }
  }

  @Test
  void aFrameComesBackThatArrivesByteByByte() {
    try (RawClient client = new RawClient(listener)) {
      byte[] body = new byte[300];
      new Random(7).nextBytes(body);
      for (int round = 0; round < 3; round++) {
        for (byte one : RawClient.frame(body)) {
          client.send(new byte[] {one});
        }
        assertThat(client.readFrame()).isEqualTo(body);
      }
    }
  }

  @Test
  void framesOfAllSizesComeBack() {
    Random random = new Random(11);
    try (RawClient client = new RawClient(listener)) {
      for (int size = 1; size < 12_000_000; size = size * 3 + random.nextInt(7)) {
        byte[] body = new byte[size];
        random.nextBytes(body);
        for (int round = 0; round < 2; round++) {
          Thread.startVirtualThread(() -> client.sendFrame(body));
          assertThat(client.readFrame()).isEqualTo(body);
        }
      }
    }
    assertThat(loops.requestBytes()).isZero();
  }

  @Test
  void thousandsOfPipelinedFramesComeBackInOrder() {
    int count = 20_000;
    try (RawClient client = new RawClient(listener)) {
      Thread.startVirtualThread(() -> {
        for (int i = 0; i < count; i++) {
          client.sendFrame(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
      });
      for (int i = 0; i < count; i++) {
        assertThat(client.readFrame()).asString().isEqualTo(Integer.toString(i));
      }
    }
  }
}
