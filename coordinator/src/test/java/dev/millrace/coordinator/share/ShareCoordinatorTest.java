package dev.millrace.coordinator.share;

import static dev.millrace.coordinator.share.ShareWorld.KEY;
import static dev.millrace.coordinator.share.ShareWorld.NO_TOPIC;
import static dev.millrace.coordinator.share.ShareWorld.TOPIC;
import static dev.millrace.coordinator.share.ShareWorld.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShareCoordinatorTest {
  private static final ShareSettings SETTINGS = new ShareSettings(3, 5_000, 300_000, 300_000);

  private final ShareWorld world = new ShareWorld(1, SETTINGS);

  @Test
  void whatWasWrittenIsReadAlsoByTheNextCoordinator() {
    world.initialize(KEY, 1, -1);
    world.write(1, 0, 5, batch(5, 9, 0, 1), batch(12, 19, 2, 1));
    world.write(1, 0, 5, batch(7, 8, 4, 2));
    for (int round = 0; round < 2; round++) {
      ShareState state = state(world.read(KEY, 0));
      assertThat(state.startOffset()).isEqualTo(5);
      assertThat(state.batches())
          .containsExactly(
              batch(5, 6, 0, 1), batch(7, 8, 4, 2), batch(9, 9, 0, 1), batch(12, 19, 2, 1));
      world.failOver(0);
    }
  }

  @Test
  void uninitializedStatesAreNeitherReadNorWritten() {
    assertThat(world.read(KEY, 0).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(world.write(0, 0, 0).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(world.summary(KEY)).isEqualTo(ShareAnswer.done(null));
    assertThat(world.delete(KEY)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void oldEpochsAreFenced() {
    world.initialize(KEY, 5, 0);
    assertThat(world.initialize(KEY, 4, 0).error()).isEqualTo(ErrorCode.FENCED_STATE_EPOCH);
    assertThat(world.write(4, 0, 1).error()).isEqualTo(ErrorCode.FENCED_STATE_EPOCH);
    assertThat(state(world.read(KEY, 3)).leaderEpoch()).isEqualTo(3);
    world.failOver(0);
    assertThat(world.read(KEY, 2).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    assertThat(world.write(5, 2, 1).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    assertThat(world.write(5, 3, 1).error()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void partitionsThatAreNotThereAreUnknown() {
    assertThat(world.initialize(new ShareKey("group", NO_TOPIC, 0), 1, 0).error())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(world.initialize(new ShareKey("group", TOPIC, 4), 1, 0).error())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(world.initialize(new ShareKey("group", TOPIC, -1), 1, 0).error())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void unsoundBatchesAreRefused() {
    world.initialize(KEY, 1, 0);
    assertThat(world.write(1, 0, 0, batch(5, 4, 0, 1)).error())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(world.write(1, 0, 0, batch(5, 5, 1, 1)).error())
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void enoughUpdatesMakeASnapshot() {
    world.initialize(KEY, 1, 0);
    for (int i = 0; i < 4; i++) {
      world.write(1, 0, i, batch(i, i, 0, 1));
    }
    assertThat(state(world.read(KEY, 0)).snapshotEpoch()).isEqualTo(1);
    assertThat(state(world.read(KEY, 0)).batches()).containsExactly(batch(3, 3, 0, 1));
  }

  @Test
  void theLogIsPrunedUpToTheOldestSnapshot() {
    ShareKey cold = new ShareKey("cold", TOPIC, 1);
    world.initialize(cold, 1, 0);
    world.initialize(KEY, 1, 0);
    for (int i = 0; i < 12; i++) {
      world.write(1, 0, i, batch(i, i, 0, 1));
    }
    world.owners.runMs(1_000_000);
    assertThat(world.log().forgotten()).isGreaterThan(10);
    world.failOver(0);
    assertThat(state(world.read(cold, 0)).startOffset()).isZero();
    assertThat(state(world.read(KEY, 0)).startOffset()).isEqualTo(11);
  }

  @Test
  void deletedTopicsLeaveNothing() {
    world.initialize(KEY, 1, 0);
    world.coordinator().topicDeleted(TOPIC);
    world.owners.runMs(5);
    assertThat(world.summary(KEY).state()).isNull();
    world.failOver(0);
    assertThat(world.summary(KEY).state()).isNull();
  }

  private static ShareState state(ShareAnswer answer) {
    assertThat(answer.error()).isEqualTo(ErrorCode.NONE);
    return Objects.requireNonNull(answer.state());
  }
}
