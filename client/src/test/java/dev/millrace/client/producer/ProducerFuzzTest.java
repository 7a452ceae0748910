package dev.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The producer against a cluster that fails in every way that its rules allow. */
class ProducerFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 150);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int RECORDS = 400;

  /** One sent record. */
  private record Sent(String value, CompletableFuture<Delivered> fate) {}

  @Test
  void everyRecordOnceAndInOrder() {
    int first = System.getProperty("millrace.seed") == null ? ROUNDS : 1;
    for (int i = 0; i < first; i++) {
      new Round(SEED + i, 300_000).run(true);
    }
  }

  /** Halves of a batch that was too large filled the window behind one whose answer was lost. */
  @Test
  void halvesDoNotPushAnUncertainBatchOutOfTheWindow() {
    new Round(20_813_359_860_412L, 300_000).run(true);
    new Round(20_931_288_896_888L, 300_000).run(true);
  }

  @Test
  void expiredRecordsAreNeverDoubled() {
    int first = System.getProperty("millrace.seed") == null ? ROUNDS : 1;
    for (int i = 0; i < first; i++) {
      new Round(SEED + i, 150).run(false);
    }
  }

  /** One seed. */
  private static final class Round {
    private final SimOwners owners;
    private final RandomGenerator random;
    private final ModelCluster cluster;
    private final Producer<String, String> producer;
    private final Map<Integer, List<Sent>> sent = new HashMap<>();
    private final Map<Integer, List<String>> told = new HashMap<>();
    private final int partitions;
    private int left = RECORDS;

    Round(long seed, int deliveryTimeoutMs) {
      owners = new SimOwners(seed);
      random = owners.random("test");
      partitions = 1 + random.nextInt(4);
      cluster = new ModelCluster(owners, partitions, random.nextInt(25));
      Map<String, Object> settings = new HashMap<>();
      settings.put("bootstrap.servers", "node:1");
      settings.put("delivery.timeout.ms", deliveryTimeoutMs);
      settings.put("request.timeout.ms", Math.min(deliveryTimeoutMs / 2, 30_000));
      settings.put("retry.backoff.ms", 10);
      settings.put("linger.ms", random.nextInt(20));
      settings.put("batch.size", 50 + random.nextInt(3_000));
      settings.put("millrace.linger.adaptive", random.nextBoolean());
      settings.put("compression.type", random.nextBoolean() ? "none" : "lz4");
      producer =
          new Producer<>(
              ProducerSettings.of(settings),
              cluster,
              owners.random("partitions"),
              Serializer.string(),
              Serializer.string());
    }

    void run(boolean allArrive) {
      cluster.client.submit(this::learn);
      owners.runUntil(() -> left == 0, 10_000_000);
      cluster.calm();
      owners.runUntil(this::isSettled, 10_000_000);
      for (int i = 0; i < partitions; i++) {
        check(i, allArrive);
      }
    }

    /** The topic has to be known before: sending in the simulation's thread must not wait. */
    private void learn() {
      try {
        producer.send(ProducerRecord.of(ModelCluster.TOPIC, "probe"));
      } catch (ProducerException.Retriable e) {
        producer.want(ModelCluster.TOPIC);
        cluster.client.after(5, this::learn);
        return;
      }
      send();
    }

    private void send() {
      for (int burst = 1 + random.nextInt(20); burst > 0 && left > 0; burst--) {
        int partition = random.nextInt(partitions);
        String value = "r" + left--;
        List<String> heard = told.computeIfAbsent(partition, index -> new ArrayList<>());
        CompletableFuture<Delivered> fate = new CompletableFuture<>();
        producer.send(
            ProducerRecord.<String, String>of(ModelCluster.TOPIC, value).to(partition),
            (delivered, fault) -> {
              heard.add(value);
              if (delivered != null) {
                fate.complete(delivered);
              } else {
                fate.completeExceptionally(java.util.Objects.requireNonNull(fault));
              }
            });
        sent.computeIfAbsent(partition, index -> new ArrayList<>()).add(new Sent(value, fate));
      }
      if (left > 0) {
        cluster.client.after(random.nextInt(10), this::send);
      }
    }

    private boolean isSettled() {
      return sent.values().stream().flatMap(List::stream).allMatch(one -> one.fate().isDone());
    }

    private void check(int partition, boolean allArrive) {
      String story = owners.story("partition=" + partition);
      List<Sent> mine = sent.getOrDefault(partition, List.of());
      ModelCluster.Log log = cluster.logs.get(new TopicPartition(ModelCluster.TOPIC, partition));
      assertThat(log).as(story).isNotNull();
      List<String> values = log.values.stream().filter(value -> !"probe".equals(value)).toList();
      assertThat(values).as(story).doesNotHaveDuplicates();
      List<String> order = mine.stream().map(Sent::value).toList();
      assertThat(order).as(story).containsSubsequence(values);
      assertThat(told.getOrDefault(partition, List.of())).as(story).isEqualTo(order);
      if (allArrive) {
        assertThat(values).as(story).isEqualTo(order);
      }
      for (Sent one : mine) {
        if (!one.fate().isCompletedExceptionally()) {
          Delivered delivered = one.fate().join();
          assertThat(log.values.get((int) delivered.offset())).as(story).isEqualTo(one.value());
        }
      }
    }
  }
}
