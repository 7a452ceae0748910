package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.wire.WireWriter;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How connections end, in every state. */
class ClosingTest {
  private static final long GRACE_MS = 60_000;

  private record Taken(Connection connection, String text, Reply reply) {}

  /** Takes requests and leaves them to the test; tells which connections are closed. */
  private static final class Taking implements FrameHandler {
    final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    final BlockingQueue<Connection> closed = new LinkedBlockingQueue<>();

    @Override
    public void handle(Connection connection, ByteBuffer frame, Reply reply) {
      String text = StandardCharsets.UTF_8.decode(frame).toString();
      taken.add(new Taken(connection, text, reply));
    }

    @Override
    public void closed(Connection connection) {
      closed.add(connection);
    }
  }

  private final Taking handler = new Taking();

  @Test
  void aClientThatGoesTakesItsWaitingEntriesAlong() throws Exception {
    try (House house = new House(handler)) {
      CompletableFuture<String> gone = new CompletableFuture<>();
      AtomicInteger answeredGone = new AtomicInteger();
      Taken waiting;
      Taken answered;
      try (RawClient client = house.client()) {
        client.sendFrame(bytes("waiting"));
        client.sendFrame(bytes("answered"));
        waiting = handler.taken.take();
        answered = handler.taken.take();
        waiting.reply.onGone(answeredGone::incrementAndGet); // the later one takes its place
        waiting.reply.onGone(
            () -> gone.complete(waiting.connection.loop().inTurn() ? "in turn" : "elsewhere"));
        answered.reply.onGone(answeredGone::incrementAndGet);
        answered.reply.send(Answers.of(1));
      }
      assertThat(gone.join()).isEqualTo("in turn");
      assertThat(handler.closed.take()).isSameAs(waiting.connection);
      assertThat(waiting.connection.isOpen()).isFalse();
      House.settle(waiting.connection);
      assertThat(answeredGone.get()).isZero();
      assertThat(handler.closed).isEmpty();
      waiting.reply.send(Answers.of(2)); // goes nowhere
      waiting.connection.close("again");
      waiting.connection.mute(10);
      House.settle(waiting.connection);
      assertThat(house.lines()).isEmpty();
      assertThat(house.loops.connections()).isZero();
    }
  }

  @Test
  void whoComesWhileTheListenerClosesIsLetGoWithoutAWord() throws Exception {
    try (House house = new House(handler);
        SocketChannel late = SocketChannel.open()) {
      house.listener.close();
      house.listener.accepted(late, new InetSocketAddress("127.0.0.1", 1));
      assertThat(late.isOpen()).isFalse();
      assertThat(house.lines()).isEmpty();
    }
  }

  @Test
  void aTaskForAClientThatIsGoneAlreadyRunsToo() throws Exception {
    try (House house = new House(handler)) {
      Taken taken;
      try (RawClient client = house.client()) {
        client.sendFrame(bytes("waiting"));
        taken = handler.taken.take();
      }
      handler.closed.take();
      CompletableFuture<String> gone = new CompletableFuture<>();
      taken.reply.onGone(() -> gone.complete("ran"));
      assertThat(gone.join()).isEqualTo("ran");
    }
  }

