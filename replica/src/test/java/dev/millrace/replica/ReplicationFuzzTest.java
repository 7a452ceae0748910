package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.AppendOrigin;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three nodes that are written, read, killed, cut off, taken for dead and elected at random. Below
 * the high watermark each offset has one value, for ever and on every copy; a leader has all of
 * that; in one epoch one node acknowledges; an idempotent producer is written once and in order.
 */
@Tag("fuzz")
class ReplicationFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 10);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int NODES = 3;
  private static final int STEPS = 400;
  private static final String TOPIC = "t";

  @Test
  void whatWasAcknowledgedOrReadIsTheSameEverywhereAndForEver() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run(SEED + round).run();
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final Cluster cluster;
    private final List<Watched> watched = new ArrayList<>();
    private final boolean onDisk;
    private Uuid topic;
    private int values;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.cluster = new Cluster(seed);
      this.onDisk = random.nextInt(4) > 0;
      cluster.delayMsMax = random.nextInt(1, 20);
      cluster.diskMsMax = random.nextInt(3) == 0 ? random.nextInt(100) : 1;
      cluster.links.lossPerMille = random.nextInt(4) == 0 ? 50 : 0;
    }

    void run() {
      cluster.start(NODES);
      topic =
          cluster.createTopic(
              TOPIC,
              List.of(List.of(1, 2, 3), List.of(2, 3, 1), List.of(3, 1)),
              "segment.bytes",
              "1048576",
              "min.insync.replicas",
              String.valueOf(random.nextInt(1, 3)),
              "flush.policy",
              onDisk ? "disk" : "memory");
      for (int i = 0; i < 3; i++) {
        watched.add(new Watched(i));
      }
      for (int step = 0; step < STEPS; step++) {
        step();
        watched.forEach(Watched::watch);
      }
      heal();
      watched.forEach(Watched::check);
    }

    private void step() {
      Watched one = watched.get(random.nextInt(watched.size()));
      switch (random.nextInt(40)) {
        case 0, 1, 2, 3, 4, 5, 6 -> one.send();
        case 7, 8, 9 -> one.sendUnsafe();
        case 10, 11, 12 -> one.consume();
        case 13 -> one.delete();
        case 14 -> crash(node());
        case 15, 16, 17 -> restart(node());
        case 18 -> cluster.links.cut(random.nextInt(NODES + 1), random.nextInt(NODES + 1));
        case 19, 20 -> cluster.links.mend();
        case 21 -> cluster.fence(node().id);
        case 22, 23, 24 -> cluster.nodes.stream().filter(n -> n.lives).forEach(this::unfence);
        case 25 -> one.elect();
        case 26, 27 -> cluster.owners.runMs(random.nextInt(3000));
        case 28, 29, 30, 31 -> cluster.owners.runMs(random.nextInt(50));
        default -> {
          for (int i = random.nextInt(20); i > 0; i--) {
            cluster.owners.step();
          }
        }
      }
    }

    private Cluster.Node node() {
      return cluster.nodes.get(random.nextInt(NODES));
    }

    private void crash(Cluster.Node node) {
      if (node.lives) {
        boolean keepsCache = !onDisk || random.nextInt(3) == 0;
        node.crash(keepsCache ? Crash.ofProcess() : Crash.random(random));
        if (random.nextBoolean()) {
          cluster.fence(node.id);
        }
      }
    }

    private void restart(Cluster.Node node) {
      if (!node.lives) {
        node.start();
      }
    }

    private void unfence(Cluster.Node node) {
      cluster.unfence(node.id);
    }

    private void heal() {
      cluster.links.mend();
      cluster.diskMsMax = random.nextInt(3) == 0 ? random.nextInt(100) : 1;
      cluster.links.lossPerMille = 0;
      cluster.nodes.forEach(this::restart);
      cluster.nodes.forEach(this::unfence);
      cluster.owners.runUntil(() -> watched.stream().allMatch(Watched::isSettled), 120_000);
    }

    /** One partition with its producers and readers, and all that was ever promised of it. */
    private final class Watched {
      private final int index;
      private final Map<Long, String> promised = new HashMap<>();
      private final Map<Integer, Integer> acknowledgers = new HashMap<>();
      private final TreeMap<Integer, Long> ends = new TreeMap<>();
      private final List<String> sent = new ArrayList<>();
      private long highWatermark;
      private long onceDurable;
      private long deleted;
      private int sequence;
      private String inFlight;

      Watched(int index) {
        this.index = index;
      }

      private PartitionImage state() {
        return cluster.state(topic, index);
      }

      /** A node that takes itself for the leader, perhaps one of several. */
      private Cluster.Node leader() {
        List<Cluster.Node> leaders = new ArrayList<>();
        for (Cluster.Node node : cluster.nodes) {
          Partition copy = copy(node);
          if (copy != null && copy.isLeader(-1)) {
            leaders.add(node);
          }
        }
        return leaders.isEmpty() ? null : leaders.get(random.nextInt(leaders.size()));
      }

      private Partition copy(Cluster.Node node) {
        return node.lives ? node.find(TOPIC, index) : null;
      }

      /** The idempotent producer sends what is not acknowledged yet, to whoever claims to lead. */
      void send() {
        Cluster.Node node = leader();
        if (node == null) {
          return;
        }
        if (inFlight == null) {
          inFlight = "safe-" + values++;
          sent.add(inFlight);
        }
        String value = inFlight;
        Partition leader = copy(node);
        AppendOutcome outcome = leader.append(batch(value, true), AppendOrigin.CLIENT, true);
        int epoch = leader.leaderEpoch();
        if (outcome instanceof AppendOutcome.Appended done) {
          leader.whenCommitted(
              done.endOffset(), error -> settled(node, epoch, value, done.baseOffset(), error));
        }
      }

      private void settled(
          Cluster.Node node, int epoch, String value, long offset, ErrorCode error) {
        if (error == ErrorCode.NONE && node.lives) {
          Integer other = acknowledgers.put(epoch, node.id);
          assertThat(other).as("one leader acknowledges, %s", this).isIn(null, node.id);
          promise(offset, value);
          if (value.equals(inFlight)) {
            inFlight = null;
            sequence++;
          }
        }
      }

      /** A producer with acks=1 that does not look back. */
      void sendUnsafe() {
        Cluster.Node node = leader();
        if (node != null) {
          copy(node).append(batch("any-" + values++, false), AppendOrigin.CLIENT, false);
        }
      }

      private RecordBatch batch(String value, boolean isIdempotent) {
        String text = random.nextInt(30) == 0 ? value + " ".repeat(300_000) : value;
        BatchBuilder builder = BatchBuilder.from(0);
        if (isIdempotent) {
          builder.producer(100 + index, (short) 0, sequence);
          text = value;
        }
        builder.append(cluster.owners.clock().wallMs(), null, Bytes.utf8(text));
        return RecordBatch.at(builder.build());
      }

      void consume() {
        Cluster.Node node = leader();
        if (node == null) {
          return;
        }
        Partition leader = copy(node);
        long from = leader.bounds().logStartOffset();
        read(leader).forEach((offset, value) -> promise(offset, value));
        assertThat(leader.bounds().logStartOffset()).isGreaterThanOrEqualTo(from);
        OffsetAnswer latest =
            leader.offset(
                new OffsetQuery(OffsetQuery.LATEST, -1, OffsetQuery.Limit.HIGH_WATERMARK));
        if (latest.error() == ErrorCode.NONE) {
          int epoch = leader.leaderEpoch();
          ends.headMap(epoch, true)
              .values()
              .forEach(end ->
                  assertThat(latest.offset())
                      .as("latest offset goes back, epoch=%d %s", epoch, this)
                      .isGreaterThanOrEqualTo(end));
          ends.merge(epoch, latest.offset(), Math::max);
        }
      }

      void delete() {
        Cluster.Node node = leader();
        if (node != null) {
          Partition leader = copy(node);
          long to = Math.max(leader.bounds().highWatermark() - 5, 0);
          leader.deleteRecords(to);
          deleted = Math.max(deleted, leader.bounds().logStartOffset());
        }
      }

      void elect() {
        List<Integer> others =
            state().isr().stream()
                .filter(id -> id != state().leader() && cluster.image.isActive(id))
                .toList();
        if (!others.isEmpty() && state().hasLeader()) {
          cluster.elect(topic, index, others.get(random.nextInt(others.size())));
        }
      }

      private void promise(long offset, String value) {
        String before = promised.put(offset, value);
        assertThat(before).as("one value, offset=%d %s", offset, this).isIn(null, value);
      }

      /** Whoever leads by the controller's word has everything below the true high watermark. */
      void watch() {
        for (Cluster.Node node : cluster.nodes) {
          Partition copy = copy(node);
          if (copy == null) {
            continue;
          }
          long durable = copy.log().durableEnd();
          long now = copy.bounds().highWatermark();
          assertThat(now)
              .as("high watermark is durable, node=%d %s", node.id, this)
              .isLessThanOrEqualTo(Math.max(durable, onceDurable));
          onceDurable = Math.max(onceDurable, now);
          if (copy.isLeader(-1)) {
            highWatermark = Math.max(highWatermark, now);
          }
          if (copy.isLeader(state().leaderEpoch())) {
            assertThat(copy.log().endOffset())
                .as("leader has what is committed, node=%d %s", node.id, this)
                .isGreaterThanOrEqualTo(highWatermark);
          }
        }
      }

      boolean isSettled() {
        boolean complete = state().isr().size() == state().replicas().size();
        if (!complete || !state().hasLeader()) {
          return false;
        }
        Partition leader = copy(cluster.node(state().leader()));
        return leader != null
            && state().replicas().stream()
                .map(id -> copy(cluster.node(id)))
                .allMatch(copy ->
                    copy != null
                        && copy.leaderEpoch() == state().leaderEpoch()
                        && copy.log().endOffset() == leader.log().endOffset()
                        && copy.bounds().highWatermark() == leader.log().endOffset());
      }

      /** All copies are the same, and hold what was promised. */
      void check() {
        Partition leader = copy(cluster.node(state().leader()));
        Map<Long, String> there = read(leader);
        long start = leader.bounds().logStartOffset();
        promised.forEach((offset, value) -> {
          if (offset >= start) {
            assertThat(there.get(offset)).as("offset=%d %s", offset, this).isEqualTo(value);
          }
        });
        assertThat(start)
            .as("only what was deleted is gone, %s", this)
            .isLessThanOrEqualTo(deleted);
        List<String> safe = there.values().stream().filter(v -> v.startsWith("safe-")).toList();
        assertThat(safe).as("once and in order, %s", this).doesNotHaveDuplicates();
        assertThat(safe)
            .as("once and in order, %s", this)
            .isSubsetOf(sent)
            .isSortedAccordingTo(Comparator.comparingInt(sent::indexOf));
        for (int id : state().replicas()) {
          Partition copy = copy(cluster.node(id));
          TreeMap<Long, String> here = read(copy);
          long from = Math.max(copy.bounds().logStartOffset(), start);
          assertThat(here.tailMap(from))
              .as("node=%d %s", id, this)
              .isEqualTo(new TreeMap<>(there).tailMap(from));
        }
      }

      /** Values by offset below the high watermark, whoever leads. */
      private TreeMap<Long, String> read(Partition copy) {
        TreeMap<Long, String> found = new TreeMap<>();
        Bounds bounds = copy.bounds();
        long offset = copy.log().startOffset();
        while (offset < bounds.highWatermark()) {
          if (!(copy.log().read(offset, 1 << 20, true, bounds.highWatermark())
              instanceof dev.millrace.log.ReadResult.Batches batches)) {
            break;
          }
          java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(batches.region().length());
          batches.region().file().read(bytes, batches.region().position());
          for (RecordBatch batch : BatchCursor.batches(bytes.flip())) {
            try (RecordCursor records = batch.records()) {
              while (records.next()) {
                if (records.offset() >= copy.log().startOffset()) {
                  found.put(
                      records.offset(),
                      StandardCharsets.UTF_8.decode(records.value()).toString().strip());
                }
              }
            }
            offset = batch.nextOffset();
          }
        }
        return found;
      }

      @Override
      public String toString() {
        return "seed=" + seed + " partition=" + index + " onDisk=" + onDisk + " " + state();
      }
    }
  }
}
