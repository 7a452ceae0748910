package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.BrokerHeartbeat.State;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sessions of brokers, fencing, and stopping in order. */
class BrokerHeartbeatTest {
  private static final Map<String, String> SESSION = Map.of("broker.session.timeout.ms", "1000");

  @Test
  void aBrokerIsLetInWhenItKnowsOfItself() {
    Bench bench = Bench.empty(Map.of());
    long epoch = bench.register(1, null);
    assertThat(value(bench.ask(bench.heartbeat(1, Wants.WORK, epoch - 1))))
        .isEqualTo(new State(false, true, false));
    assertThat(value(bench.ask(bench.heartbeat(1, Wants.FENCE, epoch))))
        .isEqualTo(new State(true, true, false));
    assertThat(bench.beat(1)).isEqualTo(new State(true, false, false));
    assertThat(bench.image().isActive(1)).isTrue();
  }

  @Test
  void anotherEpochIsRefused() {
    Bench bench = Bench.cluster(1);
    long epoch = bench.broker(1).epoch();
    BrokerHeartbeat stale = new BrokerHeartbeat(1, epoch - 1, 9, Wants.WORK, List.of(), null);
    assertRefused(bench.ask(stale), ErrorCode.STALE_BROKER_EPOCH, "stale");
    BrokerHeartbeat unknown = new BrokerHeartbeat(8, epoch, 9, Wants.WORK, List.of(), null);
    assertRefused(bench.ask(unknown), ErrorCode.BROKER_ID_NOT_REGISTERED, "broker=8");
  }

  @Test
  void whoIsSilentForASessionIsFenced() {
    Bench bench = Bench.cluster(3, SESSION);
    bench.createOn("t", 3, 2, 1);
    bench.pass(900, 1, 2);
    assertThat(bench.broker(3).fenced()).isFalse();
    bench.pass(400, 1, 2);
    assertThat(bench.broker(3).fenced()).isTrue();
    assertThat(bench.partition("t", 0).leader()).isEqualTo(2);
    assertThat(bench.partition("t", 0).isr()).containsExactly(2, 1);
    assertThat(bench.partition("t", 0).leaderEpoch()).isEqualTo(1);
    bench.pass(3000, 1, 2);
    assertThat(bench.broker(1).fenced()).isFalse();
    assertThat(bench.beat(3)).as("it may come back").isEqualTo(new State(true, false, false));
    assertThat(bench.partition("t", 0).isr()).as("but must catch up").containsExactly(2, 1);
  }

  @Test
  void whoseConnectionBrokeIsWaitedForAMomentOnly() {
    Bench bench = Bench.cluster(3, SESSION);
    bench.ask(new LostTouch(2, bench.broker(2).epoch()));
    bench.ask(new LostTouch(3, bench.broker(3).epoch()));
    bench.ask(new LostTouch(1, bench.broker(1).epoch() - 1));
    bench.pass(400, 1);
    assertThat(bench.broker(3).fenced()).isFalse();
    bench.beat(2);
    bench.pass(400, 1);
    assertThat(bench.broker(3).fenced()).isTrue();
    bench.pass(100, 1);
    assertThat(bench.broker(2).fenced()).as("it came back").isFalse();
  }

  @Test
  void whoseProcessIsGoneIsNotWaitedFor() {
    Bench bench = Bench.cluster(3, SESSION);
    bench.createOn("t", 3, 2, 1);
    bench.gone.add(3);
    bench.ask(new LostTouch(2, bench.broker(2).epoch()));
    bench.ask(new LostTouch(3, bench.broker(3).epoch()));
    bench.owners.runMs(5);
    assertThat(bench.broker(3).fenced()).isTrue();
    assertThat(bench.partition("t", 0).leader()).isEqualTo(2);
    assertThat(bench.broker(2).fenced()).as("somebody listens there").isFalse();
    RegisterBroker other = bench.registration(3, null, new RegisterBroker.Predecessor(false, -1));
    assertThat(bench.ask(other)).as("its place is free").isInstanceOf(Outcome.Done.class);
  }

  @Test
  void whoHoldsTheSameDirectoriesComesAfterAProcessThatIsNotHeardOf() {
    Bench bench = Bench.cluster(2, SESSION);
    long before = bench.broker(2).epoch();
    RegisterBroker other = bench.registration(2, null, new RegisterBroker.Predecessor(false, -1));
    RegisterBroker elsewhere =
        new RegisterBroker(
            2,
            other.incarnation(),
            other.endpoints(),
            null,
            List.of(new Uuid(1, 99)),
            other.predecessor());
    ErrorCode duplicate = ErrorCode.DUPLICATE_BROKER_REGISTRATION;
    assertRefused(bench.ask(other), duplicate, "broker 2");
    bench.ask(new LostTouch(2, before));
    assertRefused(bench.ask(elsewhere), duplicate, "broker 2");
    long epoch = value(bench.ask(other));
    assertThat(bench.broker(2).epoch()).isEqualTo(epoch).isGreaterThan(before);
    assertThat(bench.broker(2).fenced()).isTrue();
  }