  @Test
  void anAnswerIsGivenOnce() throws Exception {
    try (House house = new House(handler);
        RawClient client = house.client()) {
      client.sendFrame(bytes("one"));
      Taken taken = handler.taken.take();
      taken.reply.send(Answers.of(1));
      assertThatThrownBy(() -> taken.reply.send(Answers.of(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("already");
      assertThatThrownBy(taken.reply::skip).isInstanceOf(IllegalStateException.class);
      assertThat(client.readFrame()).hasSize(4);
    }
  }

  @Test
  void anAnswerMustSayItsSize() throws Exception {
    try (House house = new House(handler);
        RawClient client = house.client()) {
      client.sendFrame(bytes("one"));
      Taken taken = handler.taken.take();
      WireWriter wrong = new WireWriter(ByteBuffer.allocate(20).putInt(7).putInt(1));
      assertThatThrownBy(() -> taken.reply.send(wrong))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("size prefix");
      taken.reply.send(Answers.of(1));
      assertThat(client.readFrame()).hasSize(4);
    }
  }

  @Test
  void aHandlerThatThrowsClosesItsConnectionOnly() throws Exception {
    FrameHandler throwing =
        (connection, frame, reply) -> {
          if (frame.get(0) == 'x') {
            throw new IllegalStateException("thrown on\npurpose");
          }
          if (frame.get(0) == 'e') {
            throw new AssertionError("thrown on purpose");
          }
          reply.send(Answers.of(frame));
        };
    try (House house = new House(throwing);
        RawClient good = house.client();
        RawClient bad = house.client();
        RawClient worse = house.client()) {
      bad.send(RawClient.frame(bytes("fine")));
      assertThat(bad.readFrame()).asString().isEqualTo("fine");
      bad.sendFrame(bytes("x"));
      assertThat(bad.readToEnd()).isLessThanOrEqualTo(0);
      worse.sendFrame(bytes("e"));
      assertThat(worse.readToEnd()).isLessThanOrEqualTo(0);
      good.sendFrame(bytes("still here"));
      assertThat(good.readFrame()).asString().isEqualTo("still here");
      assertThat(house.lines(2)).hasSize(2);
      assertThat(house.lines(1).stream().filter(l -> l.contains("State")).findFirst().orElseThrow())
          .contains("IllegalStateException", "thrown on purpose", "listener=TEST", "peer=/127.")
          .doesNotContain("\n");
    }
  }

  @Test
  void whatWasAnsweredBeforeAFaultStillLeaves() {
    FrameHandler throwing =
        (connection, frame, reply) -> {
          if (frame.get(0) == 'x') {
            throw new IllegalStateException("thrown on purpose");
          }
          reply.send(Answers.of(frame));
        };
    try (House house = new House(throwing);
        RawClient client = house.client()) {
      byte[] both = new byte[5 + 5];
      System.arraycopy(RawClient.frame(bytes("a")), 0, both, 0, 5);
      System.arraycopy(RawClient.frame(bytes("x")), 0, both, 5, 5);
      client.send(both);
      assertThat(client.readFrame()).asString().isEqualTo("a");
      assertThat(client.readToEnd()).isLessThanOrEqualTo(0);
    }
  }

  @Test
  void aConnectionCanBeClosedFromAnywhere() throws Exception {
    try (House house = new House(handler);
        RawClient client = house.client();
        RawClient other = house.client()) {
      client.sendFrame(bytes("one"));
      Taken taken = handler.taken.take();
      taken.reply.send(Answers.of(1));
      taken.connection.close("tired of it");
      assertThat(client.readFrame()).hasSize(4);
      assertThat(client.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(handler.closed.take()).isSameAs(taken.connection);
      assertThat(house.lines(1)).singleElement().asString().contains("reason=tired of it");

      other.sendFrame(bytes("two"));
      Taken second = handler.taken.take();
      second.connection.loop().submit(() -> second.connection.close(""));
      assertThat(other.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(handler.closed.take()).isSameAs(second.connection);
      assertThat(house.lines()).hasSize(1);
    }
  }

  @Test
  void resetsInEveryStateHarmNobody() throws Exception {
    FrameHandler large =
        new FrameHandler() {
          @Override
          public void handle(Connection connection, ByteBuffer frame, Reply reply) {
            reply.send(Answers.of(new byte[8 << 20]));
          }

          @Override
          public void closed(Connection connection) {
            handler.closed.add(connection);
          }
        };
    try (House house = new House(large)) {
      RawClient connectedOnly = house.client();
      connectedOnly.reset();
      RawClient inTheMiddle = house.client();
      inTheMiddle.send(new byte[] {0, 0, 1, 0, 7, 7});
      inTheMiddle.reset();
      RawClient notReading = house.client();
      for (int i = 0; i < 10; i++) {
        notReading.sendFrame(bytes("give me much"));
      }
      notReading.reset();
      for (int i = 0; i < 3; i++) {
        handler.closed.take();
      }
      try (RawClient good = house.client()) {
        good.sendFrame(bytes("hello"));
        assertThat(good.readFrame()).hasSize(8 << 20);
      }
      handler.closed.take();
      assertThat(house.loops.requestBytes()).isZero();
      assertThat(house.lines()).isEmpty();
    }
  }

  @Test
  void idleConnectionsAreClosed() throws Exception {
    try (House house = new House(handler, ListenerLimits.DEFAULT.withIdleMs(60));
        RawClient silent = house.client();
        RawClient half = house.client();
        RawClient waiting = house.client()) {
      half.send(new byte[] {0, 0, 1, 0, 7, 7});
      waiting.sendFrame(bytes("long poll"));
      Taken taken = handler.taken.take();
      assertThat(silent.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(half.readToEnd()).isLessThanOrEqualTo(0);
      handler.closed.take();
      handler.closed.take();
      taken.reply.send(Answers.of(1)); // who waits for an answer is not idle
      assertThat(waiting.readFrame()).hasSize(4);
      assertThat(waiting.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(house.loops.requestBytes()).isZero();
    }
  }

  @Test
  void aListenerEndsInPeace() throws Exception {
    House house = new House(handler, ListenerLimits.DEFAULT.withRequestsInWorkMax(2));
    try (house;
        RawClient client = house.client();
        RawClient idle = house.client()) {
      for (String text : new String[] {"a", "b", "c", "d"}) {
        client.sendFrame(bytes(text));
      }
      Taken first = handler.taken.take();
      Taken second = handler.taken.take();
      House.settle(first.connection);
      Thread closing = Thread.ofPlatform().start(() -> house.listener.close(GRACE_MS));
      assertThat(idle.readToEnd()).isLessThanOrEqualTo(0);
      second.reply.send(Answers.of(2));
      first.reply.send(Answers.of(1));
      // two more had arrived before the end began
      handler.taken.take().reply.send(Answers.of(3));
      handler.taken.take().reply.send(Answers.of(4));
      for (int i = 1; i <= 4; i++) {
        assertThat(ByteBuffer.wrap(client.readFrame()).getInt()).isEqualTo(i);
      }
      assertThat(client.readToEnd()).isLessThanOrEqualTo(0);
      closing.join();
      assertThat(house.loops.connections()).isZero();
      assertThat(house.lines()).isEmpty();
      assertThatThrownBy(house::client).hasMessageContaining("refused");
    }
  }

  @Test
  void graceEnds() throws Exception {
    try (House house = new House(handler);
        RawClient client = house.client()) {
      client.sendFrame(bytes("never answered"));
      Taken taken = handler.taken.take();
      house.listener.close(30);
      assertThat(client.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(handler.closed.take()).isSameAs(taken.connection);
      assertThat(house.lines(1)).singleElement().asString().contains("cut off");
    }
  }

  @Test
  void aLoopMustNotCloseItsOwnListener() throws Exception {
    try (House house = new House(handler);
        RawClient client = house.client()) {
      client.sendFrame(bytes("one"));
      Taken taken = handler.taken.take();
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      taken
          .connection
          .loop()
          .submit(() -> {
            try {
              house.listener.close();
            } catch (IllegalStateException e) {
              thrown.complete(e);
            }
          });
      assertThat(thrown.join()).hasMessageContaining("can not wait");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
