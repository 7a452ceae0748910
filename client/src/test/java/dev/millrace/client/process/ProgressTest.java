package dev.millrace.client.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  @Test
  void commitsBelowTheFirstInWork() {
    Progress progress = new Progress();
    progress.begin(PARTITION, 5);
    progress.begin(PARTITION, 6);
    progress.begin(PARTITION, 9);
    progress.end(PARTITION, 6);
    assertThat(progress.committable()).isEqualTo(Map.of(PARTITION, 5L));
    progress.end(PARTITION, 5);
    assertThat(progress.committable()).isEqualTo(Map.of(PARTITION, 9L));
    progress.committed(Map.of(PARTITION, 9L));
    assertThat(progress.committable()).isEmpty();
    progress.end(PARTITION, 9);
    assertThat(progress.committable()).isEqualTo(Map.of(PARTITION, 10L));
  }

  @Test
  void forgetsWhatIsGone() {
    Progress progress = new Progress();
    progress.begin(PARTITION, 0);
    progress.forget(List.of(PARTITION));
    progress.end(PARTITION, 0);
    assertThat(progress.inWork()).isZero();
    assertThat(progress.committable()).isEmpty();
  }

  @Test
  void neverCommitsAboveWhatIsInWork() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    SplittableRandom random = new SplittableRandom(seed);
    Progress progress = new Progress();
    TreeSet<Long> inWork = new TreeSet<>();
    long next = 0;
    for (int step = 0; step < 5_000; step++) {
      if (random.nextBoolean()) {
        next += 1 + random.nextInt(3);
        progress.begin(PARTITION, next);
        inWork.add(next);
      } else if (!inWork.isEmpty()) {
        Long some = inWork.ceiling(random.nextLong(next + 1));
        long ended = some == null ? inWork.first() : some;
        progress.end(PARTITION, ended);
        inWork.remove(ended);
      }
      long limit = inWork.isEmpty() ? next + 1 : inWork.first();
      assertThat(progress.committable().getOrDefault(PARTITION, 0L))
          .as("seed=" + seed)
          .isLessThanOrEqualTo(limit);
      assertThat(progress.inWork()).as("seed=" + seed).isEqualTo(inWork.size());
      progress.committed(progress.committable());
    }
  }
}
