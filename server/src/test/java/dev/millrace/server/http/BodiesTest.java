package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BodiesTest {
  private static final int PIECE_BYTES = 16 << 10;

  @Test
  void whatIsTooLargeIsReadAwayAndTold() throws IOException {
    Bodies bodies = new Bodies(Bodies.BYTES_MAX + 2 * PIECE_BYTES);
    try (Bodies.Body most = bodies.read(stream(Bodies.BYTES_MAX))) {
      assertThat(most.isTooLarge()).isFalse();
      assertThat(most.bytes()).hasSize(Bodies.BYTES_MAX);
    }
    ByteArrayInputStream more = stream(Bodies.BYTES_MAX + PIECE_BYTES);
    try (Bodies.Body body = bodies.read(more)) {
      assertThat(body.isTooLarge()).isTrue();
      assertThat(body.bytes()).isEmpty();
      assertThat(more.available()).isZero();
    }
  }

  @Test
  void whatHasNoRoomIsRefusedAndTheRoomComesBack() throws IOException {
    Bodies bodies = new Bodies(4 * PIECE_BYTES);
    try (Bodies.Body first = bodies.read(stream(3 * PIECE_BYTES - 1));
        Bodies.Body second = bodies.read(stream(2 * PIECE_BYTES))) {
      assertThat(first.isRefused()).isFalse();
      assertThat(second.isRefused()).isTrue();
    }
    for (int i = 0; i < 10; i++) {
      try (Bodies.Body again = bodies.read(stream(3 * PIECE_BYTES))) {
        assertThat(again.isRefused()).isFalse();
        assertThat(again.bytes()).hasSize(3 * PIECE_BYTES);
      }
    }
  }

  private static ByteArrayInputStream stream(int bytes) {
    return new ByteArrayInputStream(new byte[bytes]);
  }
}
