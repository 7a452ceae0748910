package dev.millrace.sim;

import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.sim.check.Judge;
import dev.millrace.sim.cluster.Life;
import dev.millrace.sim.cluster.SimCluster;
import dev.millrace.sim.work.Administrator;
import dev.millrace.sim.work.CommitWatcher;
import dev.millrace.sim.work.EndWatcher;
import dev.millrace.sim.work.GroupReader;
import dev.millrace.sim.work.History;
import dev.millrace.sim.work.History.Place;
import dev.millrace.sim.work.PairWriter;
import dev.millrace.sim.work.Tailer;
import dev.millrace.sim.work.Transformer;
import dev.millrace.sim.work.World;
import dev.millrace.sim.work.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The clients of a run and their topics.
 *
 * <pre>
 *   log      writers -> log -> transformers -> out     every record once, in its order
 *            log -> two groups, one of each protocol   no record is skipped
 *   pairs    transactions over all partitions          all or nothing
 *   moving, growing, phoenix                           topics that an administrator changes
 * </pre>
 */
final class Scene {
  private static final String LOG = "log";
  private static final String OUT = "out";
  private static final String PAIRS = "pairs";
  private static final int TOPICS = 5;

  private final SimCluster cluster;
  private final Plan plan;
  private final World world;
  private final History history;
  private final Judge judge;
  private final Administrator admin;
  private final List<Writer> writers = new ArrayList<>();
  private final List<PairWriter> pairWriters = new ArrayList<>();
  private final List<Transformer> transformers = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();
  private int made;

  /** A reader and what it reads. */
  private record Reading(Tailer tailer, String topic, int partitions) {}

  Scene(SimCluster cluster, Plan plan) {
    this.cluster = cluster;
    this.plan = plan;
    this.history = new History(cluster);
    this.world = new World(cluster, history);
    this.judge = new Judge(history);
    this.admin = new Administrator(world);
  }

  /** Makes the topics that all clients need. */
  void makeTopics() {
    int partitions = plan.partitions();
    admin.create(LOG, partitions, 3, () -> made++);
    admin.create(OUT, partitions, 3, () -> made++);
    admin.create(PAIRS, 2, 3, () -> made++);
    admin.create(Administrator.GROWING, 1, 3, () -> made++);
    admin.create(Administrator.MOVING, 1, 2, () -> made++);
  }

  boolean isMade() {
    return made == TOPICS;
  }

  /** All clients begin. */
  void begin() {
    int partitions = plan.partitions();
    for (int i = 0; i < 2; i++) {
      writers.add(new Writer(world, "w" + i, new Writer.Job(LOG, partitions, 250, true)));
    }
    writers.add(new Writer(world, "wm", new Writer.Job(Administrator.MOVING, 1, 800, true)));
    writers.add(new Writer(world, "wg", new Writer.Job(Administrator.GROWING, 1, 800, true)));
    writers.add(new Writer(world, "wp", new Writer.Job(Administrator.PHOENIX, 2, 800, false)));
    read("t0", LOG, partitions, false);
    read("t1", LOG, partitions, true);
    read("t2", OUT, partitions, true);
    read("t3", PAIRS, 2, true);
    read("t4", Administrator.MOVING, 1, false);
    read("t5", Administrator.GROWING, 1, false);
    for (int i = 0; i < 2; i++) {
      pairWriters.add(new PairWriter(world, "x" + i, PAIRS, 2));
      transformers.add(new Transformer(world, "c" + i, plan.protocol(), LOG, OUT));
      newMember("gc" + i, "classics", "classic");
      newMember("gn" + i, "moderns", "consumer");
    }
    List<Place> watched = new ArrayList<>(List.of(new Place(Administrator.MOVING, 0)));
    for (String topic : List.of(LOG, OUT)) {
      IntStream.range(0, partitions).forEach(index -> watched.add(new Place(topic, index)));
    }
    IntStream.range(0, 2).forEach(index -> watched.add(new Place(PAIRS, index)));
    for (int i = 0; i < 2; i++) {
      cluster.trace().add("watches the ends: " + new EndWatcher(world, "e" + i, watched));
    }
    CommitWatcher commits =
        new CommitWatcher(world, "o0", List.of("classics", "moderns"), places(LOG).toList());
    cluster.trace().add("watches commits: " + commits);
    admin.churn();
  }

