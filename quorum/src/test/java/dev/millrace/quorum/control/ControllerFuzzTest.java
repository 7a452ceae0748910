package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.AllocateProducerIds.Block;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.CreatePartitions.MorePartitions;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.DeleteTopics.TopicReference;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ImageRecords;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.log.RecordFrame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Random commands, several at once, on a log that loses its leadership: what was acknowledged is in
 * the image, replaying gives the same image, and the invariants hold at every step.
 */
class ControllerFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 30);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int COMMANDS = 300;

  @Test
  void whatWasAcknowledgedStays() {
    for (int round = 0; round < ROUNDS; round++) {
      new Round(SEED + round).run();
    }
  }

  private static final class Round {
    private final String story;
    private final SimOwners owners;
    private final RandomGenerator random;
    private final RestlessLog log;
    private final Quorum quorum;
    private final Set<Long> blocks = new HashSet<>();
    private final List<Consumer<ClusterImage>> laterChecks = new ArrayList<>();
    private int asked;
    private int answered;

    Round(long seed) {
      story = "-Dmillrace.seed=" + seed;
      owners = new SimOwners(seed);
      random = owners.random("commands");
      Turns turns = owners.owner("quorum");
      log = new RestlessLog(turns, owners.random("log"));
      quorum =
          new Quorum(
              new Quorum.Parts(
                  Bench.NODE,
                  turns,
                  log,
                  StaticSettings.EMPTY,
                  owners.random("controller"),
                  fault -> {
                    throw fault;
                  }));
    }

    void run() {
      quorum.listen(new Invariants(story));
      quorum.start(_ -> {});
      for (int i = 0; i < COMMANDS; i++) {
        submitOne();
        if (random.nextInt(4) == 0) {
          owners.runMs(random.nextInt(30));
        }
      }
      owners.runMs(10_000);
      assertThat(answered).as(story).isEqualTo(asked);
      ClusterImage image = quorum.image();
      laterChecks.forEach(check -> check.accept(image));
      assertThat(replayed(image)).as(story).isEqualTo(image);
      assertThat(restored(image)).as(story).isEqualTo(image);
    }

    private void submitOne() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> create();
        case 3, 4 -> delete();
        case 5 -> grow();
        case 6, 7 -> configure();
        case 8 -> allocate();
        case 9 -> register();
        case 10 -> fence();
        default -> unfence();
      }
    }

    private <R> void submit(Command<R> command, Consumer<R> done) {
      asked++;
      quorum.submit(
          command,
          outcome -> {
            answered++;
            if (outcome instanceof Outcome.Done<R> value) {
              done.accept(value.value());
            }
          });
    }

    private String name() {
      return List.of("a.b", "a_b", "c", "d", "e", "f").get(random.nextInt(6));
    }

    private int node() {
      return 1 + random.nextInt(4);
    }

    private long epochOf(int node) {
      BrokerImage broker = quorum.image().broker(node);
      return broker == null || random.nextInt(10) == 0 ? 7 : broker.epoch();
    }

    private void create() {
      NewTopic topic =
          new NewTopic(
              name(),
              random.nextInt(5),
              random.nextInt(4),
              Map.of(),
              random.nextBoolean() ? Map.of() : Map.of("retention.ms", "7"));
      submit(
          new CreateTopics(List.of(topic), random.nextInt(10) == 0),
          outcomes -> {
            if (outcomes.get(topic.name()) instanceof Outcome.Done<?> done) {
              CreateTopics.CreatedTopic created = (CreateTopics.CreatedTopic) done.value();
              TopicImage image = quorum.image().topic(created.id());
              assertThat(image == null).as(story).isEqualTo(created.id().equals(Uuid.ZERO));
            }
          });
    }

    private void delete() {
      TopicImage topic = quorum.image().topic(name());
      TopicReference reference =
          topic == null || random.nextBoolean()
              ? TopicReference.of(name())
              : TopicReference.of(topic.id());
      submit(
          new DeleteTopics(List.of(reference)),
          outcomes -> {
            if (outcomes.getFirst() instanceof Outcome.Done<TopicImage> done) {
              Uuid id = done.value().id();
              laterChecks.add(image -> assertThat(image.topic(id)).as(story).isNull());
            }
          });
    }

    private void grow() {
      MorePartitions more = new MorePartitions(name(), 1 + random.nextInt(8), null);
      submit(
          new CreatePartitions(List.of(more), false),
          outcomes -> {
            if (outcomes.get(more.topic()) instanceof Outcome.Done) {
              TopicImage topic = Objects.requireNonNull(quorum.image().topic(more.topic()));
              assertThat(topic.partitionCount()).as(story).isEqualTo(more.count());
            }
          });
    }

    private void configure() {
      ConfigResource resource =
          random.nextInt(3) == 0 ? ConfigResource.ALL_BROKERS : ConfigResource.topic(name());
      String setting =
          resource.equals(ConfigResource.ALL_BROKERS) ? "log.retention.ms" : "retention.ms";
      Change change =
          random.nextInt(3) == 0
              ? new Change(setting, Operation.DELETE, null)
              : new Change(setting, Operation.SET, Integer.toString(random.nextInt(-2, 5)));
      ResourceChange changes = new ResourceChange(resource, List.of(change));
      submit(
          new ChangeConfigs(List.of(changes), false),
          outcomes -> {
            if (outcomes.getFirst() instanceof Outcome.Done) {
              assertThat(quorum.image().configs(resource).get(setting))
                  .as(story)
                  .isEqualTo(change.value());
            }
          });
    }

    private void allocate() {
      int node = node();
      submit(
          new AllocateProducerIds(node, epochOf(node)),
          (Block block) -> assertThat(blocks.add(block.first())).as(story).isTrue());
    }

    private void register() {
      int node = node();
      BrokerImage before = quorum.image().broker(node);
      long cleanEpoch = before != null && random.nextBoolean() ? before.epoch() : -1;
      RegisterBroker broker =
          new RegisterBroker(
              node,
              Uuid.random(random),
              List.of(),
              null,
              List.of(new Uuid(1, node + 1000)),
              new RegisterBroker.Predecessor(random.nextBoolean(), cleanEpoch));
      submit(
          broker,
          epoch -> {
            BrokerImage now = Objects.requireNonNull(quorum.image().broker(node));
            assertThat(now.epoch()).as(story).isEqualTo(epoch);
          });
    }

    private void fence() {
      int node = node();
      submit(new FenceBroker(node, epochOf(node)), _ -> {});
    }

    private void unfence() {
      int node = node();
      submit(new UnfenceBroker(node, epochOf(node)), _ -> {});
    }

    /** What somebody gets who reads the log from its beginning. */
    private ClusterImage replayed(ClusterImage image) {
      Replay replay = new Replay(ClusterImage.EMPTY);
      log.committed.forEach(batch -> batch.records().forEach(replay::apply));
      return replay.finish(image.offset(), image.epoch()).image();
    }

    /** What somebody gets who reads a snapshot. */
    private static ClusterImage restored(ClusterImage image) {
      Replay replay = new Replay(ClusterImage.EMPTY);
      ImageRecords.of(image)
          .map(record -> RecordFrame.read(RecordFrame.write(record).buffer()))
          .forEach(replay::apply);
      return replay.finish(image.offset(), image.epoch()).image();
    }
  }
}
