package dev.millrace.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.net.call.Speaker;
import dev.millrace.wire.message.BrokerHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
  private static final Endpoint THERE = new Endpoint("node2", 9092);
  private static final long SEED = Long.getLong("millrace.seed", 20_261_122L);

  private final SimOwners owners = new SimOwners(SEED);
  private final SimNetwork all = new SimNetwork(owners);
  private final Speaker speaker = new Speaker();
  private final SimOwners.Machine machine = owners.machine("2");
  private final Turns owner = owners.owner("1");
  private final Network network = all.network(1, "test", owner);
  private final List<Integer> answers = new ArrayList<>();
  private final List<Kind> faults = new ArrayList<>();

  SimNetworkTest() {
    listen();
  }

  @Test
  void answersComeInOrder() {
    all.weather(50, 0);
    ask(1, 2, 3, 4, 5);
    run(5);
    assertThat(answers).containsExactly(1, 2, 3, 4, 5);
    assertThat(speaker.heard).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void whatIsCutArrivesOnceHealed() {
    ask(1);
    run(1);
    all.cutOneWay(2, 1);
    ask(2);
    owners.runMs(500);
    assertThat(speaker.heard).containsExactly(1L, 2L);
    assertThat(answers).containsExactly(1);
    all.heal();
    run(2);
    assertThat(answers).containsExactly(1, 2);
  }

  @Test
  void acrossACutCallsEndInTime() {
    ask(1);
    run(1);
    all.isolate(2);
    ask(2);
    run(2);
    assertThat(faults).containsExactly(Kind.TIMEOUT);
    ask(3);
    run(3);
    assertThat(faults).containsExactly(Kind.TIMEOUT, Kind.TIMEOUT);
    all.heal();
    ask(4);
    run(4);
    assertThat(answers).containsExactly(1, 4);
  }

  @Test
  void aKilledNodeIsNoticedAndFoundAgain() {
    ask(1);
    run(1);
    ask(-1);
    machine.crash();
    all.kill(2);
    run(2);
    assertThat(faults).containsExactly(Kind.CLOSED);
    ask(3);
    run(3);
    assertThat(faults).containsExactly(Kind.CLOSED, Kind.REFUSED);
    listen();
    ask(4);
    run(4);
    assertThat(answers).containsExactly(1, 4);
  }

  @Test
  void inBadWeatherEveryCallHasOneEnd() {
    all.weather(20, 50);
    for (int round = 0; round < 40; round++) {
      ask(IntStream.range(0, 10).toArray());
      run((round + 1) * 10);
    }
    assertThat(faults).as("seed=" + SEED).isNotEmpty().containsOnly(Kind.CLOSED);
    assertThat(answers).as("seed=" + SEED).isNotEmpty();
  }

  private void listen() {
    all.listen(2, THERE, "CONTROLLER", machine.owner("loop"), speaker);
  }

  private void ask(int... numbers) {
    for (int number : numbers) {
      owner.submit(() ->
          network.call(
              THERE,
              Lane.GENERAL,
              Question.of(Speaker.beat(number), BrokerHeartbeatResponse::read, 1_000)
                  .then(
                      answer -> answers.add((int) answer.errorCode()),
                      fault -> faults.add(fault.kind()))));
    }
  }

  private void run(int ends) {
    owners.runUntil(() -> answers.size() + faults.size() == ends, 10_000);
    assertThat(answers.size() + faults.size()).as("seed=" + SEED).isEqualTo(ends);
  }
}