  private void newMember(String name, String group, String protocol) {
    GroupReader member = new GroupReader(world, name, group, protocol, LOG);
    cluster.trace().add(member + " begins");
  }

  private void read(String name, String topic, int partitions, boolean isCommittedOnly) {
    readings.add(
        new Reading(
            new Tailer(world, name, topic, partitions, isCommittedOnly), topic, partitions));
  }

  /** Nothing new is written from now on. */
  void end() {
    world.end();
  }

  /** Whether everything that was written has its fate. */
  boolean isWritten() {
    return writers.stream().allMatch(Writer::isDone)
        && pairWriters.stream().allMatch(PairWriter::isDone)
        && admin.isDone();
  }

  /** Whether readers are at the ends, everything is copied and every group has everything. */
  boolean isRead() {
    return readings.stream().allMatch(this::isAtEnd)
        && places(LOG)
            .allMatch(place ->
                judge.isCopied(place, new Place(OUT, place.index()))
                    && judge.skipped("classics", place).isEmpty()
                    && judge.skipped("moderns", place).isEmpty());
  }

  private boolean isAtEnd(Reading reading) {
    return IntStream.range(0, reading.partitions)
        .allMatch(index -> reading.tailer.position(index) >= end(reading.topic, index));
  }

  private Stream<Place> places(String topic) {
    return IntStream.range(0, plan.partitions()).mapToObj(index -> new Place(topic, index));
  }

  /** Who copies stops. */
  void close() {
    world.close();
  }

  boolean isClosed() {
    return transformers.stream().allMatch(Transformer::isDone);
  }

  /** What is wrong. */
  List<String> faults() {
    List<String> faults = new ArrayList<>(judge.faults());
    places(LOG)
        .forEach(place -> {
          faults.addAll(judge.copy(place, new Place(OUT, place.index())));
          faults.addAll(judge.skipped("classics", place));
          faults.addAll(judge.skipped("moderns", place));
        });
    faults.addAll(admin.broken());
    return faults;
  }

  /** Who has something to do still. */
  String story() {
    StringBuilder story = new StringBuilder();
    writers.forEach(each -> story.append("\n    ").append(each));
    pairWriters.forEach(each -> story.append("\n    ").append(each));
    transformers.forEach(each -> story.append("\n    ").append(each));
    story.append("\n    admin done=").append(admin.isDone());
    for (Reading reading : readings) {
      for (int index = 0; index < reading.partitions; index++) {
        story
            .append("\n    ")
            .append(reading.topic + "-" + index + " position=" + reading.tailer.position(index))
            .append(" end=" + end(reading.topic, index));
      }
    }
    places(LOG)
        .forEach(place ->
            story
                .append("\n    ")
                .append(judge.copy(place, new Place(OUT, place.index())))
                .append(judge.skipped("classics", place))
                .append(judge.skipped("moderns", place)));
    return story.toString();
  }

  private long end(String topic, int index) {
    TopicImage known = cluster.image().topic(topic);
    PartitionImage partition = known == null ? null : known.partition(index);
    if (known == null || partition == null || !partition.hasLeader()) {
      return Long.MAX_VALUE;
    }
    Life life = cluster.machine(partition.leader()).life();
    Partitions copies = life == null ? null : life.partitions();
    Partition copy = copies == null ? null : copies.find(known.id(), index);
    return copy == null ? Long.MAX_VALUE : copy.bounds().highWatermark();
  }
}
