package dev.millrace.coordinator.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random requests and failovers: what was acknowledged is what every later coordinator knows.
 * {@code -Dmillrace.seed=N} repeats one, {@code -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class ShareStateFuzzTest {
  private static final int STEPS = 120;

  @Test
  void statesOutliveEveryCoordinator() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 60);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 1_000 + round;
      try {
        new History(seed).run();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }

  /** A world and what it has acknowledged. */
  private static final class History {
    private final Random random;
    private final ShareWorld world;
    private final Map<ShareKey, Known> known = new HashMap<>();

    /** What is known of a state for sure. */
    private record Known(
        int stateEpoch, int leaderEpoch, long start, List<DeliveryBatch> batches) {}

    History(long seed) {
      random = new Random(seed);
      world = new ShareWorld(seed, new ShareSettings(random.nextInt(6), 5_000, 50_000, 20_000));
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        ShareKey key = new ShareKey("group", ShareWorld.TOPIC, random.nextInt(3));
        switch (random.nextInt(10)) {
          case 0 -> initialize(key);
          case 1 -> delete(key);
          case 2 -> world.failOver(0);
          case 3 -> world.owners.runMs(random.nextInt(60_000));
          case 4 -> cutOff(key);
          case 5 -> check(key, known.get(key));
          default -> write(key);
        }
      }
      for (int partition = 0; partition < 3; partition++) {
        ShareKey key = new ShareKey("group", ShareWorld.TOPIC, partition);
        check(key, known.get(key));
      }
    }

    private void initialize(ShareKey key) {
      Known before = known.get(key);
      int epoch = random.nextInt(4);
      long start = random.nextInt(30) - 1L;
      ShareAnswer answer = world.initialize(key, epoch, start);
      boolean fenced = before != null && epoch < before.stateEpoch();
      assertThat(answer.error()).isEqualTo(fenced ? ErrorCode.FENCED_STATE_EPOCH : ErrorCode.NONE);
      boolean again = before != null && epoch == before.stateEpoch() && start == -1;
      if (!fenced && !again) {
        int leader = before == null ? 0 : before.leaderEpoch();
        known.put(key, new Known(epoch, leader, start, List.of()));
      }
    }

    private void delete(ShareKey key) {
      if (random.nextInt(4) == 0) {
        assertThat(world.delete(key)).isEqualTo(ErrorCode.NONE);
        known.remove(key);
      }
    }

    private void write(ShareKey key) {
      Known before = known.get(key);
      Request request = request(before);
      Answers answers = send(key, request);
      world.owners.runMs(5);
      ErrorCode expected = expected(before, request);
      assertThat(answers.only).isEqualTo(expected);
      if (before != null && expected == ErrorCode.NONE) {
        known.put(key, after(before, request));
      }
    }

    /** A write whose coordinator fails before it is answered: it is there or not, as a whole. */
    private void cutOff(ShareKey key) {
      Known before = known.get(key);
      Request request = request(before);
      world.log().memory().hold();
      Answers answers = send(key, request);
      world.owners.runMs(2);
      boolean survives = random.nextBoolean();
      world.failOver(survives ? 1 : 0);
      boolean written = before != null && expected(before, request) == ErrorCode.NONE;
      assertThat(answers.only).isNotEqualTo(ErrorCode.NONE);
      if (before != null && written && survives) {
        known.put(key, after(before, request));
      }
    }

    private record Request(int stateEpoch, ShareState.Change change) {}

    private Request request(@Nullable Known before) {
      int state = before == null ? 0 : before.stateEpoch() - (random.nextInt(8) == 0 ? 1 : 0);
      int leader = before == null ? 0 : before.leaderEpoch() + random.nextInt(3) - 1;
      long first = random.nextInt(40);
      DeliveryBatch batch =
          ShareWorld.batch(
              first, first + random.nextInt(9), 2 * random.nextInt(3), random.nextInt(3));
      long start = random.nextBoolean() ? -1 : Math.max(0, first - random.nextInt(5));
      return new Request(
          Math.max(state, 0), new ShareState.Change(Math.max(leader, 0), start, 0, List.of(batch)));
    }

    private static ErrorCode expected(@Nullable Known before, Request request) {
      if (before == null) {
        return ErrorCode.INVALID_REQUEST;
      }
      if (request.change().leaderEpoch() < before.leaderEpoch()) {
        return ErrorCode.FENCED_LEADER_EPOCH;
      }
      return request.stateEpoch() < before.stateEpoch()
          ? ErrorCode.FENCED_STATE_EPOCH
          : ErrorCode.NONE;
    }

    private static Known after(Known before, Request request) {
      ShareState.Change change = request.change();
      long start = change.startOffset() == -1 ? before.start() : change.startOffset();
      return new Known(
          before.stateEpoch(),
          change.leaderEpoch(),
          start,
          BatchMerge.of(before.batches(), change.batches(), start));
    }

    private static final class Answers {
      private @Nullable ErrorCode only;
    }

    private Answers send(ShareKey key, Request request) {
      Answers answers = new Answers();
      world
          .coordinator()
          .write(
              key,
              request.stateEpoch(),
              request.change(),
              answer -> {
                assertThat(answers.only).as("one answer").isNull();
                answers.only = answer.error();
              });
      return answers;
    }

    private void check(ShareKey key, @Nullable Known expected) {
      ShareState state = world.summary(key).state();
      if (expected == null || state == null) {
        assertThat(state).isNull();
        assertThat(expected).isNull();
        return;
      }
      assertThat(
              new Known(
                  state.stateEpoch(), state.leaderEpoch(), state.startOffset(), state.batches()))
          .isEqualTo(expected);
    }
  }
}
