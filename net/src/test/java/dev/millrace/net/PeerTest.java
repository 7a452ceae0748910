package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.net.NetException.Kind;
import dev.millrace.wire.WireWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerTest {
  private static final long LONG_MS = 60_000;

  private Loops loops;

  @BeforeEach
  void open() {
    loops = Loops.start(LoopLimits.ofMachine().withThreads(2));
  }

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void callsOfManyThreadsGetTheirOwnAnswers() throws Exception {
    try (Listener listener = listen(Answers.ECHO);
        Peer peer = connect(listener.address())) {
      List<Thread> threads = new ArrayList<>();
      BlockingQueue<String> wrong = new LinkedBlockingQueue<>();
      // one thread numbers and calls at a time, so that numbers leave in order; all wait at once
      Object order = new Object();
      int[] next = {0};
      for (int i = 0; i < 64; i++) {
        threads.add(
            Thread.startVirtualThread(() -> {
              CompletableFuture<Integer> answer = new CompletableFuture<>();
              int mine;
              synchronized (order) {
                mine = next[0]++;
                peer.call(mine, Answers.of(mine), LONG_MS, first(answer));
              }
              if (answer.join() != mine) {
                wrong.add(mine + " got " + answer.join());
              }
            }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(wrong).isEmpty();
    }
  }

  @Test
  void aBlockingCallReturnsItsOwnCopy() {
    try (Listener listener = listen(Answers.ECHO);
        Peer peer = connect(listener.address())) {
      ByteBuffer one = peer.call(1, Answers.of(1), LONG_MS);
      ByteBuffer two = peer.call(2, Answers.of(2), LONG_MS);
      assertThat(one.getInt(0)).isEqualTo(1);
      assertThat(two.getInt(0)).isEqualTo(2);
      assertThat(one.remaining()).isEqualTo(4);
    }
  }

  @Test
  void aRequestWithoutAnswerDoesNotDisturbTheOrder() {
    FrameHandler silentOnZero =
        (connection, frame, reply) -> {
          if (frame.getInt(0) == 0) {
            reply.skip();
          } else {
            reply.send(Answers.of(frame));
          }
        };
    try (Listener listener = listen(silentOnZero);
        Peer peer = connect(listener.address())) {
      peer.send(Answers.of(0));
      assertThat(peer.call(7, Answers.of(7), LONG_MS).getInt(0)).isEqualTo(7);
      peer.send(Answers.of(0));
      assertThat(peer.call(8, Answers.of(8), LONG_MS).getInt(0)).isEqualTo(8);
    }
  }

  @Test
  void nobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Peer peer = connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      assertFails(peer, Kind.REFUSED, Kind.CLOSED);
      assertThat(peer.isOpen()).isFalse();
    }
  }

  @Test
  void anUnknownHostIsTold() {
    try (Peer peer = connect(InetSocketAddress.createUnresolved("no-such-host.invalid", 9092))) {
      assertFails(peer, Kind.UNRESOLVED, Kind.CLOSED);
    }
  }

  @Test
  void anAnswerThatDoesNotComeEndsTheConnection() {
    try (Listener listener = listen((connection, frame, reply) -> {});
        Peer peer = connect(listener.address())) {
      CompletableFuture<Integer> later = new CompletableFuture<>();
      NetException fault =
          catchThrowableOfType(
              NetException.class,
              () -> {
                peer.call(2, Answers.of(2), LONG_MS, first(later));
                peer.call(1, Answers.of(1), 20);
              });
      assertThat(fault.kind()).isEqualTo(Kind.TIMEOUT);
      assertThatThrownBy(later::join).hasCauseInstanceOf(NetException.class);
      assertThat(peer.isOpen()).isFalse();
      assertFails(peer, Kind.TIMEOUT, Kind.TIMEOUT); // the reason stays
    }
  }

  @Test
  void aPeerThatMixesUpItsAnswersIsLeft() {
    try (Listener listener =
            listen((connection, frame, reply) -> reply.send(Answers.of(frame.getInt(0) + 1)));
        Peer peer = connect(listener.address())) {
      assertFails(peer, Kind.PROTOCOL, Kind.PROTOCOL);
    }
  }

  @Test
  void aPeerThatClosesFailsItsCalls() {
    try (Listener listener = listen((connection, frame, reply) -> connection.close(""));
        Peer peer = connect(listener.address())) {
      assertFails(peer, Kind.CLOSED, Kind.CLOSED);
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() {
    WireWriter large = Answers.of(new byte[2000]);
    try (Listener listener = listen((connection, frame, reply) -> reply.send(large));
        Peer peer =
            Peer.connect(
                loops, listener.address(), new PeerLimits(1000, 1 << 20, 5000, LONG_MS, -1, -1))) {
      assertFails(peer, Kind.PROTOCOL, Kind.PROTOCOL);
    }
  }

  @Test
  void closingLoopsFailsCalls() throws Exception {
    CompletableFuture<Connection> taken = new CompletableFuture<>();
    Listener listener = listen((connection, frame, reply) -> taken.complete(connection));
    Peer peer = connect(listener.address());
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    peer.call(1, Answers.of(1), LONG_MS, first(answer));
    taken.join();
    listener.close();
    loops.close();
    assertThatThrownBy(answer::join).hasCauseInstanceOf(NetException.class);
    assertThatThrownBy(() -> peer.call(2, Answers.of(2), LONG_MS)).isInstanceOf(NetException.class);
  }

  @Test
  void aLoopMustNotWaitForItself() {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    try (Listener listener = listen(Answers.ECHO);
        Peer peer = connect(listener.address())) {
      peer.call(
          1,
          Answers.of(1),
          LONG_MS,
          new Peer.Answer() {
            @Override
            public void frame(ByteBuffer frame) {
              try {
                peer.call(2, Answers.of(2), LONG_MS);
              } catch (IllegalStateException e) {
                thrown.complete(e);
              }
            }

            @Override
            public void failed(NetException fault) {
              thrown.completeExceptionally(fault);
            }
          });
      assertThat(thrown.join()).hasMessageContaining("can not wait");
    }
  }

  private Listener listen(FrameHandler handler) {
    return Listener.open(
        loops, new ListenerAddress("TEST", "127.0.0.1", 0), handler, ListenerLimits.DEFAULT);
  }

  private Peer connect(InetSocketAddress address) {
    return Peer.connect(loops, address, PeerLimits.DEFAULT);
  }

  private static void assertFails(Peer peer, Kind kind, Kind otherKind) {
    NetException fault =
        catchThrowableOfType(NetException.class, () -> peer.call(1, Answers.of(1), LONG_MS));
    assertThat(fault.kind()).isIn(kind, otherKind);
  }

  /** Completes with the first number of the answer. */
  private static Peer.Answer first(CompletableFuture<Integer> future) {
    return new Peer.Answer() {
      @Override
      public void frame(ByteBuffer frame) {
        future.complete(frame.getInt(0));
      }

      @Override
      public void failed(NetException fault) {
        future.completeExceptionally(fault);
      }
    };
  }
}
