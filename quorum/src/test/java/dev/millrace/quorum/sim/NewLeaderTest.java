package dev.millrace.quorum.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Brokers when the leader of the metadata changes, and some of them died with the one before. */
class NewLeaderTest {
  private static final List<Integer> NODES = List.of(1, 2, 3);

  private final SimOwners owners = new SimOwners(7);
  private final SharedLog log = new SharedLog(owners, NODES);
  private final Map<Integer, Quorum> quorums = new TreeMap<>();
  private final Map<Integer, SimOwners.Machine> machines = new HashMap<>();
  private final Set<Integer> gone = new HashSet<>();

  NewLeaderTest() {
    NODES.forEach(this::start);
    owners.runUntil(() -> log.leader() != SharedLog.NOBODY, 10_000);
    owners.runMs(1000);
    for (int id : NODES) {
      active()
          .register(
              new RegisterBroker(
                  id,
                  new Uuid(5, id),
                  List.of(new BrokerEndpoint("PLAINTEXT", "h", 9000 + id, (short) 0)),
                  null,
                  List.of(new Uuid(6, 1000 + id)),
                  new RegisterBroker.Predecessor(false, -1)),
              _ -> {});
      owners.runMs(300);
      beat(id);
      owners.runMs(100);
    }
    assertThat(NODES).noneMatch(this::isFenced);
  }

  private void start(int id) {
    SimOwners.Machine machine = owners.machine("node" + id);
    Turns turns = machine.owner("quorum");
    machines.put(id, machine);
    Quorum quorum =
        new Quorum(
            new Quorum.Parts(
                id,
                turns,
                log.join(id, turns),
                StaticSettings.read(Map.of("broker.session.timeout.ms", "1500")),
                owners.random("node" + id),
                fault -> {
                  throw fault;
                },
                (broker, told) -> {
                  if (gone.contains(broker.id())) {
                    told.run();
                  }
                }));
    quorums.put(id, quorum);
    quorum.start(_ -> {});
  }

  private Quorum active() {
    return Objects.requireNonNull(quorums.get(log.leader()));
  }

  private BrokerImage broker(int id) {
    return Objects.requireNonNull(active().image().broker(id));
  }

  private boolean isFenced(int id) {
    return broker(id).fenced();
  }

  private void beat(int id) {
    active()
        .submit(
            new BrokerHeartbeat(
                id,
                broker(id).epoch(),
                active().image().offset(),
                BrokerHeartbeat.Wants.WORK,
                List.of(),
                null),
            _ -> {});
  }

  private int crashLeader() {
    int old = log.leader();
    gone.add(old);
    quorums.remove(old);
    Objects.requireNonNull(machines.remove(old)).crash();
    log.crash(old);
    owners.runUntil(
        () -> log.leader() != SharedLog.NOBODY && active().leader() == log.leader(), 100_000);
    return old;
  }

  @Test
  void whoDiedWithTheOldLeaderIsFencedAtOnceAndWhoLivesIsNot() {
    int old = crashLeader();
    owners.runMs(300);
    assertThat(isFenced(old)).isTrue();
    assertThat(quorums.keySet()).noneMatch(this::isFenced);
  }

  /** Refused at the first look, as with a listener that a firewall hides, but it lives. */
  @Test
  void whoIsHeardOfMeanwhileIsNotFenced() {
    gone.addAll(NODES);
    int old = crashLeader();
    for (int id : NODES) {
      if (id != old) {
        beat(id);
      }
    }
    owners.runMs(300);
    assertThat(isFenced(old)).isTrue();
    assertThat(quorums.keySet()).noneMatch(this::isFenced);
  }
}