  @Test
  void aBrokerThatIsAliveKeepsItsId() {
    Bench bench = Bench.cluster(2, SESSION);
    RegisterBroker other = bench.registration(2, null, new RegisterBroker.Predecessor(false, -1));
    ErrorCode duplicate = ErrorCode.DUPLICATE_BROKER_REGISTRATION;
    assertRefused(bench.ask(other), duplicate, "broker 2");
    bench.beat(2, Wants.FENCE);
    assertRefused(bench.ask(other), duplicate, "broker 2");
    bench.pass(1500, 1);
    long epoch = value(bench.ask(other));
    assertThat(bench.broker(2).epoch()).isEqualTo(epoch);
  }

  @Test
  void leadershipsMoveBeforeABrokerStops() {
    Bench bench = Bench.cluster(3);
    bench.createOn("t", 3, 2, 1);
    assertThat(bench.beat(3, Wants.STOP)).isEqualTo(new State(true, false, false));
    assertThat(bench.broker(3).inControlledShutdown()).isTrue();
    assertThat(bench.partition("t", 0).leader()).isEqualTo(2);
    assertThat(bench.partition("t", 0).isr()).containsExactly(2, 1);
    assertThat(bench.beat(3, Wants.STOP).shouldShutDown()).as("the others don't know").isFalse();
    bench.beat(1);
    assertThat(bench.beat(3, Wants.STOP).shouldShutDown()).isFalse();
    assertThat(bench.beat(3).fenced()).as("there is no way back").isFalse();
    assertThat(bench.image().isActive(3)).isFalse();
    bench.beat(2);
    assertThat(bench.beat(3, Wants.STOP)).isEqualTo(new State(true, true, true));
    assertThat(bench.broker(3).fenced()).isTrue();
    assertThat(bench.beat(3, Wants.WORK)).isEqualTo(new State(true, true, true));
    value(bench.ask(bench.registration(3, null, new RegisterBroker.Predecessor(false, -1))));
    assertThat(bench.beat(3).fenced()).as("another life").isFalse();
    assertThat(bench.image().isActive(3)).isTrue();
  }

  @Test
  void theLastBrokerStopsWithoutWaiting() {
    Bench bench = Bench.cluster(1);
    bench.createOn("t", 1);
    bench.beat(1, Wants.STOP);
    assertThat(bench.beat(1, Wants.STOP).shouldShutDown()).isTrue();
    assertThat(bench.partition("t", 0).hasLeader()).isFalse();
    assertThat(bench.partition("t", 0).leaderEpoch()).isEqualTo(1);
  }

  @Test
  void aFailedDirectoryLosesItsLeaderships() {
    Bench bench = Bench.cluster(2);
    Uuid first = new Uuid(2, 1);
    Uuid second = new Uuid(2, 2);
    bench.beat(2, new Wants(true, true));
    long epoch =
        value(
            bench.ask(
                new RegisterBroker(
                    2,
                    new Uuid(9, 9),
                    List.of(),
                    null,
                    List.of(first, second),
                    new RegisterBroker.Predecessor(false, -1))));
    bench.beat(2);
    Uuid id = bench.createOn("t", 2, 1);
    bench.createOn("u", 2, 1);
    value(bench.ask(AssignDirectories.one(2, epoch, first, id, 0)));
    BrokerHeartbeat failed =
        new BrokerHeartbeat(
            2, epoch, bench.image().offset(), Wants.WORK, List.of(first), List.of(second));
    assertThat(value(bench.ask(failed)).fenced()).isFalse();
    assertThat(bench.broker(2).directories()).containsExactly(second);
    assertThat(bench.broker(2).cordoned()).containsExactly(second);
    assertThat(bench.partition("t", 0).leader()).isEqualTo(1);
    assertThat(bench.partition("t", 0).isr()).containsExactly(1);
    assertThat(bench.partition("u", 0).leader()).isEqualTo(2);
    BrokerHeartbeat all =
        new BrokerHeartbeat(
            2, epoch, bench.image().offset(), Wants.WORK, List.of(first, second), null);
    assertThat(value(bench.ask(all)).fenced()).as("nothing is left").isTrue();
  }
}
