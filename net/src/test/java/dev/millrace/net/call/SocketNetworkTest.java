package dev.millrace.net.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.net.Endpoint;
import dev.millrace.net.Listener;
import dev.millrace.net.ListenerAddress;
import dev.millrace.net.ListenerLimits;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.PeerLimits;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.BrokerHeartbeatResponse;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketNetworkTest {
  private final Loops loops = Loops.start(LoopLimits.ofMachine().withThreads(2));
  private final Speaker speaker = new Speaker();
  private final Listener listener =
      Listener.open(
          loops, new ListenerAddress("TEST", "127.0.0.1", 0), speaker, ListenerLimits.DEFAULT);
  private final SocketNetwork network = SocketNetwork.on(loops, "test", PeerLimits.DEFAULT);

  @AfterEach
  void close() {
    network.close();
    listener.close();
    loops.close();
  }

  @Test
  void answersInTurnsOfTheOwner() {
    for (Lane lane : Lane.values()) {
      assertThat(ask(lane, Speaker.beat(5), BrokerHeartbeatResponse::read).join().errorCode())
          .isEqualTo((short) 5);
    }
  }

  @Test
  void asksAgainInTheVersionThatEverybodyKnows() {
    speaker.versionsAtMost = 0;
    assertThat(ask(Lane.GENERAL, Speaker.beat(7), BrokerHeartbeatResponse::read).join().errorCode())
        .isEqualTo((short) 7);
  }

  @Test
  void saysWhatANodeDoesNotSpeak() {
    CompletableFuture<MetadataResponse> answer =
        ask(Lane.GENERAL, MetadataRequest.DEFAULT, MetadataResponse::read);
    assertThat(faultOf(answer)).isEqualTo(Kind.VERSION);
  }

  @Test
  void staysClosedAndLeavesTheLoopsOpen() {
    network.close();
    assertThat(faultOf(ask(Lane.GENERAL, Speaker.beat(1), BrokerHeartbeatResponse::read)))
        .isEqualTo(Kind.CLOSED);
    try (SocketNetwork another = SocketNetwork.on(loops, "another", PeerLimits.DEFAULT)) {
      assertThat(
              ask(another, Lane.GENERAL, Speaker.beat(2), BrokerHeartbeatResponse::read)
                  .join()
                  .errorCode())
          .isEqualTo((short) 2);
    }
  }

  private <R extends Response> CompletableFuture<R> ask(
      Lane lane, Request request, Reading<R> reading) {
    return ask(network, lane, request, reading);
  }

  private <R extends Response> CompletableFuture<R> ask(
      Network over, Lane lane, Request request, Reading<R> reading) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    Endpoint to = new Endpoint("127.0.0.1", listener.address().getPort());
    over.turns()
        .submit(() ->
            over.call(
                to,
                lane,
                Question.of(request, reading, 10_000)
                    .then(
                        got -> {
                          assertThat(over.turns().inTurn()).isTrue();
                          answer.complete(got);
                        },
                        answer::completeExceptionally)));
    return answer;
  }

  private static Kind faultOf(CompletableFuture<?> answer) {
    return answer.handle((value, fault) -> ((NetException) fault).kind()).join();
  }
}
