package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.quorum.control.AllocateProducerIds.Block;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.UpdateFeatures.Direction;
import dev.millrace.quorum.control.UpdateFeatures.Update;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Brokers, features and producer ids. */
class ClusterTest {
  private static PartitionImage partition(Bench bench) {
    return Objects.requireNonNull(bench.topic("t").partition(0));
  }

  private static BrokerImage broker(Bench bench, int id) {
    return Objects.requireNonNull(bench.image().broker(id));
  }

  @Test
  void aBrokerStartsFenced() {
    Bench bench = Bench.empty(Map.of());
    long epoch = bench.register(1, "r");
    assertThat(broker(bench, 1).fenced()).isTrue();
    assertThat(broker(bench, 1).rack()).isEqualTo("r");
    assertThat(bench.image().offset()).isEqualTo(epoch);
    value(bench.ask(new UnfenceBroker(1, epoch)));
    assertThat(bench.image().isActive(1)).isTrue();
    assertThat(bench.ask(new UnfenceBroker(1, epoch))).isEqualTo(Outcome.done(false));
    assertRefused(
        bench.ask(new UnfenceBroker(1, epoch - 1)), ErrorCode.STALE_BROKER_EPOCH, "stale");
    assertRefused(
        bench.ask(new UnfenceBroker(2, epoch)), ErrorCode.BROKER_ID_NOT_REGISTERED, "broker=2");
  }

  @Test
  void aRunningBrokerKeepsItsId() {
    Bench bench = Bench.one();
    RegisterBroker same = bench.registration(1, null, new RegisterBroker.Predecessor(false, -1));
    RegisterBroker other =
        new RegisterBroker(
            1,
            same.incarnation(),
            same.endpoints(),
            null,
            List.of(new Uuid(1, 2_000)),
            same.predecessor());
    assertRefused(
        bench.ask(other), ErrorCode.DUPLICATE_BROKER_REGISTRATION, "another process is running");
  }

  @Test
  void registeringTwiceIsTheSameRegistration() {
    Bench bench = Bench.empty(Map.of());
    RegisterBroker registration =
        bench.registration(1, null, new RegisterBroker.Predecessor(false, -1));
    long epoch = value(bench.ask(registration));
    assertThat(value(bench.ask(registration))).isEqualTo(epoch);
  }

  @Test
  void afterACleanStopLeadershipGoesOn() {
    Bench bench = Bench.one();
    bench.createDone("t", 1);
    long before = broker(bench, 1).epoch();
    long epoch =
        value(bench.ask(bench.registration(1, null, new RegisterBroker.Predecessor(true, before))));
    assertThat(epoch).isGreaterThan(before);
    value(bench.ask(new UnfenceBroker(1, epoch)));
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertThat(partition(bench).leaderEpoch()).isZero();
  }

  @Test
  void afterACrashALeaderEpochBegins() {
    Bench bench = Bench.one();
    bench.createDone("t", 1);
    long epoch =
        value(bench.ask(bench.registration(1, null, new RegisterBroker.Predecessor(true, -1))));
    assertThat(partition(bench).hasLeader()).isFalse();
    assertThat(partition(bench).isr()).isEmpty();
    assertThat(partition(bench).eligible()).containsExactly(1);
    value(bench.ask(new UnfenceBroker(1, epoch)));
    assertThat(partition(bench).isr()).containsExactly(1);
    assertThat(partition(bench).recovery()).isZero();
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertThat(partition(bench).leaderEpoch()).isEqualTo(2);
  }

  @Test
  void aFencedBrokerLosesItsPlace() {
    Bench bench = Bench.one();
    long two = bench.addBroker(2, null);
    value(bench.create(new NewTopic("t", -1, -1, Map.of(0, List.of(2, 1)), Map.of())));
    value(bench.ask(new FenceBroker(2, two)));
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertThat(partition(bench).isr()).containsExactly(1);
    assertThat(partition(bench).leaderEpoch()).isEqualTo(1);
    value(bench.ask(new FenceBroker(1, broker(bench, 1).epoch())));
    assertThat(partition(bench).hasLeader()).isFalse();
    assertThat(partition(bench).isr()).isEmpty();
    assertThat(partition(bench).eligible()).containsExactly(1);
    assertThat(partition(bench).lastEligible()).containsExactly(1);
    value(bench.ask(new UnfenceBroker(2, two)));
    assertThat(partition(bench).hasLeader()).as("not in the in-sync set").isFalse();
    value(bench.ask(new UnfenceBroker(1, broker(bench, 1).epoch())));
    assertThat(partition(bench).leader()).isEqualTo(1);
  }

