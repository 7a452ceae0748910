package dev.millrace.bench.scenario;

import java.util.List;

/** All scenarios in the order in which they are run. */
public final class Scenarios {

  private Scenarios() {}

  public static List<Scenario> all() {
    return List.of(
        new Start(),
        Produce.kilobyte(),
        Produce.small(),
        new Compressed("lz4"),
        new Compressed("zstd"),
        Consume.cached(),
        Consume.cold(),
        new Tail(),
        new Soak(),
        new Latency(1),
        new Latency(16),
        new Latency(256),
        new Tiny(),
        new ColdReader(),
        new IdleConnections(),
        new IdlePartitions(),
        new Rebalance("classic"),
        new Rebalance("consumer"),
        new Transactions(),
        new OffsetCommits(),
        new ShareGroups(),
        new Cleaning());
  }
}
