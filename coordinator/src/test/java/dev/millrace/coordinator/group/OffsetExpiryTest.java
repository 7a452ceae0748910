package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.committing;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class OffsetExpiryTest {
  private static final long CHECK_MS = 600_000;
  private static final long RETENTION_MS = 3 * CHECK_MS;

  private final GroupWorld world =
      new GroupWorld(
          1,
          new GroupSettings(
              GroupSettings.DEFAULTS.membership(),
              new GroupSettings.Offsets(4_096, RETENTION_MS, CHECK_MS, 5_000)));

  @Test
  void offsetsWithoutMembersExpireAfterTheirCommit() {
    world.commit("", -1, "topic", 0, 5);
    world.passMs(CHECK_MS);
    world.commit("", -1, "topic", 1, 6);
    world.passMs(RETENTION_MS + CHECK_MS / 2);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
    assertThat(world.offset("topic", 1)).isEqualTo(6);
    assertThat(world.state()).isEqualTo("Empty");
    world.passMs(2 * CHECK_MS);
    assertThat(world.state()).isEqualTo("Dead");
    world.failOver();
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void theTimeOfAGroupBeginsWhenItBecomesEmpty() {
    String id = world.stableMember();
    world.commit(id, 1, "topic", 0, 5);
    liveMs(id, 2 * RETENTION_MS);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    world.leave(id);
    world.passMs(RETENTION_MS - CHECK_MS);
    world.failOver();
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    world.passMs(3 * CHECK_MS);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void topicsThatAConsumerNoLongerReadsExpireAfterTheirCommit() {
    String id = world.stableMember();
    world.commit(id, 1, "topic", 0, 5);
    world.commit(id, 1, "other", 0, 6);
    liveMs(id, RETENTION_MS + 2 * CHECK_MS);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    assertThat(world.offset("other", 0)).isEqualTo(-1);
    assertThat(world.state()).isEqualTo("Stable");
  }

  @Test
  void otherLiveGroupsKeepTheirOffsets() {
    var joined = world.join(joining("", "p").protocolType("other").sessionTimeoutMs(1_800_000));
    world.passMs(3_100);
    String id = joined.get().memberId();
    world.sync(id, 1, id, "all");
    world.commit(id, 1, "topic", 0, 5);
    for (int i = 0; i < 10; i++) {
      world.heartbeat(id, 1);
      world.passMs(CHECK_MS);
    }
    assertThat(world.offset("topic", 0)).isEqualTo(5);
  }

  @Test
  void groupsInARebalanceKeepTheirOffsets() {
    List<String> pair = world.stablePair();
    world.commit(pair.get(0), 1, "other", 0, 6);
    var waiting = world.join(joining(pair.get(0), "range").rebalanceTimeoutMs(2_000_000_000));
    for (long passed = 0; passed < RETENTION_MS + 2 * CHECK_MS; passed += 9_000) {
      world.heartbeat(pair.get(1), 1);
      world.passMs(9_000);
    }
    assertThat(waiting.isThere()).isFalse();
    assertThat(world.offset("other", 0)).isEqualTo(6);
  }

  @Test
  void oldClientsMaySayHowLong() {
    world.send(committing("", -1, "topic", 0, 5).retentionTimeMs(CHECK_MS / 2));
    world.send(committing("", -1, "topic", 1, 6).retentionTimeMs(2 * RETENTION_MS));
    world.send(committing("", -1, "topic", 2, 7).retentionTimeMs(Long.MAX_VALUE));
    world.passMs(CHECK_MS + 100);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
    world.passMs(RETENTION_MS + CHECK_MS);
    assertThat(world.offset("topic", 1)).isEqualTo(6);
    world.failOver();
    world.passMs(2 * RETENTION_MS);
    assertThat(world.offset("topic", 1)).isEqualTo(-1);
    assertThat(world.offset("topic", 2)).isEqualTo(7);
  }

  @Test
  void offsetsInOpenTransactionsStay() {
    world.commit("", -1, "topic", 0, 5);
    var stored = (CoordinatorLog.Entry.Stored) world.log().entries().get(0);
    world.log().put(77, stored.record());
    world.failOver();
    world.passMs(RETENTION_MS + 2 * CHECK_MS);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    world.log().mark(77, false);
    world.failOver();
    world.passMs(2 * CHECK_MS);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
  }

  private void liveMs(String id, long ms) {
    for (long passed = 0; passed < ms; passed += 9_000) {
      assertThat(world.heartbeat(id, 1)).isEqualTo(ErrorCode.NONE);
      world.passMs(9_000);
    }
  }
}