  @Test
  void anUnregisteredBrokerIsForgotten() {
    Bench bench = Bench.one();
    long two = bench.addBroker(2, null);
    value(bench.create(new NewTopic("t", -1, -1, Map.of(0, List.of(2, 1)), Map.of())));
    assertRefused(bench.ask(new UnregisterBroker(2)), ErrorCode.INVALID_REQUEST, "is running");
    value(bench.ask(new FenceBroker(2, two)));
    value(bench.ask(new UnregisterBroker(2)));
    assertThat(bench.image().broker(2)).isNull();
    assertThat(partition(bench).leader()).isEqualTo(1);
    assertRefused(
        bench.ask(new UnregisterBroker(2)), ErrorCode.BROKER_ID_NOT_REGISTERED, "broker=2");
  }

  @Test
  void directoryIdsMustDiffer() {
    Bench bench = Bench.one();
    RegisterBroker.Predecessor nobody = new RegisterBroker.Predecessor(false, -1);
    for (List<Uuid> ids :
        List.of(
            List.<Uuid>of(),
            List.of(new Uuid(0, 1)),
            List.of(new Uuid(5, 5), new Uuid(5, 5)),
            List.of(new Uuid(1, 1001)))) {
      RegisterBroker broker = new RegisterBroker(2, new Uuid(7, 7), List.of(), null, ids, nobody);
      assertRefused(bench.ask(broker), ErrorCode.INVALID_REGISTRATION, "log director");
    }
  }

  @Test
  void aNewClusterHasTheFeaturesThatAreTrue() {
    assertThat(Bench.empty(Map.of()).image().features())
        .containsEntry("metadata.version", (short) 30)
        .containsEntry("transaction.version", (short) 2)
        .containsEntry("group.version", (short) 1)
        .containsEntry("share.version", (short) 2)
        .containsEntry("streams.version", (short) 1);
    Bench older =
        Bench.empty(Map.of("feature:metadata.version", "29", "feature:group.version", "0"));
    assertThat(older.image().featureLevel("metadata.version")).isEqualTo((short) 29);
  }

  @Test
  void featuresMoveWithinWhatIsThere() {
    Bench bench = Bench.one(Map.of("feature:metadata.version", "29"));
    assertUpdate(bench, new Update("streams.version", (short) 2, Direction.UPGRADE), "no level 2");
    assertUpdate(
        bench,
        new Update("nonsense", (short) 1, Direction.UPGRADE),
        "does not support this feature");
    assertUpdate(
        bench,
        new Update("metadata.version", (short) 28, Direction.UPGRADE),
        "ask for a downgrade");
    assertUpdate(
        bench, new Update("metadata.version", (short) 28, Direction.UNSAFE_DOWNGRADE), "go down");
    Update up = new Update("metadata.version", (short) 30, Direction.UPGRADE);
    value(value(bench.ask(new UpdateFeatures(List.of(up), true))).getFirst());
    assertThat(bench.image().featureLevel("metadata.version")).isEqualTo((short) 29);
    value(value(bench.ask(new UpdateFeatures(List.of(up), false))).getFirst());
    assertThat(bench.image().featureLevel("metadata.version")).isEqualTo((short) 30);
  }

  private static void assertUpdate(Bench bench, Update update, String part) {
    List<Outcome<String>> outcomes = value(bench.ask(new UpdateFeatures(List.of(update), false)));
    assertRefused(outcomes.getFirst(), ErrorCode.INVALID_UPDATE_VERSION, part);
  }

  @Test
  void producerIdsAreGivenOnce() {
    Bench bench = Bench.one();
    long epoch = broker(bench, 1).epoch();
    assertThat(bench.ask(new AllocateProducerIds(1, epoch)))
        .isEqualTo(Outcome.done(new Block(0, 1000)));
    assertThat(bench.ask(new AllocateProducerIds(1, epoch)))
        .isEqualTo(Outcome.done(new Block(1000, 1000)));
    assertRefused(
        bench.ask(new AllocateProducerIds(1, epoch + 1)), ErrorCode.STALE_BROKER_EPOCH, "stale");
    assertThat(bench.image().nextProducerId()).isEqualTo(2000);
  }

  @Test
  void levelsOfAnotherReleaseComeDown() {
    assertThat(value(Bench.one().ask(new LowerFeatures()))).isEmpty();
    Replay other = new Replay(ClusterImage.EMPTY);
    other.apply(new FeatureLevelRecord("metadata.version", (short) 30));
    other.apply(new FeatureLevelRecord("transaction.version", (short) 2));
    other.apply(new FeatureLevelRecord("streams.version", (short) 2));
    other.apply(new FeatureLevelRecord("later.version", (short) 1));
    ClusterImage image = other.finish(2, 1).image();
    Rules rules =
        new Rules(image, 3, BrokerSettings.of(StaticSettings.EMPTY), new SplittableRandom(1));
    Decision<Map<String, Short>> decision = new LowerFeatures().decide(rules);
    assertThat(value(decision.reply()))
        .isEqualTo(Map.of("streams.version", (short) 1, "later.version", (short) 0));
    decision.records().forEach(other::apply);
    assertThat(other.finish(4, 1).image().features())
        .isEqualTo(
            Map.of(
                "metadata.version",
                (short) 30,
                "streams.version",
                (short) 1,
                "transaction.version",
                (short) 2));
  }
}
