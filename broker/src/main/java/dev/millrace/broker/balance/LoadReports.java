package dev.millrace.broker.balance;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Brokers;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.quorum.balance.Balancer;
import dev.millrace.quorum.balance.PartitionLoad;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeLogDirsRequest;
import dev.millrace.wire.message.DescribeLogDirsResponse;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks brokers how large their partitions are (DescribeLogDirs), and works out from two rounds what
 * is written. What is read is not reported: a leader is taken to give each byte to its followers
 * and to one consumer. Belongs to one owner.
 */
final class LoadReports {
  private static final int PATIENCE_MS = 5_000;
  private static final double MS_PER_SECOND = 1_000;

  private final Turns turns;
  private final Clock clock;
  private final Brokers brokers;
  private Map<Key, Long> before = Map.of();
  private Map<Key, Double> rates = new HashMap<>();
  private long beforeMs;

  /** Names a partition. */
  private record Key(String topic, int partition) {}

  LoadReports(Turns turns, Clock clock, Brokers brokers) {
    this.turns = turns;
    this.clock = clock;
    this.brokers = brokers;
  }

  /** A round of questions. */
  private static final class Round {
    final Map<Key, Long> bytes = new HashMap<>();
    int open;
  }

  /**
   * Asks all active brokers; those that do not answer in time are left out.
   *
   * @param told once, in a turn of the owner
   */
  void gather(ClusterImage image, Consumer<Balancer.Loads> told) {
    Round round = new Round();
    List<BrokerImage> asked =
        image.brokers().values().stream().filter(BrokerImage::isActive).toList();
    round.open = asked.size();
    for (BrokerImage broker : asked) {
      brokers.ask(
          broker.id(),
          Question.of(
              DescribeLogDirsRequest.builder().topics(null).build(),
              DescribeLogDirsResponse::read,
              PATIENCE_MS),
          answer -> turns.submit(() -> answered(round, answer, told)),
          fault -> turns.submit(() -> answered(round, null, told)));
    }
    if (asked.isEmpty()) {
      told.accept((topic, partition) -> PartitionLoad.NONE);
    }
  }

  private void answered(
      Round round, @Nullable DescribeLogDirsResponse answer, Consumer<Balancer.Loads> told) {
    if (answer != null) {
      answer.results().forEach(directory -> note(round, directory));
    }
    round.open--;
    if (round.open == 0) {
      measure(round.bytes);
      told.accept(loads(Map.copyOf(round.bytes), Map.copyOf(rates)));
    }
  }

  /** Copies of one partition differ by what some of them lack: the largest is the partition. */
  private static void note(Round round, DescribeLogDirsResult directory) {
    if (directory.errorCode() == ErrorCode.NONE.code()) {
      for (var topic : directory.topics()) {
        for (var one : topic.partitions()) {
          if (!one.isFutureKey()) {
            round.bytes.merge(
                new Key(topic.name(), one.partitionIndex()), one.partitionSize(), Math::max);
          }
        }
      }
    }
  }

  /** A partition that shrank was cut by retention: it goes on as it did. */
  private void measure(Map<Key, Long> now) {
    long nowMs = clock.monotonicMs();
    double seconds = Math.max(1, nowMs - beforeMs) / MS_PER_SECOND;
    Map<Key, Double> next = new HashMap<>();
    now.forEach((key, bytes) -> {
      long grown = bytes - before.getOrDefault(key, bytes);
      next.put(key, grown >= 0 ? grown / seconds : rates.getOrDefault(key, 0.0));
    });
    before = now;
    beforeMs = nowMs;
    rates = next;
  }

  private static Balancer.Loads loads(Map<Key, Long> bytes, Map<Key, Double> rates) {
    return (topic, partition) -> {
      Key key = new Key(topic, partition);
      double in = rates.getOrDefault(key, 0.0);
      return new PartitionLoad(bytes.getOrDefault(key, 0L), in, in);
    };
  }
}
