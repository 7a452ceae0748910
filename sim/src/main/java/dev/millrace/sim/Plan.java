package dev.millrace.sim;

import dev.millrace.sim.fault.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What a seed decides before it begins.
 *
 * @param partitions of each topic
 * @param settings of every node
 * @param protocol of the group of those who copy
 * @param troubles kinds of faults, of which each is as likely
 * @param pauseMsMax longest time between two faults
 */
public record Plan(
    int partitions,
    Map<String, String> settings,
    int journalAfterRounds,
    String protocol,
    List<Trouble> troubles,
    int pauseMsMax) {
  private static final int KINDS_MAX = 6;
  private static final List<Trouble> ALL = List.of(Trouble.values());

  /** The plan of a seed. */
  static Plan of(RandomGenerator random) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", "3");
    settings.put("min.insync.replicas", "2");
    settings.put("offsets.topic.num.partitions", "2");
    settings.put("offsets.topic.replication.factor", "3");
    settings.put("transaction.state.log.num.partitions", "2");
    settings.put("transaction.state.log.replication.factor", "3");
    settings.put("transaction.state.log.min.isr", "2");
    settings.put("group.initial.rebalance.delay.ms", "100");
    settings.put("replica.lag.time.max.ms", Integer.toString(2_000 + random.nextInt(8_000)));
    settings.put("log.roll.ms", Integer.toString(1_000 + random.nextInt(30_000)));
    settings.put(
        "replica.high.watermark.checkpoint.interval.ms",
        Integer.toString(500 + random.nextInt(5_000)));
    settings.put(
        "log.flush.offset.checkpoint.interval.ms", Integer.toString(1_000 + random.nextInt(9_000)));
    List<Trouble> troubles = new ArrayList<>();
    int kinds = 1 + random.nextInt(KINDS_MAX);
    for (int i = 0; i < kinds; i++) {
      troubles.add(ALL.get(random.nextInt(ALL.size())));
    }
    return new Plan(
        1 + random.nextInt(4),
        settings,
        1 + random.nextInt(40),
        random.nextBoolean() ? "classic" : "consumer",
        troubles,
        500 + random.nextInt(8_000));
  }

  /** With other kinds of faults, if there are any. */
  Plan with(List<Trouble> others) {
    return others.isEmpty()
        ? this
        : new Plan(partitions, settings, journalAfterRounds, protocol, others, pauseMsMax);
  }
}
