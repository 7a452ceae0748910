package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimFailure;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.DeleteTopics;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.Partition;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Brokers with real fetch sessions whose links break, whose nodes die and come back, whose topics
 * come and go. In the end all copies are the same, and hold what was acknowledged.
 */
@Tag("fuzz")
class CopyingFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 6);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int STEPS = 250;
  private static final int PARTITIONS = 4;

  @Test
  void allCopiesComeToHoldWhatWasAcknowledged() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run(SEED + round).run();
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final CopyingNodes cluster;
    private final Map<String, Map<Long, String>> acknowledged = new HashMap<>();
    private final List<String> topics = new ArrayList<>();
    private int names;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.cluster = new CopyingNodes(seed, 3);
    }

    void run() {
      cluster.network.weather(random.nextInt(1, 15), random.nextInt(3) == 0 ? 10 : 0);
      create("a");
      create("b");
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      cluster.network.heal();
      cluster.network.weather(2, 0);
      cluster.nodes.forEach(this::revive);
      try {
        cluster.owners.runUntil(this::isSettled, 300_000);
      } catch (SimFailure restless) {
        throw new AssertionError("copies do not settle, seed=" + seed + unsettled(), restless);
      }
      topics.forEach(this::check);
    }

    private void step() {
      CopyingNodes.Copying node = cluster.nodes.get(random.nextInt(3));
      CopyingNodes.Copying other = cluster.nodes.get(random.nextInt(3));
      switch (random.nextInt(30)) {
        case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> produce(topic(), random.nextInt(PARTITIONS));
        case 10 -> {
          if (node.lives) {
            node.crash(random.nextBoolean() ? Crash.random(random) : Crash.ofProcess());
            node.fence();
          }
        }
        case 11, 12, 13 -> revive(node);
        case 14 -> cluster.network.cut(node.id, other.id);
        case 15, 16 -> cluster.network.heal();
        case 17 -> cluster.network.breakConnections(node.id, other.id);
        case 18 -> {
          if (!cluster.image().broker(node.id).fenced()) {
            node.fence();
          }
        }
        case 19 -> create("t" + names++);
        case 20 -> delete();
        case 21 -> cluster.owners.runMs(random.nextInt(4000));
        case 22, 23, 24 -> cluster.owners.runMs(random.nextInt(100));
        default -> {
          for (int i = random.nextInt(30); i > 0; i--) {
            cluster.owners.step();
          }
        }
      }
    }

    private void revive(CopyingNodes.Copying node) {
      if (!node.lives) {
        node.start();
      } else if (cluster.image().broker(node.id).fenced()) {
        node.unfence();
      }
    }

    private String topic() {
      return topics.get(random.nextInt(topics.size()));
    }

    private void create(String name) {
      int live = (int) cluster.nodes.stream().filter(node -> node.lives).count();
      if (topics.size() < 6 && live == 3) {
        cluster.decide(
            new CreateTopics(
                List.of(new CreateTopics.NewTopic(name, PARTITIONS, 3, Map.of(), Map.of())),
                false));
        if (cluster.image().topic(name) != null) {
          topics.add(name);
        }
      }
    }

    private void delete() {
      if (topics.size() > 2) {
        String name = topics.remove(2 + random.nextInt(topics.size() - 2));
        cluster.decide(
            new DeleteTopics(List.of(DeleteTopics.TopicReference.of(cluster.topic(name).id()))));
      }
    }

    private void produce(String topic, int index) {
      PartitionImage state = cluster.state(topic, index);
      if (!state.hasLeader() || !cluster.node(state.leader()).lives) {
        return;
      }
      CopyingNodes.Copying leader = cluster.node(state.leader());
      String value = topic + "-" + index + "-" + names++;
      BatchBuilder batch =
          BatchBuilder.from(0)
              .append(cluster.owners.clock().wallMs(), Bytes.utf8("k"), Bytes.utf8(value));
      PartitionProduceData data = new PartitionProduceData(index, RecordBytes.of(batch.build()));
      ProduceRequest request =
          ProduceRequest.builder()
              .acks((short) -1)
              .timeoutMs(2_000)
              .topicData(
                  List.of(
                      TopicProduceData.builder()
                          .topicId(cluster.topic(topic).id())
                          .partitionData(List.of(data))
                          .build()))
              .build();
      FakeReply reply = leader.client().send(request, 13);
      long until = cluster.owners.clock().monotonicMs() + random.nextInt(2_500);
      while (reply.frame() == null && cluster.owners.clock().monotonicMs() < until) {
        cluster.owners.step();
      }
      if (reply.frame() != null) {
        PartitionProduceResponse answer =
            Client.answer(ProduceResponse.class, reply, 13)
                .responses()
                .getFirst()
                .partitionResponses()
                .getFirst();
        if (answer.errorCode() == 0) {
          acknowledged
              .computeIfAbsent(topic + "-" + index, _ -> new HashMap<>())
              .put(answer.baseOffset(), value);
        }
      }
    }

    private boolean isSettled() {
      return topics.stream()
          .allMatch(topic -> {
            for (int index = 0; index < PARTITIONS; index++) {
              if (cluster.state(topic, index).isr().size() < 3 || !isSettled(topic, index)) {
                return false;
              }
            }
            return true;
          });
    }

    private String unsettled() {
      StringBuilder story = new StringBuilder();
      for (String topic : topics) {
        for (int index = 0; index < PARTITIONS; index++) {
          if (!isSettled(topic, index) || cluster.state(topic, index).isr().size() < 3) {
            story.append("\n").append(topic).append("-").append(index);
            story.append(" ").append(cluster.state(topic, index));
            for (CopyingNodes.Copying node : cluster.nodes) {
              Partition copy = node.partitions.find(topic, index);
              story.append("\n  node=").append(node.id);
              story.append(copy == null ? " none" : " end=" + copy.logEndOffset());
              story.append(copy == null ? "" : " epoch=" + copy.leaderEpoch() + copy.bounds());
            }
          }
        }
      }
      return story.toString();
    }

    private boolean isSettled(String topic, int index) {
      PartitionImage state = cluster.state(topic, index);
      if (!state.hasLeader() || !cluster.node(state.leader()).has(topic, index)) {
        return false;
      }
      long end = cluster.leader(topic, index).partition(topic, index).logEndOffset();
      return cluster.nodes.stream()
          .allMatch(node ->
              node.has(topic, index)
                  && node.partition(topic, index).bounds().highWatermark() == end
                  && node.partition(topic, index).logEndOffset() == end);
    }

    private void check(String topic) {
      for (int index = 0; index < PARTITIONS; index++) {
        TreeMap<Long, String> first = read(cluster.node(1), topic, index);
        Map<Long, String> promised = acknowledged.getOrDefault(topic + "-" + index, Map.of());
        assertThat(first).as("seed=%d %s-%d", seed, topic, index).containsAllEntriesOf(promised);
        for (int id = 2; id <= 3; id++) {
          assertThat(read(cluster.node(id), topic, index))
              .as("seed=%d node=%d %s-%d", seed, id, topic, index)
              .isEqualTo(first);
        }
      }
    }

    private static TreeMap<Long, String> read(CopyingNodes.Copying node, String topic, int index) {
      PartitionLog log =
          node.logs.stream()
              .flatMap(one -> one.logs().stream())
              .filter(one -> one.partition().topic().equals(topic))
              .filter(one -> one.partition().partition() == index)
              .findFirst()
              .orElseThrow();
      TreeMap<Long, String> found = new TreeMap<>();
      if (log.read(0, 1 << 24, true, log.endOffset()) instanceof ReadResult.Batches batches) {
        ByteBuffer bytes = ByteBuffer.allocate(batches.region().length());
        batches.region().file().read(bytes, batches.region().position());
        for (RecordBatch batch : BatchCursor.batches(bytes.flip())) {
          try (RecordCursor records = batch.records()) {
            while (records.next()) {
              found.put(
                  records.offset(), StandardCharsets.UTF_8.decode(records.value()).toString());
            }
          }
        }
      }
      return found;
    }
  }
}
