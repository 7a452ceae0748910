package dev.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.Fetches;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Consumers with random limits, sessions, waits and lost memory read what producers write, each
 * record once and in order, and none of them ever stalls.
 */
@Tag("fuzz")
class FetchFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 6);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int PARTITIONS = 5;

  @Test
  void consumersReadEverythingOnceAndInOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run(SEED + round).run();
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final DataNode node;
    private final List<List<String>> written = new ArrayList<>();
    private final List<Consumer> consumers = new ArrayList<>();

    Run(long seed) {
      this.seed = seed;
      random = new Random(seed);
      node = new DataNode(seed, Map.of("max.incremental.fetch.session.cache.slots", "2"));
      String policy = random.nextBoolean() ? "disk" : "memory";
      node.createTopic("t", PARTITIONS, "flush.policy", policy, "segment.bytes", "1048576");
      for (int i = 0; i < PARTITIONS; i++) {
        written.add(new ArrayList<>());
      }
      for (int i = 0; i < 3; i++) {
        consumers.add(new Consumer());
      }
    }

    void run() {
      for (int step = 0; step < 150; step++) {
        if (random.nextInt(3) > 0) {
          produce();
        }
        if (random.nextInt(25) == 0) {
          node.disk().dropCache();
        }
        consumers.get(random.nextInt(consumers.size())).step();
      }
      for (Consumer consumer : consumers) {
        consumer.readToTheEnd();
      }
    }

    private void produce() {
      int partition = random.nextInt(PARTITIONS);
      List<String> log = written.get(partition);
      String[] values = new String[1 + random.nextInt(3)];
      int bytes = random.nextInt(10) == 0 ? 100_000 : 1 + random.nextInt(2_000);
      for (int i = 0; i < values.length; i++) {
        values[i] = partition + ":" + (log.size() + i) + "x".repeat(bytes);
      }
      log.addAll(Arrays.asList(values));
      node.newClient().send(node.produce("t", partition, 1, values), 9);
    }

    private final class Consumer {
      private final Client client = node.newClient();
      private final long[] positions = new long[PARTITIONS];
      private FakeReply reply;
      private int sessionId;
      private int epoch;
      private boolean[] dirty = new boolean[PARTITIONS];

      void step() {
        if (reply == null) {
          send(random.nextInt(3) == 0 ? 0 : random.nextInt(300), random.nextInt(5_000));
        }
        node.owners().runMs(random.nextInt(100));
        receive();
      }

      void readToTheEnd() {
        for (int tries = 0; tries < 2_000 && !isAtEnd(); tries++) {
          if (reply == null) {
            send(20, 1);
          }
          node.owners().runUntil(() -> reply.frame() != null, 60_000);
          receive();
        }
        assertThat(isAtEnd()).as("consumer stalls, seed=%d", seed).isTrue();
      }

      private boolean isAtEnd() {
        for (int i = 0; i < PARTITIONS; i++) {
          if (positions[i] < written.get(i).size()) {
            return false;
          }
        }
        return true;
      }

      private void send(int waitMs, int minBytes) {
        List<FetchPartition> wanted = new ArrayList<>();
        boolean whole = sessionId == 0 || random.nextInt(12) == 0;
        for (int i = 0; i < PARTITIONS; i++) {
          if (whole || dirty[i]) {
            wanted.add(
                Fetches.partition(i, positions[i]).toBuilder()
                    .partitionMaxBytes(random.nextInt(5_000))
                    .build());
          }
        }
        dirty = new boolean[PARTITIONS];
        FetchRequest request =
            FetchRequest.builder()
                .maxWaitMs(waitMs)
                .minBytes(minBytes)
                .maxBytes(random.nextInt(200_000))
                .sessionId(sessionId)
                .sessionEpoch(whole ? random.nextInt(2) - 1 : epoch)
                .topics(
                    wanted.isEmpty()
                        ? List.of()
                        : List.of(
                            Fetches.topic(
                                "t", Uuid.ZERO, 11, wanted.toArray(FetchPartition[]::new))))
                .build();
        reply = client.send(request, 11);
      }

      private void receive() {
        if (reply == null || reply.frame() == null) {
          return;
        }
        FetchResponse response = Client.answer(FetchResponse.class, reply, 11);
        reply = null;
        if (response.errorCode() != 0) {
          sessionId = 0;
          return;
        }
        epoch = response.sessionId() == sessionId ? epoch + 1 : 1;
        sessionId = response.sessionId();
        Fetches.all(response).forEach(this::take);
      }

      private void take(PartitionData data) {
        int partition = data.partitionIndex();
        assertThat(data.errorCode()).as("seed=%d", seed).isZero();
        if (data.records().size() > 0) {
          dirty[partition] = true;
        }
        RecordBytes.InMemory records = (RecordBytes.InMemory) data.records();
        for (RecordBatch batch : BatchCursor.batches(records.view())) {
          assertThat(batch.isIntact()).as("seed=%d", seed).isTrue();
          assertThat(batch.lastOffset()).as("seed=%d", seed).isLessThan(data.highWatermark());
          try (RecordCursor cursor = batch.records()) {
            while (cursor.next()) {
              take(partition, cursor);
            }
          }
        }
      }

      private void take(int partition, RecordCursor cursor) {
        if (cursor.offset() < positions[partition]) {
          return;
        }
        assertThat(cursor.offset()).as("seed=%d", seed).isEqualTo(positions[partition]);
        assertThat(StandardCharsets.UTF_8.decode(cursor.value()).toString())
            .as("seed=%d", seed)
            .isEqualTo(written.get(partition).get((int) cursor.offset()));
        positions[partition]++;
      }
    }
  }
}
