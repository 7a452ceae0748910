package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.BrokerHeartbeat.State;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.log.MemoryLog;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A controller on a log in memory, with virtual time, and short ways to ask it. */
final class Bench {
  static final int NODE = 1;

  final SimOwners owners;
  final Quorum quorum;
  final Set<Integer> gone = new HashSet<>();

  private Bench(long seed, Map<String, String> settings) {
    owners = new SimOwners(seed);
    Turns turns = owners.owner("quorum");
    quorum =
        new Quorum(
            new Quorum.Parts(
                NODE,
                turns,
                new MemoryLog(turns, NODE),
                StaticSettings.read(settings),
                owners.random("controller"),
                fault -> {
                  throw fault;
                },
                (broker, told) -> {
                  if (gone.contains(broker.id())) {
                    told.run();
                  }
                }));
  }

  /** A controller of a new cluster without brokers. */
  static Bench empty(Map<String, String> settings) {
    Bench bench = new Bench(17, settings);
    Outcome<Boolean> ready = bench.<Boolean>await(bench.quorum::start);
    assertThat(ready).isEqualTo(Outcome.done(true));
    return bench;
  }

  /** A controller of a new cluster with its one broker, unfenced. */
  static Bench one(Map<String, String> settings) {
    Bench bench = empty(settings);
    bench.addBroker(NODE, null);
    return bench;
  }

  static Bench one() {
    return one(Map.of());
  }

  long addBroker(int id, @Nullable String rack) {
    long epoch = register(id, rack);
    assertThat(ask(new UnfenceBroker(id, epoch))).isEqualTo(Outcome.done(true));
    return epoch;
  }

  /** A controller of a new cluster with brokers 1 to {@code brokers} that send heartbeats. */
  static Bench cluster(int brokers, Map<String, String> settings) {
    Bench bench = empty(settings);
    for (int id = 1; id <= brokers; id++) {
      bench.register(id, null);
      assertThat(bench.beat(id).fenced()).isFalse();
    }
    return bench;
  }

  static Bench cluster(int brokers) {
    return cluster(brokers, Map.of());
  }

  BrokerImage broker(int id) {
    return Objects.requireNonNull(image().broker(id), "broker");
  }

  PartitionImage partition(String topic, int index) {
    return Objects.requireNonNull(topic(topic).partition(index), "partition");
  }

  /** A heartbeat of a broker that has heard of everything and wants to work. */
  State beat(int id) {
    return beat(id, Wants.WORK);
  }

  State beat(int id, Wants wants) {
    return value(ask(heartbeat(id, wants, image().offset())));
  }

  BrokerHeartbeat heartbeat(int id, Wants wants, long metadataOffset) {
    return new BrokerHeartbeat(id, broker(id).epoch(), metadataOffset, wants, List.of(), null);
  }

  /** Lets a time pass in which these brokers send heartbeats and the others are silent. */
  void pass(long ms, Integer... alive) {
    for (long passed = 0; passed < ms; passed += 100) {
      for (Integer id : alive) {
        beat(id);
      }
      owners.runMs(100);
    }
  }

  /** A topic of one partition on these brokers. */
  Uuid createOn(String name, Integer... replicas) {
    return value(create(new NewTopic(name, -1, -1, Map.of(0, List.of(replicas)), Map.of()))).id();
  }

  long register(int id, @Nullable String rack) {
    return value(ask(registration(id, rack, new RegisterBroker.Predecessor(false, -1))));
  }

  RegisterBroker registration(
      int id, @Nullable String rack, RegisterBroker.Predecessor predecessor) {
    return new RegisterBroker(
        id,
        Uuid.random(owners.random("incarnation" + owners.clock().monotonicNanos())),
        List.of(new BrokerEndpoint("PLAINTEXT", "localhost", 9000 + id, (short) 0)),
        rack,
        List.of(new Uuid(1, 1000 + id)),
        predecessor);
  }

  ClusterImage image() {
    return quorum.image();
  }

  TopicImage topic(String name) {
    return Objects.requireNonNull(image().topic(name), name);
  }

  /** Runs a command to its end. */
  <R> Outcome<R> ask(Command<R> command) {
    return this.<R>await(receiver -> quorum.submit(command, receiver));
  }

  Outcome<CreateTopics.CreatedTopic> create(NewTopic topic) {
    return Objects.requireNonNull(
        value(ask(new CreateTopics(List.of(topic), false))).get(topic.name()));
  }

  void createDone(String name, int partitions) {
    NewTopic topic = new NewTopic(name, partitions, -1, Map.of(), Map.of());
    assertThat(create(topic)).isInstanceOf(Outcome.Done.class);
  }

  <R> Outcome<R> await(Consumer<Consumer<Outcome<R>>> start) {
    AtomicReference<@Nullable Outcome<R>> outcome = new AtomicReference<>();
    start.accept(outcome::set);
    owners.runUntil(() -> outcome.get() != null, 100_000);
    return Objects.requireNonNull(outcome.get(), "no reply");
  }

  static <R> R value(Outcome<R> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<R>) outcome).value();
  }

  static void assertRefused(Outcome<?> outcome, ErrorCode error, String part) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Outcome.Refused<?> refused = (Outcome.Refused<?>) outcome;
    assertThat(refused.error()).as(refused.message()).isEqualTo(error);
    assertThat(refused.message()).contains(part);
  }
}
