package dev.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.client.GroupMember;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Transactions against a cluster that fails in every way that its rules allow: what was committed
 * is there once and in order, what was aborted is not, and a producer whose place was taken learns
 * it.
 */
class TransactionFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 120);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int TRANSACTIONS = 12;

  @Test
  void partitionsJoinByThemselves() {
    rounds(true, 300_000);
  }

  @Test
  void partitionsAreNamedFirst() {
    rounds(false, 300_000);
  }

  /** Batches run out of time in the middle of transactions, which are aborted then. */
  @Test
  void recordsThatExpireSpoilTheirTransaction() {
    rounds(true, 120);
    rounds(false, 120);
  }

  private static void rounds(boolean isImplicit, int deliveryTimeoutMs) {
    int rounds = System.getProperty("millrace.seed") == null ? ROUNDS : 1;
    for (int i = 0; i < rounds; i++) {
      new Round(SEED + i, isImplicit, deliveryTimeoutMs).run();
    }
  }

  /** One transaction as its program knows it. */
  private static final class Attempt {
    final Map<Integer, List<String>> sent = new HashMap<>();
    final Map<TopicPartition, Long> offsets = new HashMap<>();

    /** True and false when it was told, null when another producer took the place before that. */
    Boolean committed;
  }

  /** One seed. */
  private static final class Round {
    private final SimOwners owners;
    private final RandomGenerator random;
    private final ModelCluster cluster;
    private final int partitions;
    private final Map<String, Object> settings = new HashMap<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private int records;

    Round(long seed, boolean isImplicit, int deliveryTimeoutMs) {
      owners = new SimOwners(seed);
      random = owners.random("test");
      partitions = 1 + random.nextInt(3);
      cluster = new ModelCluster(owners, partitions, random.nextInt(20));
      if (isImplicit) {
        cluster.letPartitionsJoin();
      }
      settings.put("bootstrap.servers", "node:1");
      settings.put("transactional.id", "the-one");
      settings.put("delivery.timeout.ms", deliveryTimeoutMs);
      settings.put("request.timeout.ms", Math.min(deliveryTimeoutMs / 2, 30_000));
      settings.put("retry.backoff.ms", 10);
      settings.put("linger.ms", random.nextInt(10));
      settings.put("batch.size", 50 + random.nextInt(1_000));
    }

    void run() {
      Program first = new Program(random.nextBoolean() ? TRANSACTIONS / 2 : TRANSACTIONS);
      first.start();
      owners.runUntil(() -> first.isDone, 10_000_000);
      if (first.count < TRANSACTIONS) {
        Program second = new Program(TRANSACTIONS / 2);
        second.start();
        first.goOn();
        owners.runUntil(() -> second.isDone && first.isFenced, 10_000_000);
      }
      cluster.calm();
      owners.runUntil(cluster.transactions::isAtRest, 10_000_000);
      check();
    }

    private void check() {
      String story = owners.story("transactions");
      for (int index = 0; index < partitions; index++) {
        ModelCluster.Log log = cluster.logs.get(new TopicPartition(ModelCluster.TOPIC, index));
        assertThat(log.open).as(story).isEmpty();
        List<String> seen = log.committed.stream().mapToObj(log.values::get).toList();
        List<String> expected = new ArrayList<>();
        for (Attempt attempt : attempts) {
          List<String> mine = attempt.sent.getOrDefault(index, List.of());
          boolean isThere =
              attempt.committed == null
                  ? attempt.sent.values().stream().flatMap(List::stream).anyMatch(this::isSeen)
                  : attempt.committed;
          if (isThere) {
            expected.addAll(mine);
          }
        }
        assertThat(seen).as(story + " partition=" + index).isEqualTo(expected);
      }
      Map<TopicPartition, Long> offsets = new HashMap<>();
      boolean isKnown = true;
      for (Attempt attempt : attempts) {
        isKnown &= attempt.committed != null;
        if (Boolean.TRUE.equals(attempt.committed)) {
          offsets.putAll(attempt.offsets);
        }
      }
      if (isKnown) {
        assertThat(cluster.transactions.offsets).as(story).isEqualTo(offsets);
      }
    }

    private boolean isSeen(String value) {
      return cluster.logs.values().stream()
          .anyMatch(
              log -> log.committed.stream().mapToObj(log.values::get).anyMatch(value::equals));
    }

    /** A program that does one transaction after the other. */
    private final class Program {
      private final int count;
      private final Producer<String, String> producer;
      private int done;
      private boolean isDone;
      private boolean isFenced;
      private boolean goesOn;
      private Attempt current;

      Program(int count) {
        this.count = count;
        this.producer =
            new Producer<>(
                ProducerSettings.of(settings),
                cluster,
                owners.random("partitions"),
                Serializer.string(),
                Serializer.string());
      }

      void start() {
        producer.want(ModelCluster.TOPIC);
        then(producer.initTransactionsAsync(), this::begin);
      }

      /** Goes on for ever: another producer takes the place meanwhile. */
      void goOn() {
        goesOn = true;
        cluster.client.after(random.nextInt(40), this::begin);
      }

      private void then(CompletableFuture<Void> future, Runnable next) {
        future.whenComplete((none, fault) ->
            cluster.client.submit(() -> {
              if (fault == null) {
                next.run();
              } else {
                lost(fault);
              }
            }));
      }

      private void lost(Throwable fault) {
        if (fault instanceof ProducerException.Abortable) {
          Attempt attempt = java.util.Objects.requireNonNull(current);
          try {
            then(producer.abortTransactionAsync(), () -> ended(attempt, false));
          } catch (ProducerException e) {
            lost(e); // another one took the place since
          }
        } else if (fault instanceof ProducerException.Fenced) {
          isFenced = true;
        } else {
          throw new AssertionError(owners.story("unexpected fault"), fault);
        }
      }

      private void begin() {
        if (done >= count && !goesOn) {
          isDone = true;
          return;
        }
        try {
          producer.beginTransaction();
        } catch (ProducerException.Fenced e) {
          isFenced = true;
          return;
        }
        Attempt attempt = new Attempt();
        attempts.add(attempt);
        current = attempt;
        send(attempt, 1 + random.nextInt(6));
      }

      private void send(Attempt attempt, int bursts) {
        try {
          for (int left = random.nextInt(15); left > 0; left--) {
            int partition = random.nextInt(partitions);
            String value = "r" + records++;
            producer.send(
                ProducerRecord.<String, String>of(ModelCluster.TOPIC, value).to(partition),
                (delivered, fault) -> {});
            attempt.sent.computeIfAbsent(partition, index -> new ArrayList<>()).add(value);
          }
        } catch (ProducerException.Retriable e) {
          cluster.client.after(5, () -> send(attempt, bursts)); // topic is not known yet
          return;
        } catch (ProducerException e) {
          lost(e);
          return;
        }
        if (bursts > 1) {
          cluster.client.after(random.nextInt(10), () -> send(attempt, bursts - 1));
        } else {
          finish(attempt);
        }
      }

      private void finish(Attempt attempt) {
        try {
          if (random.nextInt(3) == 0) {
            attempt.offsets.put(new TopicPartition("in", 0), (long) records);
            producer
                .sendOffsetsAsync(attempt.offsets, GroupMember.outside("g"))
                .exceptionally(fault -> null);
          }
          boolean isCommit = random.nextInt(4) > 0;
          then(
              isCommit ? producer.commitTransactionAsync() : producer.abortTransactionAsync(),
              () -> ended(attempt, isCommit));
        } catch (ProducerException e) {
          lost(e);
        }
      }

      private void ended(Attempt attempt, boolean isCommit) {
        attempt.committed = isCommit;
        done++;
        cluster.client.after(random.nextInt(5), this::begin);
      }
    }
  }
}
