package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.turns.Turns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which loop a connection comes to. */
class PlacementTest {
  private final List<Turns> loopsOfFrames = new ArrayList<>();

  /** Clients open a connection to ask who is there, then one to work with, and keep both. */
  @Test
  void keepsAwayFromLoopsWithBusyConnections() {
    FrameHandler handler =
        (connection, frame, reply) -> {
          synchronized (loopsOfFrames) {
            loopsOfFrames.add(connection.loop());
          }
          reply.send(Answers.of(frame));
        };
    try (House house = new House(handler);
        RawClient asking = house.client();
        RawClient working = house.client()) {
      Turns calm = loopOf(asking);
      Turns busy = loopOf(working);
      for (int i = 0; i < 20; i++) {
        assertThat(loopOf(working)).isSameAs(busy);
      }
      assertThat(calm).isNotSameAs(busy);
      try (RawClient nextAsking = house.client();
          RawClient nextWorking = house.client()) {
        assertThat(loopOf(nextAsking)).isSameAs(calm);
        assertThat(loopOf(nextWorking)).isSameAs(calm);
      }
    }
  }

  private Turns loopOf(RawClient client) {
    client.sendFrame(new byte[] {1});
    client.readFrame();
    synchronized (loopsOfFrames) {
      return loopsOfFrames.getLast();
    }
  }
}
