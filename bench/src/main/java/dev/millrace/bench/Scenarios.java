package dev.millrace.bench;

import dev.millrace.bench.scenario.Cleaning;
import dev.millrace.bench.scenario.ColdReader;
import dev.millrace.bench.scenario.Compressed;
import dev.millrace.bench.scenario.Consume;
import dev.millrace.bench.scenario.IdleConnections;
import dev.millrace.bench.scenario.IdlePartitions;
import dev.millrace.bench.scenario.Latency;
import dev.millrace.bench.scenario.OffsetCommits;
import dev.millrace.bench.scenario.Produce;
import dev.millrace.bench.scenario.Rebalance;
import dev.millrace.bench.scenario.Scenario;
import dev.millrace.bench.scenario.ShareGroups;
import dev.millrace.bench.scenario.Soak;
import dev.millrace.bench.scenario.Start;
import dev.millrace.bench.scenario.Tail;
import dev.millrace.bench.scenario.Tiny;
import dev.millrace.bench.scenario.Transactions;
import dev.millrace.bench.scenario.three.CoordinatorFailover;
import dev.millrace.bench.scenario.three.Failover;
import dev.millrace.bench.scenario.three.IdleCluster;
import dev.millrace.bench.scenario.three.ManyPartitions;
import dev.millrace.bench.scenario.three.PlannedRestart;
import dev.millrace.bench.scenario.three.ReplicatedLatency;
import dev.millrace.bench.scenario.three.ReplicatedProduce;
import java.util.List;

/** All scenarios in the order in which they are run. */
final class Scenarios {

  private Scenarios() {}

  static List<Scenario> all() {
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
        new Cleaning(),
        Failover.ofLeader(),
        Failover.ofController(),
        new CoordinatorFailover(),
        new PlannedRestart(),
        new ReplicatedProduce(),
        new ReplicatedLatency(),
        new IdleCluster(),
        new ManyPartitions());
  }
}
