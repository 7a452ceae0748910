package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.net.NetException.Kind;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Clients that do not play by the rules, and too many of them. */
class HostileTest {
  private static final int CONNECTIONS = Integer.getInteger("millrace.connections", 2_000);

  @Test
  void impossibleSizesCloseTheConnectionWithOneLine() {
    try (House house = new House(Answers.ECHO);
        RawClient good = house.client()) {
      int[] sizes = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (100 << 20) + 1};
      for (int size : sizes) {
        try (RawClient bad = house.client()) {
          bad.send(ByteBuffer.allocate(4).putInt(size).array());
          assertThat(bad.readToEnd()).isLessThanOrEqualTo(0);
        }
        good.sendFrame(new byte[] {1});
        assertThat(good.readFrame()).hasSize(1);
      }
      assertThat(house.lines(sizes.length)).hasSize(sizes.length);
      assertThat(house.lines())
          .anySatisfy(
              line -> assertThat(line).contains("listener=TEST", "size=0", "max=104857600"));
    }
  }

  @Test
  void aPromiseOfMuchTakesLittleMemory() {
    try (House house = new House(Answers.ECHO);
        RawClient good = house.client()) {
      List<RawClient> promising = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        RawClient client = house.client();
        client.send(ByteBuffer.allocate(10).putInt(100 << 20).array());
        promising.add(client);
      }
      for (int i = 0; i < 4; i++) {
        good.sendFrame(new byte[] {1});
        assertThat(good.readFrame()).hasSize(1);
      }
      assertThat(house.loops.requestBytes()).isLessThanOrEqualTo(50 * 2048);
      promising.forEach(RawClient::close);
    }
  }

  @Test
  void randomBytesHarmNobody() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 300);
    try (House house = new House(Answers.ECHO);
        RawClient good = house.client()) {
      for (int round = 0; round < rounds; round++) {
        try (RawClient bad = house.client()) {
          byte[] bytes = new byte[random.nextInt(1, 5000)];
          random.nextBytes(bytes);
          bytes[0] = random.nextBoolean() ? 0 : bytes[0];
          bad.send(bytes);
          if (random.nextBoolean()) {
            bad.finishSending();
            bad.readToEnd();
          } else if (random.nextBoolean()) {
            bad.reset();
          }
        } catch (UncheckedIOException e) {
          // it was closed while it still sent
        }
        good.sendFrame(new byte[] {(byte) round});
        assertThat(good.readFrame()).as("seed=%d", seed).containsExactly((byte) round);
      }
      assertThat(house.lines()).hasSizeLessThanOrEqualTo(2 * 10 + 10);
    }
  }

  @Test
  void thousandsOfConnectionsAreServed() {
    try (House house = new House(Answers.ECHO)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(house.client());
      }
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < CONNECTIONS; i++) {
          clients.get(i).sendFrame(ByteBuffer.allocate(8).putInt(i).array());
        }
        for (int i = 0; i < CONNECTIONS; i++) {
          assertThat(ByteBuffer.wrap(clients.get(i).readFrame()).getInt()).isEqualTo(i);
        }
      }
      assertThat(house.loops.connections()).isEqualTo(CONNECTIONS);
      assertThat(house.loops.requestBytes()).isZero();
      clients.forEach(RawClient::close);
      house.listener.close(60_000);
      assertThat(house.loops.connections()).isZero();
    }
  }

  @Test
  void tooManyConnectionsAreTurnedAway() {
    assertTurnedAway(
        LoopLimits.ofMachine().withConnectionsMax(3), ListenerLimits.DEFAULT, "connections, max=3");
    assertTurnedAway(
        LoopLimits.ofMachine().withConnectionsPerAddressMax(3),
        ListenerLimits.DEFAULT,
        "of one address, max=3");
    assertTurnedAway(
        LoopLimits.ofMachine(),
        ListenerLimits.DEFAULT.withConnectionsMax(3),
        "of this listener, max=3");
  }

  @Test
  void theMostConnectionsChangeWhileSomeAreThere() {
    try (House house = new House(Answers.ECHO);
        RawClient first = house.client();
        RawClient second = house.client()) {
      assertEcho(first);
      assertEcho(second);
      house.loops.limitConnections(1, 1);
      try (RawClient third = house.client()) {
        assertThat(third.readToEnd()).isLessThanOrEqualTo(0);
      }
      assertEcho(first);
      house.loops.limitConnections(3, 3);
      try (RawClient third = house.client()) {
        assertEcho(third);
      }
    }
  }

  private static void assertEcho(RawClient client) {
    client.sendFrame(new byte[] {1});
    assertThat(client.readFrame()).hasSize(1);
  }

  @Test
  void anAddressThatIsTakenIsTold() {
    try (House house = new House(Answers.ECHO)) {
      int port = house.listener.address().getPort();
      assertThatThrownBy(() -> open(house, "127.0.0.1", port))
          .isInstanceOfSatisfying(
              NetException.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.ADDRESS))
          .hasMessageContaining("address=127.0.0.1:" + port)
          .hasMessageContaining("in use")
          .hasMessageContaining("choose another port");
      assertThatThrownBy(() -> open(house, "192.0.2.1", 0))
          .hasMessageContaining("not one of this machine");
      assertThatThrownBy(() -> open(house, "no-such-host.invalid", 0))
          .isInstanceOfSatisfying(
              NetException.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.UNRESOLVED));
      assertThatThrownBy(() -> open(house, "127.0.0.1", 70_000))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("port=70000");
    }
  }

  @Test
  void severalListenersShareTheLoops() {
    FrameHandler name =
        (connection, frame, reply) -> reply.send(Answers.of(connection.listener().length()));
    try (House house = new House(Answers.ECHO);
        RawClient one = house.client()) {
      ListenerAddress everywhere = new ListenerAddress("SECOND", "", 0);
      Listener second = Listener.open(house.loops, everywhere, name, ListenerLimits.DEFAULT);
      RawClient two = new RawClient(second);
      one.sendFrame(new byte[] {9});
      two.sendFrame(new byte[] {9});
      assertThat(one.readFrame()).containsExactly(9);
      assertThat(two.readFrame()).containsExactly(0, 0, 0, 6);
      second.close();
      one.sendFrame(new byte[] {8});
      assertThat(one.readFrame()).containsExactly(8);
      assertThat(two.readToEnd()).isLessThanOrEqualTo(0);
      two.close();
    }
  }

  private static void assertTurnedAway(LoopLimits loops, ListenerLimits limits, String reason) {
    try (House house = new House(loops, Answers.ECHO, limits)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RawClient client = house.client();
        assertEcho(client);
        clients.add(client);
      }
      try (RawClient fourth = house.client()) {
        assertThat(fourth.readToEnd()).isLessThanOrEqualTo(0);
      }
      assertThat(house.lines(1)).singleElement().asString().contains(reason, "refused connection");
      clients.removeLast().close();
      // the place is free once the loop has seen the end, which a turned away client can not see
      boolean served = false;
      while (!served) {
        try (RawClient next = house.client()) {
          next.sendFrame(new byte[] {2});
          served = next.readFrame().length == 1;
        } catch (UncheckedIOException e) {
          Thread.onSpinWait();
        }
      }
      clients.forEach(RawClient::close);
    }
  }

  private static Listener open(House house, String host, int port) {
    return Listener.open(
        house.loops,
        new ListenerAddress("OTHER", host, port),
        Answers.ECHO,
        ListenerLimits.DEFAULT);
  }
}
