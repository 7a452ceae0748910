package dev.millrace.quorum.control;

import org.junit.jupiter.api.Test;

/**
 * Brokers that register, die, send heartbeats late and propose in-sync sets, stale ones too; topics
 * that come, go and move; settings that change; controllers that come and go. At every step the
 * {@link ClusterInvariants} hold, and when the trouble ends everything is led and nothing moves.
 */
class ClusterControlFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 20);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));

  @Test
  void aClusterHealsAndLosesNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      new FuzzedCluster(SEED + round).run();
    }
  }
}
